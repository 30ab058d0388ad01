#!/bin/sh
# CPU time, from import to the mail: work and waiting are told apart, and what is missing is missing.
. "$(dirname "$0")/lib.sh"

jobs() { # jobs CPU: 60 normal runs, two a day, then one that did more, one that waited, one that only used more CPU
	awk -v cpu="$1" 'BEGIN {
		print "job,step,cluster,partition,user,class,node,start,wall_s,input_bytes,ncpus" (cpu ? ",cpu_s" : "")
		for (i = 0; i < 60; i++) {
			gib = 10 * (1 + i % 4)
			row(100 + i, sprintf("2026-02-%02dT%02d:00:00Z", 1 + int(i / 3), 2 * (i % 3)), gib, 1 + 0.01 * (i * 7 % 11 - 5), 1 + 0.01 * (i * 5 % 9 - 4))
		}
		row(201, "2026-03-01T10:00:00Z", 20, 2.6, 2.7)
		row(202, "2026-03-01T11:00:00Z", 20, 2.6, 1.01)
		row(203, "2026-03-01T12:00:00Z", 20, 1.02, 2.6)
		row(204, "2026-03-01T13:00:00Z", 20, 1.01, 0.99)
	}
	function row(job, start, gib, wall, used) {
		printf "%d,0,hpc,main,ann,align,n%d,%s,%.1f,%.0f,8", job, job % 3, start, gib * 120 * wall, gib * 2 ^ 30
		if (cpu) printf ",%.1f", gib * 800 * used
		print ""
	}'
}

# ---- without CPU times nothing is said of them
jobs '' >"$dir/none.csv"
run import --csv "$dir/none.csv"
run check --since 2026-03-01 -P -n
is "$(printf '%s\n' "$out" | cut -d'|' -f3 | sort | uniq -c | tr -s ' \n' ' ')" ' 4 memory 4 wall ' \
	'a group without CPU times has no rows of them'
run predict -C align --input-size 20G -P -n
is "$(printf '%s\n' "$out" | cut -d'|' -f2 | tr '\n' ' ')" 'wall memory ' 'and no prediction'
run check
has '4 unjudged' 'check sums up'
printf '%s\n' "$out" | grep -q CPU
is $? 1 'without a word of them'
printf 'Database=%s\nSpool=%s/spool\nMailDomain=example.org\nMailUsers=yes\nMailFrom=jo@example.org\nAdminMail=adm@example.org\nGnuplotPath=/usr/bin/gnuplot\n' "$(db_at db2)" "$dir" >"$dir/conf"

# ---- judged
jobs 1 >"$dir/jobs.csv"
run import --csv "$dir/jobs.csv"
is "$status" 0 'CPU times are imported'
run check --since 2026-03-01 -P -n -o job,metric,verdict,ratio
is "$(printf '%s\n' "$out" | grep -v memory | sed 's/\(\.[0-9]\)[0-9]*$/\1/')" '201|wall|high|2.6
201|cpu|high|2.7
203|wall|normal|1.0
203|cpu|high|2.6
202|wall|high|2.6
202|cpu|normal|1.0
204|wall|normal|1.0
204|cpu|normal|0.9' 'each metric has a row'
run check --since 2026-03-01 -P -n -o value,expected -j 203
has '41600|16000' 'in CPU seconds'
run check
has 'CPU time: 2 high, 0 low' 'check counts them'
run list -P -n -S 2026-03-01 -o job,cpu_s,cpu_verdict,cpu_ratio,verdict -j 203
is "$out" '203.0|41600|high|2.6|high' 'list has the columns'
run list -S 2026-03-01 -j 203
has 'high cpu 2.6x' 'and the worst is named'
run plot -C align --metric=cpu
is "$status" 0 'plot draws them'
has '12 h' 'by their CPU seconds'
run predict -C align --input-size 20G -P -n
has '1|cpu|16000' 'predict says how much'
run export --csv -S 2026-03-01 -j 203
is "$(printf '%s\n' "$out" | tail -1 | cut -d, -f21,49,54)" '41600.000000,high,2.6' 'export has figure and verdict'
run export --json -S 2026-03-01 -j 203
printf '%s\n' "$out" | grep -q '"cpu": *{'
ok $? 'JSON too'
run export --openmetrics "$dir/m" -S 2026-03-01 -E 2026-03-02
grep -q 'joboutliers_findings{partition="main",metric="cpu"} 2' "$dir/m"
ok $? 'and the numbers for Prometheus'
run report --html "$dir/r.html" -S 2026-03-01 -E 2026-03-02
grep -q '"cpu":{"measure":null,"band":\[\[' "$dir/r.html"
ok $? 'the report has the band of CPU time'
has ': 3 findings in 1 group' 'what is out in both is one finding of it'
grep -q '"did more work".*"waited"' "$dir/r.html"
ok $? 'which says what the job did'

# ---- work and waiting are told apart
run show 201
has '2.6 times as long, and 2.7 times the CPU time: it did more work' 'show says what did more work'
run show 202
has '2.6 times as long with the CPU time of a normal run: it waited' 'and what waited'
run show 203
printf '%s\n' "$out" | grep -q '^ *cause  *2.6 times the CPU time: it did more work'
ok $? 'and where the clock shows nothing'
run show 204
printf '%s\n' "$out" | grep -q '^ *cause'
is $? 1 'where nothing is high there is nothing to explain'
run mail --preview ann
out=$(printf '%s\n' "$out" | tr -s ' \n' ' ')
has 'took 2.6 times as long, and 2.7 times the CPU time: it did more work' 'so does the mail'
has 'took 2.6 times as long with the CPU time of a normal run: it waited' 'for both'
has 'used 2.6 times the CPU time expected' 'and tells of CPU time alone'
printf '%s\n' "$out" | grep -q '2.7 times the CPU time expected'
is $? 1 'but not of the same job twice'

if is_file; then
# ---- one chance of one finding: that of the surer of run time and CPU time, in the mail as on the page
sed 's/db2/db/' "$dir/conf" >"$dir/conf3"
echo NotifyAlpha=1 >>"$dir/conf3"
odds() { # odds WALL CPU: what the mail of job 201 and the page say where the chances of both are so
	drop_db db
	sqlite3 "$dir/db2" ".backup $dir/db"
	unpacked_verdicts "UPDATE verdict SET p_value = CASE metric WHEN 0 THEN $1 ELSE $2 END WHERE verdict = 1;"
	"$sjob" -c "$dir/conf3" ingest >/dev/null
	run -c "$dir/conf3" mail --preview ann
	out=$(printf '%s\n' "$out" | tr -s ' \n' ' ' | sed 's/.*Job 201.0 in//; s/ Excess .*//')
	"$sjob" -c "$dir/conf3" report --html "$dir/r3.html" -S 2026-03-01 -E 2026-03-02 2>/dev/null
}
odds 0.0036 0.00022
has 'about one normal job in 4500 would use as much CPU time' 'where CPU time is the surer, the mail has its chance'
is "$(grep -o '<tr><td>align<td>20[1-3].*1 in [0-9]*<' "$dir/r3.html" | sed 's/.*align<td>\(20.\).*<td>\(1 in .*\)</\1 \2/' | sort)" '201 1 in 4500
202 1 in 280
203 1 in 4500' 'so has the page, and that of the run time where CPU time is normal'
odds 0.00022 0.0036
has 'about one normal job in 4500 would take as long' 'where the run time is the surer, that is told'
fi

# ---- judged anew, with the verdicts that are not in the database
echo 'ann: ann@example.org' >"$dir/map"
echo "MailMap=$dir/map" >>"$dir/conf"
columns=conf_findings,findings,conf_verdicts,verdicts
run replay -P -n --by total -S 2026-03-01 -o $columns
is "$out" '3|3|3|3' 'replay tells one that worked, one that waited, and one by its CPU time'
run replay -P -n --by total -S 2026-03-01 --set MinRatio=1.5 -o $columns
is "$out" '3|3|3|3' 'judged anew these are told apart as well'
run replay -P -n --by total -S 2026-03-01 --set MinRatio=2.65 --set Alpha=0.004 -o $columns
is "$out" '3|1|3|1' 'by other values, which leave CPU time alone over, it is that alone'

# ---- as the plugin records it, on two nodes, with what it stalled on
record() { # record NODE INDEX JOB START_UNIX_S WALL_S USER_S STALL_S
	mkdir -p "$dir/spool/$1/new" "$dir/spool/$1/tmp"
	printf '{"v":1,"kind":"end","cluster":"hpc","node":"%s","job_id":%d,"step_id":0,"step_kind":"srun","node_index":%d,"node_count":2,"user":"eve","partition":"main","class_name":"solve","cpu_count":4,"start_unix_us":%d000000,"wall_us":%d000000,"exit_status":0,"term_signal":0,"cpu_user_us":%d000000,"cpu_system_us":7000000,"psi_io_some_us":%d000000,"psi_memory_some_us":0}\n' \
		"$1" "$3" "$2" "$4" "$5" "$6" "$7" >"$dir/spool/$1/new/$3.0"
}
i=0
while [ $i -lt 40 ]; do
	for k in 0 1; do record n$k $k $((1000 + i)) $((1771200000 + i * 21600)) $((3600 + i * 7 % 60)) $((7200 + i * 11 % 90)) 60; done
	i=$((i + 1))
done
record n0 0 2000 1772359200 9360 7230 5400
record n1 1 2000 1772359200 9360 7230 60
run ingest
run list -P -n -S 2026-03-01 -o job,cpu_s -j 2000
is "$out" '2000.0|14474' 'the CPU times of the nodes, user and system, are summed'
run check
run mail --preview eve
out=$(printf '%s\n' "$out" | tr -s ' \n' ' ')
has 'solve took 2.6 times as long with the CPU time of a normal run: it waited' 'who waited is told so'
has 'It waited 1 h 30 min for input and output' 'and for what'
plan
