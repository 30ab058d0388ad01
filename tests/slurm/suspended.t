#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A step that Slurm suspends, on a kernel that does not count it: the night asks sacct of the real
# Slurm, takes that time off, and does not call the step slow.  Needs slurmdbd and mariadbd besides.
# shellcheck disable=SC2154 # record() sets r_FIELD
here=$(cd "$(dirname "$0")" && pwd)
if [ -z "${JO_DIR-}" ]; then
	. "$here/need.sh"
	need slurmctld slurmd munged slurmdbd mariadbd
	exec "$here/cluster" -- "$here/accounting" "$here/suspended.t"
fi
# shellcheck source=tests/slurm/suite/lib.sh
. "$here/suite/lib.sh"
here=$here/suite
work=$(mktemp -d)
chmod 1777 "$work"
cd "$work" || exit 1
printf '#!/bin/sh\nsleep 3\n: >ready.$SLURM_JOB_ID\nuntil [ -e go ]; do sleep 0.1; done\n' >wait.sh
chmod 755 wait.sh

printf 'Database=%s/db\nSpool=%s\n' "$work" "$JO_SPOOL" >conf
{
	echo job,step,cluster,user,partition,job_name,program,start,wall_s,state
	for i in 10 11 12 13 14 15 16 17 18 19 20 21; do
		echo "9$i,0,test,alice,short,wait,wait.sh,$(date -d yesterday +%F)T$i:00:00,3.$i,COMPLETED"
	done
} >history.csv
sjoboutliers -c conf import --csv=history.csv >/dev/null

# One takes longer than those as it waits, and one as Slurm suspends it.
as-user alice srun -Q -J wait --comment slow ./wait.sh &
as-user alice srun -Q -J wait --comment suspended ./wait.sh &
job_of() { squeue -h -t R -o '%i %k' | sed -n "s/ $1\$//p"; }
is_ready() { [ -e "ready.$(job_of "$1")" ]; }
ok "both have run as long as the others" until_true is_ready slow
ok "each of them" until_true is_ready suspended
slow=$(job_of slow)
suspended=$(job_of suspended)
scontrol suspend "$suspended"
suspended_since=$(date +%s)
until_true sh -c "[ \$(date +%s) -ge $((suspended_since + 22)) ]"
: >go
scontrol resume "$suspended"
wait
record kind=end "job_id=$suspended" step_id=0
between "suspended: its clock went on" "$r_wall_us" 20000000 120000000
record kind=end "job_id=$slow" step_id=0

# Slurm's accounting is written behind the job.
is_told() { sacct -a -n -X -P -j "$1" -o State,End | grep -q '^COMPLETED|[0-9]'; }
until_true is_told "$suspended" || fail "the accounting has the job"

echo 'AskSacct=no' | cat conf - >conf-alone
verdict() { sjoboutliers -c "$1" list -a -S now-1hour -n -P -o wall_verdict -j "$2"; }
sjoboutliers -c conf-alone ingest >/dev/null
cp db db.alone
sed -i 's/\/db$/\/db.alone/' conf-alone
sjoboutliers -c conf-alone nightly >night.alone
like "not asked: the night says so" "$(grep '^suspended' night.alone)" '*not asked: AskSacct*'
is "not asked: the one that waited is high" "$(verdict conf-alone "$slow")" high
if [ -z "${r_suspended_us-}" ]; then
	is "not asked: so is the one that was suspended" "$(verdict conf-alone "$suspended")" high
fi

sjoboutliers -c conf nightly >night
is "asked: the night is well" "$?" 0
is "asked: the night says so" "$(grep '^suspended' night)" \
	"suspended of 1 step sacct told for how long it was suspended"
is "asked: the one that waited is high" "$(verdict conf "$slow")" high
is "asked: the one that was suspended is not" "$(verdict conf "$suspended")" normal
read -r wall time <<-END2
$(sjoboutliers -c conf list -a -S now-1hour -n -P -o wall_s,suspended_s -j "$suspended" | sed 's/\.[0-9]*//g; s/|/ /')
END2
between "asked: how long that was" "$time" 19 90
between "asked: its run time is without it" "$wall" 2 15
sjoboutliers -c conf suspended >again
like "asked again: nobody to ask of" "$(cat again)" "*of 0 steps*"
done_testing
