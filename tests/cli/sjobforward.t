#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# sjobforward: every record in the target once and none lost, whatever stands there, fails, kills
# it or hangs.
# For a file system that hangs, where that can be had.
if [ -z "${JO_OWN_MOUNTS-}" ] && [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; then
	JO_OWN_MOUNTS=yes exec unshare -m "$0"
fi
# Hundreds of runs sync each record, which takes no time in memory.
[ ! -w /dev/shm ] || export TMPDIR=/dev/shm
. "$(dirname "$0")/lib.sh"
forward=${JO_BUILD:-build}/sjobforward
fakes=$(cd "$(dirname "$0")/../fakes" && pwd)
spool=$dir/spool shared=$dir/shared
umask 022

record() { # record JOB NODE: a line of the plugin's
	printf '{"v":1,"kind":"end","cluster":"c1","node":"%s","job_id":%d,"step_id":0,"step_kind":"srun","node_index":0,"node_count":1,"user":"ann","partition":"main","class_name":"align","input_bytes":1000,"start_unix_us":1772366400000000,"wall_us":%d000000,"exit_status":0,"term_signal":0}\n' \
		"$2" "$1" "$1"
}
put() { # put NODE JOB...: the records of jobs, as the plugin leaves them
	node=$1
	mkdir -p "$spool/$node/new" "$spool/$node/tmp"
	shift
	for job in "$@"; do
		record "$job" "$node" >"$spool/$node/new/$job.0-end"
	done
}
fresh() { # an empty spool and an empty target
	rm -rf "$spool" "$shared"
	mkdir -m 755 "$spool" "$shared"
}
carry() { # carry ARGUMENT...: from the spool; output in $out, messages in $dir/err, status in $status
	out=$("$forward" -s "$spool" "$@" 2>"$dir/err")
	status=$?
}
fetch() { # fetch OPTION...: by two processes and the pipes between them
	out=$("$forward" "$@" --receive "$shared" "$forward" -s "$spool" --send 2>"$dir/err")
	status=$?
}
files() { # files FOLDER: what lies in it, in one line
	(cd "$1" && find . ! -type d ! -name .forward | sort | tr '\n' ' ')
}
says() { # says STATUS TEXT WHAT: of the last run
	is "$status" "$1" "$3: exits $1"
	grep -qF -e "$2" "$dir/err"
	ok $? "$3: says '$2' and not: $(head -n 1 "$dir/err")"
}
records() { # records FOLDER: the lines in it, each as NODE/JOB, sorted as numbers
	(cd "$1" && find . -path './*/new/*' -type f -exec cat {} + |
		sed 's|.*"node":"\([^"]*\)","job_id":\([0-9]*\),.*|\1/\2|' | sort -V | tr '\n' ' ')
}
carried() { # carried COUNT: the summary of a run that did just that
	case $1 in
	1) echo "sjobforward: 1 record carried, 0 there already, 0 left, 0 foreign" ;;
	*) echo "sjobforward: $1 records carried, 0 there already, 0 left, 0 foreign" ;;
	esac
}

# ---- command lines ----
fresh
put n1 1
before=$(files "$spool")
while read -r text arguments; do
	# shellcheck disable=SC2086 # a list of words
	carry $arguments </dev/null
	says 2 "$(echo "$text" | tr _ ' ')" "'$arguments'"
done <<-END
	expected_a_TARGET
	one_TARGET $shared $shared
	expected_a_number --max-records=0 $shared
	expected_a_number --max-records=-1 $shared
	expected_a_number --waiting-max=1x $shared
	--time-limit --time-limit=soon $shared
	expected_more_than_0 --time-limit=0s $shared
	expected_a_node's_name --node=../n1 $shared
	expected_a_node's_name --node=bad $shared
	takes_no_TARGET --send $shared
	--dry-run_goes_with_a_TARGET --dry-run --send
	--spool_belongs --receive $shared true
END
status=0
"$forward" --receive "$shared" 2>"$dir/err" || status=$?
says 2 "expected a COMMAND" "--receive without a command"
is "$(files "$spool")$(files "$shared")" "$before" "nothing was touched"

# ---- folders that are not as they should be ----
refused() { # refused TEXT WHAT: nothing leaves the spool
	carry "$shared"
	says 1 "$1" "$2"
	is "$(files "$spool")" "$before" "$2: nothing leaves the spool"
}
rmdir "$shared"
refused "No such file" "a target that is missing"
: >"$shared"
refused "Not a directory" "a file as target"
rm "$shared"
mkdir "$dir/elsewhere"
ln -s "$dir/elsewhere" "$shared"
refused "open folder $shared" "a link as target"
rm "$shared"
mkdir -m 777 "$shared"
chmod 777 "$shared"
refused "mode 0777" "a target that all may write"
chmod 755 "$shared"
for inner in n1 n1/tmp n1/new; do
	mkdir -p "$shared/${inner%/*}"
	rm -rf "${shared:?}/$inner"
	ln -s "$dir/elsewhere" "$shared/$inner"
	refused "open folder $shared/$inner" "a link as $inner in the target"
	rm "$shared/$inner"
	mkdir "$shared/$inner"
	chmod 777 "$shared/$inner"
	refused "mode 0777" "$inner in the target that all may write"
	rm -r "${shared:?}/n1"
done
is "$(files "$dir/elsewhere")" "" "nothing was written behind a link"
if [ "$(id -u)" = 0 ]; then
	chown 65534 "$shared"
	refused "belongs to uid 65534" "a target of somebody else's"
	chown 0 "$shared"
fi
chmod 775 "$spool"
refused "$spool has mode 0775" "a spool that others may write"
chmod 755 "$spool"
carry "$spool"
says 1 "is the spool itself" "the spool as target"
is "$(files "$spool")" "$before" "the spool is as it was"
carry -n n2 "$shared"
says 1 "$spool/n2: No such file" "a node that is not there"

# ---- what it does when all is well ----
put n1 2 3
put n2 4
: >"$spool/n2/tmp/5.0-end"
echo 00000000000000000007 >"$spool/n1/dropped"
mkdir "$spool/bad" "$spool/lost+found"
: >"$spool/bad/n1.1"
carry --dry-run "$shared"
is "$status $out" "0 sjobforward: 4 records would be carried, 0 there already, 0 left, 0 foreign" \
	"a dry run counts"
is "$(files "$shared")" "" "and carries nothing"
carry "$shared"
is "$status $out" "0 $(carried 4)" "records of two nodes are carried"
is "$(files "$shared")" "./n1/new/1.0-end+3 ./n2/new/4.0-end " \
	"to folders of the same names, those of a node in one file"
is "$(files "$spool")" "./bad/n1.1 ./n1/dropped ./n2/tmp/5.0-end " \
	"what is being written, was counted or set aside stays"
for job in 1 2 3; do record "$job" n1; done | cmp -s - "$shared/n1/new/1.0-end+3"
ok $? "records are carried as they were"
is "$(stat -c %a "$shared/n1" "$shared/n1/new" "$shared/n1/new/1.0-end+3" | tr '\n' ' ')" \
	"750 750 640 " "with the modes of the plugin's"
is "$(stat -c %a "$spool/.forward")" 600 "nobody else can hold the lock"
carry "$shared"
is "$status $out" "0 $(carried 0)" "the next run finds nothing"
put n1 6
carry -q "$shared"
is "$status$out$(cat "$dir/err")" 0 "--quiet says nothing"
run ingest
is "$out" "ingest: 0 records: 0 new, 0 changed, 0 known, 0 skipped, 0 bad" "the spool has nothing to ingest"
printf 'Database=%s\nSpool=%s,%s\n' "$(db_at db)" "$spool" "$shared" >"$dir/conf"
run ingest
is "$status $out" "0 ingest: 5 records: 5 new, 0 changed, 0 known, 0 skipped, 0 bad" \
	"ingest takes what was carried"
put n1 1
put n2 4
"$forward" -q -s "$spool" "$shared"
run ingest
is "$status $out" "0 ingest: 2 records: 0 new, 0 changed, 2 known, 0 skipped, 0 bad" \
	"and knows what comes a second time"

# ---- bounds ----
fresh
put n1 1 2 3 4 5
put n2 6
carry -n n2 "$shared"
is "$out$(files "$shared")" "$(carried 1)./n2/new/6.0-end " "--node carries of one node"
carry -m 2 "$shared"
is "$status $out" "0 sjobforward: 2 records carried, 0 there already, 3 left, 0 foreign" \
	"--max-records leaves the rest"
carry -w 3 "$shared"
says 1 "$shared/n1 has 3 records that nobody took" "a target at its bound"
is "$out" "sjobforward: 1 record carried, 0 there already, 2 left, 0 foreign" "was filled up to it"
put n2 7
carry -w 3 "$shared"
is "$status $out" "1 sjobforward: 1 record carried, 0 there already, 2 left, 0 foreign" \
	"other nodes are carried all the same"
carry "$shared"
is "$status $out" "0 $(carried 2)" "the rest comes later"

# ---- what is no record, and what is there already ----
fresh
put n1 1
ln -s /etc/passwd "$spool/n1/new/2-link"
mkfifo "$spool/n1/new/3-fifo"
mkdir "$spool/n1/new/4-folder"
head -c 24577 /dev/zero >"$spool/n1/new/5-long"
yes | head -n 65 >"$spool/n1/new/6-many"
truncate -s 2M "$spool/n1/new/7-huge"
named=8-$(printf '%0198d' 0)
printf '1\n2\n' >"$spool/n1/new/$named"
: >"$spool/n1/new/9-end+x"
: >"$spool/n1/new/README"
: >"$spool/n1/new/6 blank"
: >"$spool/n1/new/.7-hidden"
ln -s n1 "$spool/n3"
before=$(files "$spool")
carry "$shared"
is "$status $out" "3 sjobforward: 1 record carried, 0 there already, 0 left, 10 foreign" \
	"what is no record has a status of its own"
for name in 2-link 3-fifo 4-folder 5-long 6-many 7-huge "$named" 9-end+x README "6 blank"; do
	grep -qF "$spool/n1/new/$name: " "$dir/err"
	ok $? "$name is told"
done
is "$(files "$spool")" "$(echo "$before" | sed 's|./n1/new/1.0-end ||')" "and left"
fresh
mkdir -p "$spool/n1/new"
seq -f "$spool/n1/new/x%g" 30 | xargs touch
carry "$shared"
is "$(wc -l <"$dir/err")" 21 "of many only the first are told"
says 3 "and 10 more like these" "30 foreign files"

fresh
put n1 1 2 3
mkdir -p "$shared/n1/new"
cp "$spool/n1/new/1.0-end" "$shared/n1/new"
record 2 n1 | sed s/ann/bob/ >"$shared/n1/new/2.0-end"
carry "$shared"
is "$status $out" "3 sjobforward: 1 record carried, 1 there already, 0 left, 1 foreign" \
	"what lies there already is not carried again"
says 3 "$shared/n1/new/2.0-end is there and is something else" "another file of the name"
is "$(sed 's/.*"user":"\([a-z]*\)".*/\1/' "$shared/n1/new/2.0-end") $(files "$spool")" \
	"bob ./n1/new/2.0-end " "neither is lost"

# ---- many in one file ----
fresh
put n1 $(seq 101 250)
carry "$shared"
is "$status $out" "0 $(carried 150)" "a hundred and fifty records"
is "$(files "$shared")" "./n1/new/101.0-end+64 ./n1/new/165.0-end+64 ./n1/new/229.0-end+22 " \
	"are three files"
mkdir -m 755 "$dir/next"
put n1 1
{ record 2 n1; record 3 n1; } >"$spool/n1/new/2.0-end"
cp -r "$spool/n1/new/." "$shared/n1/new"
out=$("$forward" -s "$shared" --dry-run "$dir/next")
is "$out" "sjobforward: 153 records would be carried, 0 there already, 0 left, 0 foreign" \
	"a spool with such files has as many records"
out=$("$forward" -s "$shared" -m 100 "$dir/next")
is "$out" "sjobforward: 89 records carried, 0 there already, 64 left, 0 foreign" \
	"--max-records takes no part of a file"
out=$("$forward" --receive "$dir/next" "$forward" -s "$shared" --send)
is "$out" "$(carried 64)" "the others are fetched"
is "$(files "$shared")$(records "$dir/next")" "$(printf 'n1/%d ' 1 2 3 $(seq 101 250))" \
	"and all are there, each once"
rm -r "$dir/next"

# What a killed run leaves in both places is known as long as it is there, also beside what is new
# and when it was divided otherwise.
fresh
put n1 $(seq 201 260)
carry "$shared"
put n1 $(seq 201 240)
carry "$shared"
is "$status $out" "0 sjobforward: 0 records carried, 40 there already, 0 left, 0 foreign" \
	"files that were not removed are known"
put n1 $(seq 101 150) $(seq 201 240) $(seq 301 305)
carry "$shared"
is "$status $out" "0 sjobforward: 55 records carried, 40 there already, 0 left, 0 foreign" \
	"and so are they among others"
is "$(records "$shared")" "$(printf 'n1/%d ' $(seq 101 150) $(seq 201 260) $(seq 301 305))" "each is there once"
put n1 $(seq 201 240)
fetch
is "$status $out" "0 sjobforward: 0 records carried, 40 there already, 0 left, 0 foreign" \
	"likewise when they are fetched"
put n1 $(seq 201 240)
rm "$shared/n1/new/201.0-end+60"
carry "$shared"
is "$status $out" "0 $(carried 40)" "what was ingested meanwhile comes again"
put n1 201
record 201 n1 | sed s/ann/bob/ >"$shared/n1/new/201.0-end+40"
carry "$shared"
says 3 "$shared/n1/new/201.0-end+40 is there and is something else" "a file of others with the name"
is "$(files "$spool")" "./n1/new/201.0-end " "the record stays"

# What is no line has a file of its own, as it was.
fresh
put n1 1 2 3
: >"$spool/n1/new/4.0-end"
record 5 n1 | tr -d '\n' >"$spool/n1/new/5.0-end"
{ record 6 n1; record 7 n1 | tr -d '\n'; } >"$spool/n1/new/6.0-end"
printf 'n\0l\n' >"$spool/n1/new/8.0-end"
cp -r "$spool" "$dir/keep"
carry "$shared"
is "$status $out" "0 $(carried 8)" "what is no line is carried as well"
is "$(files "$shared")" \
	"./n1/new/1.0-end+5 ./n1/new/4.0-end ./n1/new/5.0-end ./n1/new/6.0-end.2 " "in files of its own"
cmp -s "$dir/keep/n1/new/5.0-end" "$shared/n1/new/5.0-end" && [ ! -s "$shared/n1/new/4.0-end" ]
ok $? "which are as they were"
cp -r "$dir/keep/n1" "$spool"
carry "$shared"
is "$status $out" "0 sjobforward: 0 records carried, 8 there already, 0 left, 0 foreign" "and known"
rm -r "$dir/keep"
printf 'Database=%s\nSpool=%s\n' "$(db_at parts)" "$shared" >"$dir/conf"
run ingest
is "$status $out" "3 ingest: 8 records: 4 new, 0 changed, 0 known, 0 skipped, 4 bad" \
	"ingest takes the rest of such a file"
is "$(cd "$shared/bad" && printf '%s ' *[0-9])" \
	"n1.1.0-end+5.5 n1.4.0-end.1 n1.5.0-end.1 n1.6.0-end.2.1 " "and names the line that it sets aside"

# ---- through a remote shell ----
fresh
put n1 1 2
put n2 3
fetch
is "$status $out" "0 $(carried 3)" "--receive fetches what --send has"
is "$(files "$spool")$(files "$shared")" "./n1/new/1.0-end+2 ./n2/new/3.0-end " \
	"which is then where it should be"
put n1 4 5
fetch -m 1
is "$status $out" "0 sjobforward: 0 records carried, 0 there already, 2 left, 0 foreign" \
	"more than --max-records at once is left"
fetch -w 3
is "$status $out" "1 sjobforward: 1 record carried, 0 there already, 1 left, 0 foreign" \
	"up to the target's bound"
fetch -n n2
says 1 "expected n2 alone" "records of another node"
: >"$spool/n1/new/README"
fetch
is "$status $out" "3 sjobforward: 1 record carried, 0 there already, 0 left, 1 foreign" \
	"what is foreign on the node is counted here"
says 3 "$spool/n1/new/README" "and told"

talk() { # talk SCRIPT: --receive hears what a script says
	out=$("$forward" --receive "$shared" sh -c "$1" 2>"$dir/err")
	status=$?
}
fresh
before=$(files "$shared")
case_number=0
while read -r text script; do
	case_number=$((case_number + 1))
	talk "$script"
	says 1 "$(echo "$text" | tr _ ' ')" "what the other side says, case $case_number"
	is "$(files "$shared")" "$before" "and nothing is written"
done <<-'END'
	ended_with_status_0_without_a_word	true
	ended_with_status_255_without_a_word	exit 255
	killed_by_signal_9	kill -9 $$
	said_'Welcome'	echo Welcome
	said_'joboutliers-records_2'	echo joboutliers-records 2
	ended_before_it_was_done	echo joboutliers-records 1
	expected_a_parcel	printf 'joboutliers-records 1\nparcel ../n1 1\n'
	expected_a_parcel	printf 'joboutliers-records 1\nparcel bad 1\n'
	expected_a_parcel	printf 'joboutliers-records 1\nparcel n1 65\n'
	expected_a_parcel	printf 'joboutliers-records 1\nparcel n1 -1\n'
	expected_a_record	printf 'joboutliers-records 1\nparcel n1 1\n../x 1\na'
	expected_a_record	printf 'joboutliers-records 1\nparcel n1 1\n1/2 1\na'
	expected_a_record	printf 'joboutliers-records 1\nparcel n1 1\n1-end 24577\na'
	ended_before_it_was_done	printf 'joboutliers-records 1\nparcel n1 2\n1-end 1\na2-end 5\nbcd'
	expected_three_counts	printf 'joboutliers-records 1\nend 1\n'
	said_'aaa	printf 'joboutliers-records 1\n'; head -c 100000 /dev/zero | tr '\0' a
END
hears() { # hears SCRIPT: --send hears what a script says
	mkfifo "$dir/to" "$dir/from"
	sh -c "$1" <"$dir/to" >"$dir/from" &
	"$forward" -s "$spool" --send >"$dir/to" <"$dir/from" 2>"$dir/err"
	status=$?
	wait $!
	rm "$dir/to" "$dir/from"
}
put n1 1 2
before=$(files "$spool")
for answer in '' 'c' 'ccc' 'cx' 'c '; do
	hears "echo '$answer'; cat >/dev/null"
	says 1 "the other side said '$answer'" "an answer of '$answer'"
	is "$(files "$spool")" "$before" "and nothing is removed"
done
hears true
is "$status" 1 "a receiver that leaves is a failure"
is "$(files "$spool")" "$before" "and nothing is removed"
hears 'echo cl; cat >/dev/null'
is "$(ls "$spool/n1/new" | wc -l)" 1 "what is answered for is removed, and that alone"

# ---- one at a time, and the time limit ----
fresh
put n1 1
carry -q -m 1 "$shared"
put n1 2
mkfifo "$dir/go"
(flock 9 && : >"$dir/held" && read -r _ <"$dir/go") 9>"$spool/.forward" &
holder=$!
until [ -e "$dir/held" ]; do sleep 0.05; done
carry "$shared"
says 4 "another sjobforward is at work" "a second run"
is "$out" "" "has nothing to sum up"
fetch
says 4 "another sjobforward is at work" "a second run on a node"
echo >"$dir/go"
wait "$holder"
out=$(flock "$spool" "$forward" -s "$spool" "$shared")
is "$? $out" "0 $(carried 1)" "a lock that any user can take keeps nobody out"
out=$("$forward" -t 1s --receive "$shared" sleep 1000 2>"$dir/err")
status=$?
says 1 "the time limit came" "a node that does not answer"

# ---- killed, and failing, at each call ----
fresh
put n0 2
put n1 1 3 5
rm -rf "$dir/made"
cp -r "$spool" "$dir/made"
lines() { # lines FOLDER: of all records in it
	(cd "$1" && find . -path './*/new/*' -type f -exec cat {} + | sort)
}
whole() { # each of the records is in spool or target, and nothing that is cut
	[ "$({ lines "$spool" && lines "$shared"; } | sort -u)" = "$(lines "$dir/made")" ]
}
moved() { # moved RECORD...: all and these are in the target, each once, and nothing else there or here
	[ "$(lines "$shared")" = "$({ lines "$dir/made" && printf '%s' "$@"; } | sort)" ] &&
		[ -z "$(files "$spool")" ] &&
		[ -z "$(find "$shared" -path '*/tmp/*')" ]
}
# each WHAT LEAST HOW CALL...: break a run of $command off at each of its calls, see what is
# there, and run it again; there are at LEAST so many calls
each() {
	what=$1 least=$2 how=$3
	shift 3
	runs=0 lost='' silent='' unmoved='' unsynced=''
	for call in "$@"; do
		nth=0
		while :; do
			nth=$((nth + 1))
			rm -rf "$spool" "$shared"
			cp -r "$dir/made" "$spool"
			mkdir "$shared"
			# shellcheck disable=SC2086 # a list of words
			strace -f -E ASAN_OPTIONS=detect_leaks=0 -o "$dir/trace" -e trace="$call" -e inject="$call:$how:when=$nth" \
				$command >/dev/null 2>&1
			status=$?
			grep -qE "INJECTED|killed by SIGKILL" "$dir/trace" || break
			runs=$((runs + 1))
			whole || lost="$lost $call:$nth"
			[ "$status" != 0 ] || moved || silent="$silent $call:$nth"
			[ "$call $how" != "fsync error=EIO" ] || [ -n "$(files "$spool")" ] ||
				unsynced="$unsynced $nth"
			# One that comes before all others now.
			record 9 n1 >"$spool/n1/new/0.9-end"
			{ "$forward" -q -s "$spool" "$shared" && moved "$(record 9 n1)"; } ||
				unmoved="$unmoved $call:$nth"
		done
	done
	[ "$runs" -ge "$least" ]
	ok $? "$what: in $runs places"
	is "$lost" "" "$what: no record is lost or cut"
	is "$silent" "" "$what: no failure is silent"
	is "$unmoved" "" "$what: the next run carries all, once"
	is "$unsynced" "" "$what: nothing is removed that may not be on the disk there"
}
if strace -o /dev/null true 2>/dev/null; then
	command="$forward -s $spool $shared"
	each "killed at a call" 60 signal=KILL openat read write fsync renameat unlinkat mkdirat getdents64 flock
	each "a call that fails" 60 error=EIO openat read write fsync renameat unlinkat mkdirat getdents64 flock
	each "a disk that is full" 9 error=ENOSPC write renameat mkdirat
	command="$forward --receive $shared $forward -s $spool --send"
	each "two processes, one killed at a call" 35 signal=KILL read write fsync renameat unlinkat getdents64
	each "two processes, a call of one that fails" 35 error=EIO read write fsync renameat unlinkat getdents64
else
	n=$((n + 1))
	echo "ok $n - killed and failing at each call # SKIP strace is not here, or may not trace"
fi

# ---- a spool that the plugin refuses ----
fresh
mkdir "$dir/refused"
# A file system that answers, and is none that the plugin takes.
if [ "${JO_OWN_MOUNTS-}" ] && mount -t hugetlbfs -o mode=755 none "$dir/refused" 2>/dev/null; then
	text="the plugin writes nothing to its spool: $dir/refused lies on hugetlbfs, which can hang"
	mkdir -p "$dir/refused/n1/new"
	: >"$dir/refused/n1/new/1.0-end"
	carry -s "$dir/refused" --dry-run "$shared"
	says 1 "$text" "a spool that the plugin refuses, looked at"
	carry -s "$dir/refused" "$shared"
	says 1 "$text" "a spool that the plugin refuses"
	is "$out" "$(carried 1)" "what it has is carried all the same"
	"$forward" -q --receive "$shared" "$forward" -s "$dir/refused" --send 2>"$dir/err"
	status=$?
	says 1 "$text" "a spool that the plugin refuses, fetched"
	umount "$dir/refused"
else
	n=$((n + 1))
	echo "ok $n - a spool that the plugin refuses # SKIP not root, or no hugetlbfs"
fi

# ---- a target that hangs ----
fresh
put n1 1
: >"$dir/mounted"
if [ "${JO_OWN_MOUNTS-}" ]; then
	mkdir "$dir/mute"
	cp -r "$spool" "$dir/own"
	"$fakes/hungfs" --mute "$dir/mute" >"$dir/mute-mounted" 2>/dev/null &
	mutefs=$!
	"$fakes/hungfs" "$shared" >"$dir/mounted" 2>/dev/null &
	hungfs=$!
	until [ -s "$dir/mute-mounted" ] || ! kill -0 "$mutefs" 2>/dev/null; do sleep 0.05; done
	until [ -s "$dir/mounted" ] || ! kill -0 "$hungfs" 2>/dev/null; do sleep 0.05; done
fi
if [ -s "$dir/mounted" ]; then
	"$forward" -q -t 1s -s "$dir/own" "$dir/mute" 2>"$dir/mute-err" &
	mute=$!
	carry -t 1s "$shared"
	says 1 "hangs and cannot be killed" "a target that hangs"
	carry -t 1s "$shared"
	says 4 "another sjobforward is at work" "the next run does not come to hang as well"
	put n1 2
	is "$(ls "$spool/n1/new" | wc -l)" 2 "records can be written all the while"
	kill "$hungfs"
	wait "$hungfs" 2>/dev/null
	# Its requests have failed now, so the hanging one ends.
	until flock -n "$spool/.forward" true; do sleep 0.05; done
	unmount "$shared"
	wait "$mute"
	status=$?
	cp "$dir/mute-err" "$dir/err"
	says 1 "no answer while opening the target: gave up" "a target that hangs less"
	flock -n "$dir/own/.forward" true
	ok $? "who can be killed is"
	kill "$mutefs"
	wait "$mutefs" 2>/dev/null
	unmount "$dir/mute"
	carry "$shared"
	is "$status $out" "0 $(carried 2)" "all is carried once the target answers again"
else
	n=$((n + 1))
	echo "ok $n - a target that hangs # SKIP not root, or no FUSE"
fi

plan
