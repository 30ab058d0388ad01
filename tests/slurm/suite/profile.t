#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Where the time of a step goes: what its record says, and that the step is as without it.  How the
# sampler is with each kind of Python is tests/cli/sampler.t's.
# shellcheck disable=SC2154 # record() sets r_FIELD
. "$(dirname "$0")/lib.sh"

processes=2000

as-user alice python3 -c '' || { echo '1..0 # SKIP no python3'; exit 0; }

cat >filter.py <<'END'
import sys
import time


def is_filtered(word, filter_words):
    for filter_word in filter_words:
        if word.lower() == filter_word.lower():
            return True
    return False


def main():
    words = ["w%d" % i for i in range(100)]
    # Of its own time, however little it is given of a busy machine; where it asks the kernel for
    # that is where it is made to wait for a processor.
    while time.process_time() < float(sys.argv[1]):
        for _ in range(2000):
            is_filtered("x", words)


main()
print("out")
sys.stderr.write("err\n")
sys.exit(3)
END
cat >short.py <<'END'
import os
import sys

for _ in range(int(sys.argv[1])):
    if os.fork() == 0:
        sys.exit(7)
    if os.wait()[1] != 7 << 8:
        sys.exit("a child that does not end as it says")
END
cat >kill.py <<'END'
import os
import time

while time.process_time() < 2:
    n = 0
    for i in range(10000):
        n += i
os.kill(os.getpid(), 9)
END
printf '#!/bin/sh\nset -eu\npython3 -c "%s"\nsrun -Q --export=ALL -n 2 %s filter.py 3 || exit $?\n' \
	'import time; time.sleep(1)' "$(as-user alice sh -c 'command -v python3')" >job.sh
printf '#!/bin/sh\nexec python3 filter.py 600\n' >limit.sh

# profiled NAME COMMAND...: a step of alice's, in whose $d its folder is, with its status kept
profiled() {
	name=$1
	shift
	as-user alice srun -Q -J "profile-$name" --job-profile=50 "$@" >"$name.out" 2>"$name.err"
	echo $? >"$name.status"
}
in_folder() { profiled "$1" sh -c "d=\${SJOB_PROFILE_TO#*:}; $2; exit 3"; }
# A program of which strip took the names, and one of a name that Slurm's users know.
cp "$JO_DIR/bin/spend_cpu" stripped
strip stripped
cp "$JO_DIR/bin/spend_cpu" R
cat >children.sh <<'END'
i=0
while [ $i -lt "$1" ]; do
	/bin/true
	i=$((i + 1))
done
spend_cpu 3000
END
cat >see.py <<'END'
import os
import resource
import signal

try:
    os.wait()
    print("a child")
except ChildProcessError:
    pass
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
print(os.listdir("/proc/self/fd"), usage.ru_maxrss, usage.ru_utime + usage.ru_stime,
      signal.sigpending(), signal.pthread_sigmask(signal.SIG_BLOCK, ()), os.getpgid(0) == os.getpid())
for name in ("Sig", "Shd"):
    print([line for line in open("/proc/self/status") if line.startswith(name) and "SigQ" not in line])
END

# environment NAME OPTION...: what a step finds, but for what no two steps have in common
environment() {
	name=$1
	shift
	as-user alice env PYTHONPATH=/theirs srun -Q -w n1 -J profile-env "$@" env |
		grep -v -e '^SLURM_[A-Z_]*ID=' -e '^SLURM_[A-Z_]*PORT=' -e ^SJOB_ATTRIBUTES= -e PORTS= \
			-e '^SLURM_[A-Z_]*_SOCK' -e ^SLURM_TASK_PID= -e '^SLURM_TOPOLOGY' -e '^SLURM_.*CYCLE' \
			-e ^SLURM_STEP_NODELIST -e '^SLURM_.*NODELIST' -e ^SLURMD_NODENAME -e '^SLURM_JOB_.*_TIME' \
			-e ^SLURM_SRUN_COMM -e ^TRACEPARENT= -e ^SLURM_JOBOUTLIERS_TRACE= | sort >"$name.env"
}

as-user alice sbatch --wait -J profile-limit --job-profile -t 1 -o /dev/null limit.sh >/dev/null 2>&1 &
limit=$!

profiled one python3 filter.py 4 &
profiled shell sh -c 'exit 3' &
profiled killed python3 kill.py &
profiled forks python3 short.py "$processes" &
profiled closed env HOME=/nowhere python3 filter.py 2 &
# A home, which it also works in, that nobody can write; and a root that has no sampler in it.
mkdir home
mount -t tmpfs tmpfs home
cp filter.py home
mount -o remount,ro home
profiled home env HOME="$PWD/home" sh -c 'cd home && exec python3 filter.py 2' &
# shellcheck disable=SC2016 # for the step's shell
profiled rooted unshare -rm sh -c 'mount -t tmpfs tmpfs "$1" && exec python3 filter.py 2' sh "$JO_DIR/python" &
in_folder empty 'rm -r "$d"' &
in_folder replaced 'mkdir new; echo "stolen 1" >new/ended; rm -r "$d"; mv new "$d"' &
in_folder link 'mkdir other; echo "stolen 1" >other/ended; rm -r "$d"; ln -s "$PWD/other" "$d"' &
in_folder shadow 'ln -s /etc/shadow "$d/ended"; mkfifo "$d/fifo"; echo "mine 4" >"$d/1"' &
in_folder huge 'truncate -s 1G "$d/ended"; echo "mine 4" >"$d/1"' &
in_folder many 'i=0; while [ $i -lt 700 ]; do echo "mine 1" >"$d/$i"; i=$((i + 1)); done' &
profiled native spend_cpu 6000 &
profiled stripped ./stripped 4000 &
profiled R ./R 3000 &
profiled children sh children.sh "$((processes / 10))" &
profiled mixed sh -c 'python3 -c "import time; time.sleep(1)"; spend_cpu 8000 >/dev/null' &
profiled native-killed sh -c 'spend_cpu 2000; kill -9 $$' &
profiled tasks -N 1 -n 2 spend_cpu 3000 &
profiled left sh -c 'sleep 600 & spend_cpu 2000' &
as-user alice srun -Q -J profile-see --job-profile python3 -E see.py >see.with 2>see.with-err
as-user alice srun -Q -J profile-see python3 -E see.py >see.without 2>see.without-err
environment without &
environment with --job-profile &
as-user alice env SJOB_PROFILE=1 sbatch --wait -N 1 -n 2 -J profile-job --export=NONE -o job.out job.sh >/dev/null 2>&1
echo $? >job.status
for name in native stripped R children mixed native-killed tasks left one shell killed forks closed home rooted empty replaced link shadow huge many; do
	until_true [ -s $name.status ]
done
until_true [ -s with.env ]
until_true [ -s without.env ]

step profile-one
is "one program: its status" "$(cat one.status)" 3
is "one program: its output" "$(cat one.out) $(grep -v '^srun: error' one.err)" "out err"
is "one program: by whom" "$r_profile_kind" python
is "one program: how often" "$r_profile_rate_hz" 50
between "one program: how many samples" "$r_profile_samples" 10 5000
# The first line is the heaviest stack; what is slow is a line of two.
like "one program: the line where the time went" "$(printf '%s\n' "$r_profile" | head -n 1)" \
	'<module> (filter.py:21);main (filter.py:18);is_filtered (filter.py:[67]) *'
is "one program: nothing is missing" "${r_profile_missing-}" ''

step profile-shell
is "no Python: its status" "$(cat shell.status)" 3
is "no Python: no profile" "${r_profile-}" ''
like "no Python: the record says so" "$r_profile_missing" 'no Python*'

# Native programs, where the kernel samples a user's: else the record says why not.
share() { # share NAME: thousandths of the samples whose innermost call is in this function
	printf '%s\n' "$r_profile" | awk -v name="$1" '
		NF { all += $NF; n = split($0, calls, ";"); if (calls[n] ~ "^" name " ") own += $NF }
		END { print int(all ? 1000 * own / all : 0) }'
}
truth() { sed -n "s/^$1 //p" "$2.out"; }
near() { # near DESCRIPTION THOUSANDTHS TRUTH: four times what so many samples of a half scatter by
	slack=$(awk -v n="$r_profile_samples" 'BEGIN { print int(n ? 4 * 500 / sqrt(n) : 0) }')
	between "$1" "$2" $(($3 - slack)) $(($3 + slack))
}
step profile-native
is "native: its status" "$(cat native.status)" 3
is "native: its output" "$(sed 's/ .*//' native.out | tr '\n' ' ')" "heavy middle light "
if as-user alice spend_cpu ask >why; then
	# Where the machine is busy, there may be no time for lines.
	like "native: by whom" "$r_profile_kind" perf perf-functions
	between "native: how many samples" "$r_profile_samples" 100 320
	for function in heavy middle light; do
		near "native: the share of $function" "$(share "$function")" "$(truth "$function" native)"
	done
	like "native: calls and lines" "$r_profile_kind $r_profile" 'perf *main (spend_cpu.c:*);*heavy (spend_cpu.c:*' \
		'perf-functions *main (spend_cpu);*heavy (spend_cpu) *'
	step profile-stripped
	is "stripped: its status" "$(cat stripped.status)" 3
	like "stripped: in which file" "$r_profile" '*\[unknown\] (stripped) *'
	step profile-R
	is "R: no profile" "${r_profile-}" ''
	is "R: why" "$r_profile_missing" \
		'no Python left samples, and most of the time went in R, which is not sampled'
	step profile-children
	is "children: their status" "$(cat children.status)" 3
	near "children: the last of them is seen" "$(share heavy)" "$(truth heavy children)"
	step profile-mixed
	like "little Python: by whom" "$r_profile_kind" perf perf-functions
	like "little Python: where the time went" "$r_profile" '*;heavy (spend_cpu*'
	step profile-native-killed
	is "killed, native: its signal" "$r_term_signal" 9
	like "killed, native: its profile" "$r_profile" '*;heavy (spend_cpu*'
	step profile-tasks
	between "two tasks: the samples of both" "$r_profile_samples" 160 320
	step profile-left
	like "a process that is left: its profile" "$r_profile" '*;heavy (spend_cpu*'
else
	is "native: no profile" "${r_profile-}" ''
	like "native: why" "$r_profile_missing" \
		'no Python left samples, and the kernel has no perf events' \
		'no Python left samples, and perf_event_paranoid is *' \
		'no Python left samples, and the node forbids perf_event_open'
fi
is "the program sees nothing of a sampler" "$(cat see.with)" "$(cat see.without)"
like "and is run to its end" "$(cat see.with)" '*SigCgt*'
is "without a word of ours" "$(grep -i joboutliers see.with-err see.without-err)" ''

step profile-killed
is "killed: its signal" "$r_term_signal" 9
like "killed: its profile" "$r_profile" '<module> (kill.py:*'
step profile-forks
is "$processes processes: their status" "$(cat forks.status)" 0
like "$processes processes: what is told of them" "$r_profile" '*short.py:*'
step profile-closed
like "no home: its profile" "$r_profile" '*is_filtered*'

step profile-home
is "a home that cannot be written: its status" "$(cat home.status)" 3
like "a home that cannot be written: its profile" "$r_profile" '*is_filtered*'
if as-user alice unshare -rm true; then
	step profile-rooted
	is "a root without the sampler: its status" "$(cat rooted.status)" 3
	is "a root without the sampler: its output" "$(cat rooted.out) $(grep -v '^srun: error' rooted.err)" "out err"
	ok "a root without the sampler: Python is not sampled" [ "${r_profile_kind-}" != python ]
fi

for name in empty replaced link; do
	step profile-$name
	is "folder $name: the step's status" "$(cat $name.status)" 3
	is "folder $name: nothing is read" "${r_profile-}" ''
	like "folder $name: why" "$r_profile_missing" 'its folder*'
done
for name in shadow huge; do
	step profile-$name
	is "files $name: what is the user's own is read" "$r_profile" 'mine 4
'
done
step profile-many
between "files many: some are read" "$r_profile_samples" 1 512

# Slurm's own variable of an option may be there, too.
is "environment: what is added" "$(diff without.env with.env | sed -n 's/^[<>] //p' | sed "s|=[0-9]*:.*/\.sjob|=.sjob|; s|-.*||" |
	grep -v SPANK | sort)" \
	"$(printf '%s\n' PYTHONPATH=/theirs "PYTHONPATH=$JO_DIR/python:/theirs" SJOB_PROFILE_TO=.sjobprofile SLURM_JOBOUTLIERS_PROFILE=10 | sort)"

is "a job: its status" "$(cat job.status)" 3
record kind=end job_name=profile-job "step_id=$batch_step"
like "a job without an environment: its script" "$r_profile" '<module> (<string>:1) *'
record kind=end job_name=profile-job step_id=0
like "a job without an environment: its step" "$r_profile" '*is_filtered*'
between "a job: the samples of both tasks" "$r_profile_samples" 10 2000

# What a site can have: nothing, a full disk, no sampler.
plugstack=$JO_DIR/spare.plugstack.conf
kept=$(cat "$plugstack")
spare() { # spare NAME ARGUMENTS [SRUN-OPTION]
	echo "optional $JO_DIR/joboutliers.so spool=$JO_SPOOL $2" >"$plugstack"
	# shellcheck disable=SC2086 # an option or none
	as-user alice srun -Q -p spare -J "profile-$1" ${3-} python3 filter.py 2 >/dev/null 2>&1
	is "$1: the step's status" "$?" 3
	step "profile-$1"
}
mkdir full
mount -t tmpfs -o size=16k,mode=1777 tmpfs full
trap 'echo "$kept" >"$plugstack"; umount full home' EXIT
rest="attributes=$JO_DIR/attributes profile_python=$JO_DIR/python profile_native=off"
spare off "$rest" --job-profile
is "off: why" "$r_profile_missing" 'switched off on this node'
spare asked-not "$rest profile=on" --job-profile=off
is "asked not to: no profile" "${r_profile-}${r_profile_missing-}" ''
spare on "$rest profile=on"
like "on: unasked" "$r_profile" '*is_filtered*'
spare share "$rest profile=on profile_share=0"
is "a share of 0: none" "${r_profile-}${r_profile_missing-}" ''
spare no-sampler "attributes=$JO_DIR/attributes profile=on profile_python=/nowhere profile_native=/nowhere/sampler"
like "no sampler: why" "$r_profile_missing" "no Python left samples, and start /nowhere/sampler: No such file or directory"
head -c 16000 /dev/zero >full/file 2>/dev/null
spare full "attributes=$PWD/full profile=on profile_python=$JO_DIR/python"
is "a full disk: no profile" "${r_profile-}" ''

wait $limit
record kind=end job_name=profile-limit
like "time limit: ended by the signal" "$r_term_signal" 9 15
like "time limit: its profile" "$r_profile" '*is_filtered*'
between "time limit: but for its end" "$r_profile_samples" 20 2000
# What a user has put in the place of a folder, and filled, is the user's, as is what the sampler,
# which was told that name, says there of a program without CPU time; and of 700 files of the user's
# own, those that a slow node could not remove in the time it has.
is "no folder stays but a user's own" \
	"$(find "$JO_DIR/attributes" -mindepth 2 -path '*/.sjobprofile-*' -type f -exec cat {} + | sort -u |
		grep -vx -e 'mine 1' -e 'missing .*')" 'stolen 1'

done_testing
