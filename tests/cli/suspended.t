#!/bin/sh
# suspended: what sacct tells of steps whose records could not; in the night, before they are judged.
. "$(dirname "$0")/lib.sh"

start=1772366400 # 2026-03-01T12:00:00
mkdir -p "$dir/spool/n1/new"
record() { # record JOB RESTART START WALL [SUSPENDED_US]: a step's end
	printf '{"v":1,"kind":"end","cluster":"c1","node":"n1","job_id":%d,"step_id":0,"step_kind":"srun","restart_count":%d,"node_index":0,"node_count":1,"user":"ann","partition":"main","class_name":"align","start_unix_us":%d000000,"wall_us":%d000000,"exit_status":0,"term_signal":0%s}\n' \
		"$1" "$2" "$3" "$4" "${5:+,\"suspended_us\":$5}" >"$dir/spool/n1/new/$1.$2-end"
}
# A sacct that answers what lies in these files, and keeps what it was asked.
mkdir "$dir/bin"
cat >"$dir/bin/sacct" <<END
#!/bin/sh
echo "\$*" >>"$dir/asked"
case " \$* " in
*" -X "*) cat "$dir/jobs" ;;
*) for word in "\$@"; do
	case \$word in
	--delimiter=*) sed "s/~/\${word#--delimiter=}/g" "$dir/steps" ;;
	esac
done ;;
esac
cat "$dir/complaint" >&2
exit \$(cat "$dir/rc")

END
chmod 755 "$dir/bin/sacct"
PATH=$dir/bin:$PATH
: >"$dir/complaint"
echo 0 >"$dir/rc"
history() { # 19 runs of an hour
	echo job,step,cluster,partition,user,job_name,program,start,wall_s
	for i in 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28; do
		echo "9$i,0,c1,main,ann,align,,2026-02-${i}T10:00:00,36$i"
	done
}
history >"$dir/history.csv"
row() { # row ID STATE START ELAPSED SUSPENDED [NAME]: as sacct prints it for us
	printf '%s~%s~c1~%s~~~main~~%s~0:0~%s~%s~%s~~1~n1~1~1~~~~%s~\n' "$1" "$1" \
		"$(case $1 in *.*) ;; *) echo ann ;; esac)" "$2" "$3" "$4" "$5" "${6-align}"
}
{
	echo JobIDRaw~JobID~Cluster~User~UID~Account~Partition~QOS~State~ExitCode~Start~ElapsedRaw~Suspended~TimelimitRaw~NNodes~NodeList~AllocCPUS~NTasks~MaxRSS~UserCPU~SystemCPU~JobName~
	row 201 COMPLETED $start 3600 03:00:00
	row 201.batch COMPLETED $start 3600 03:00:00
	row 201.0 COMPLETED $start 3600 03:00:00 'two
lines'
	row 202 COMPLETED $((start - 9000)) 100 00:00:00
	row 202.0 COMPLETED $((start - 9000)) 100 01:00:00
	row 202 COMPLETED $((start + 60)) 3600 02:00:00
	row 202.0 COMPLETED $((start + 60)) 3600 02:00:00
	row 205 COMPLETED $start 3600 01:00:00
	row 205.0 COMPLETED $start nonsense 01:00:00
} >"$dir/steps"
printf '%s\n' '200|00:00:00' '201|03:00:00' '202|01:00:00' '202|02:00:00' '203|1-00:00:00' '204|' 'x|00:00:01' \
	'205|01:00:00' '201;id|00:00:01' >"$dir/jobs"

run import --csv "$dir/history.csv"
run check
run suspended
is "$status,$out" '0,suspended: of 0 steps sacct told for how long they were suspended' 'none is to be judged'
[ ! -e "$dir/asked" ]
ok $? 'and nobody is asked'

record 201 0 $((start + 1)) 14400
record 202 1 $((start + 63)) 10800
record 203 0 $start 3600 0
record 206 0 $start 14400
run ingest
is "$out" 'ingest: 4 records: 4 new, 0 changed, 0 known, 0 skipped, 0 bad' 'four steps'

# ---- who may not be asked, or does not answer
copy_db db kept
echo AskSacct=no | cat "$dir/conf" - >"$dir/conf-no"
out=$("$sjob" -c "$dir/conf-no" suspended)
is "$?,$out" "0,suspended: sacct is not asked: AskSacct is 'no'" 'AskSacct=no'
[ ! -e "$dir/asked" ]
ok $? 'nobody is asked'
echo 'Slurm accounting storage is disabled' >"$dir/complaint"
echo 1 >"$dir/rc"
run suspended
is "$status,$out" '0,suspended: nobody to ask: Slurm keeps no accounting here' 'no accounting'
is "$(wc -l <"$dir/err")" 0 'is no trouble'
echo 'sacct: error: slurm_persist_conn_open: failed' >"$dir/complaint"
refuses 1 'sacct ended with status 1: sacct: error: slurm_persist_conn_open: failed' suspended
run nightly
is "$status" 1 'a night in which it does not answer'
has 'suspended FAILED: sacct ended with status 1' 'says so'
has 'check     4 steps in 1 night' 'and judges all the same'
run list -P -n -S 2026-03-01 -o job,wall_verdict
is "$(printf '%s\n' "$out" | sort | tr '\n' ' ')" '201.0|high 202.0|high 203.0|normal 206.0|high ' 'by what it knows'
copy_db kept db
: >"$dir/complaint"
echo 0 >"$dir/rc"

# ---- a night
rm "$dir/asked"
run nightly
is "$status" 3 'a line that cannot be read is told'
has 'suspended of 2 steps sacct told for how long they were suspended' 'two were suspended'
grep -q 'sacct:11: Elapsed: .*nonsense' "$dir/err"
ok $? 'with its reason'
is "$(sed 's/--delimiter=|[0-9a-f]*|/DELIMITER/; s/-o JobIDRaw,JobID[^ ]*/-o FIELDS/' "$dir/asked")" \
	'-a -X -D -n -P -o JobIDRaw,Suspended -S 2026-03-01T15:01:03 -E 2026-03-02T06:00:00
-a -D -p DELIMITER -o FIELDS -j 201,202,202,203,205 -S 2026-03-01T15:01:03 -E 2026-03-02T06:00:00' \
	'sacct is asked for the time, and for the jobs that were suspended'
run list -P -n -S 2026-03-01 -o job,restart,wall_s,suspended_s,end,wall_verdict,source
is "$(printf '%s\n' "$out" | sort)" \
	'201.0|0|3600|10800|2026-03-01T16:00:01|normal|plugin
202.0|1|3600|7200|2026-03-01T15:01:03|normal|plugin
203.0|0|3600|0|2026-03-01T13:00:00|normal|plugin
206.0|0|14400||2026-03-01T16:00:00|high|plugin' 'their run time is without it, that of others stays'
run suspended
is "$status,$out" '0,suspended: of 0 steps sacct told for how long they were suspended' 'what is judged is not asked for'

# ---- told later, by an import
{
	row 206 COMPLETED $start 3600 03:00:00
	row 206.0 COMPLETED $start 3600 03:00:00
} | sed 's/~/|/g; s/|$//' >"$dir/later"
run import --sacct="$dir/later"
has '1 changed' 'an import tells it, too'
run check
has '1 step in 1 night; wall time: 0 high' 'which is judged again'
plan
