#!/bin/sh
# list and show: which steps are chosen, what is printed of them, for people and for programs.
. "$(dirname "$0")/lib.sh"

cat >"$dir/history.csv" <<'EOF'
job,step,cluster,partition,user,class,node,start,wall_s,input_bytes,mem_peak_bytes,max_rss_bytes,mem_limit_bytes,ncpus,state,exit_code,attr.filter_words
101,batch,c1,cpu,ann,align,n1,2026-03-01T10:00:00,60.5,1073741824,1610612736,1500000000,4294967296,4,COMPLETED,0,30
102_3,0,c1,cpu,ann,align,n1,2026-03-01T11:00:00,3600,5000000000,,,,4,TIMEOUT,0,
103,batch,c1,gpu,bob,train,n2,2026-03-01T12:00:00,7560,,2000000000,,,1,FAILED,2,
103,0,c1,gpu,bob,train,n2,2026-03-01T12:00:01,7500,,2000000000,,,1,FAILED,2,
104,batch,c2,gpu,bob,train,n9,2026-02-20T12:00:00,100,,,,,1,COMPLETED,0,
EOF
run import --csv "$dir/history.csv"
is "$status" 0 "a history is there"

refuses 2 "no column 'colour'" list -o job,colour
refuses 2 "column 'mem_l' may be mem_limit_bytes or mem_limit_hits" list -o mem_l
refuses 2 "'soon' is not a time" list -S soon
refuses 2 "'12x' is not a job" list -j 12x
refuses 2 "'99999999999' is not a job" list -j 99999999999
refuses 2 "'SAD' is not a state" list -s SAD
refuses 2 "'odd' is not a verdict" list -v odd
for option in u p j M A C s; do
	refuses 2 "' ,' names nothing to select" list -$option ' ,'
done
refuses 2 "starttime is after" list -S 2026-02-01 -E 2026-01-01
refuses 1 "sjoboutliers: nothing is known of job 7" show 7
is "$(wc -l <"$dir/err")" 1 "in one line"

chosen() { # chosen OPTION...: the steps that list chooses
	run list -n -P -o job "$@"
	printf '%s' "$out" | tr '\n' ' '
}
is "$(chosen)" "101.batch 102_3.0 103.0 103.batch" "the last day, in the order in which they ended"
is "$(chosen -S 2026-01-01)" "104.batch 101.batch 102_3.0 103.0 103.batch" "since a time"
is "$(chosen -S 2026-01-01 -E 2026-02-28)" "104.batch" "before a time"
is "$(chosen -S 2026-03-01T11:30 -E 2026-03-01T11:40)" "102_3.0" "what ran within a time counts"
is "$(chosen -u bob)" "103.0 103.batch" "of a user"
is "$(chosen -u bob,ann -p cpu)" "101.batch 102_3.0" "conditions hold together"
is "$(chosen -C train)" "103.0 103.batch" "of a class"
is "$(chosen -M c2 -S 2026-01-01)" "104.batch" "on a cluster"
is "$(chosen -A bio)" "" "of an account that has none"
is "$(chosen -s TO,f)" "102_3.0 103.0 103.batch" "states, in sacct's short forms"
is "$(chosen -s completed)" "101.batch" "and in full, in any case"
is "$(chosen -j 104)" "104.batch" "a job, however old"
is "$(chosen -j 103.batch)" "103.batch" "a step"
is "$(chosen -j 102)" "102_3.0" "an array"
is "$(chosen -j 102_3)" "102_3.0" "a task of an array"
is "$(chosen -j 102_4)" "" "not another one"
is "$(chosen -v high)" "" "nothing is judged yet"

run list -P -j 101
is "$out" "job|user|partition|class|state|exit|start|wall_s|input_bytes|memory_bytes|verdict
101.batch|ann|cpu|align|COMPLETED|0:0|2026-03-01T10:00:00|60.5|1073741824|1610612736|" \
	"for programs: base units, and nothing where nothing is known"
run list -j 101,103.batch
is "$out" "JOB       USER PARTITION CLASS STATE     EXIT START                  WALL    INPUT   MEMORY VERDICT
101.batch ann  cpu       align COMPLETED  0:0 2026-03-01T10:00 1 min 01 s 1.00 GiB 1.50 GiB 
103.batch bob  gpu       train FAILED     2:0 2026-03-01T12:00 2 h 06 min          1.86 GiB 
2 steps: 2.2 core-hours" \
	"for people: units and columns, and what it is together"
run list -n -j 101
is "$(printf '%s\n' "$out" | wc -l)" 1 "without a header there is no last line either"
run list -u bob,nosuch,daemon -p cpu,gpus -C align -S 2020-01-01
is "$out
$(cat "$dir/err")" "0 steps
sjoboutliers: nothing was recorded of user nosuch
sjoboutliers: nothing was recorded of user daemon
sjoboutliers: nothing was recorded of partition gpus" "where nothing is chosen, names that no record has are told"
for command in 'drifts list --drift' 'mutes mute --list' 'verdicts check --running'; do
	noun=${command%% *}
	command=${command#* }
	run $command
	is "$out" "0 $noun" "$command: that there is none is said to people"
	run $command -P
	is "$(printf '%s\n' "$out" | wc -l)" 1 "$command: and for programs there is the header"
done
refuses 2 "no column 'colour'" list --sort wall,-colour
is "$(chosen -S 2026-01-01 --sort -wall)" "103.batch 103.0 102_3.0 104.batch 101.batch" "sorted, the longest first"
is "$(chosen -S 2026-01-01 --sort memory,job)" "101.batch 103.0 103.batch 102_3.0 104.batch" \
	"by two columns that need not be shown, what is missing last"
run list -P -n -j 101 -o cpu_efficiency,memory_efficiency,time_efficiency
is "$out" "|37.5|" "efficiencies in percent, nothing where nothing is known"
run list -n -j 101 -o memory_efficiency
is "$(echo $out)" "38 %" "and for people"
run list --json -j 101
has '"wall_history": null' "JSON has every column unless told otherwise"
run list --help
is "$(printf '%s\n' "$out" | tr -s ' \n' '  ' | grep -o 'is high: watch, high or certain ' | wc -l)" 3 "no help is cut"
run list --json -j 102 -o job,wall,mem_peak,attrs
is "$out" '{
  "steps": [
    {"job": "102_3.0", "wall_s": 3600.0, "mem_peak_bytes": null, "attrs": null}
  ]
}' "JSON, with null for what is not known"
run list --json -j 7
is "$out" '{
  "steps": []
}' "JSON of nothing"
run list -P -o all -j 101
is "$(printf '%s\n' "$out" | awk -F'|' 'NR == 1 {n = NF} NR == 2 {print (n == NF), (n > 50)}')" "1 1" \
	"all columns"

run show 101
is "$out" "101.batch  COMPLETED, exit 0:0
  of         user ann, partition cpu, cluster c1
  class      align (declared)
  input      1.00 GiB
  attributes filter_words=30
  on         n1, 4 CPUs
  started    2026-03-01T10:00:00, ended 2026-03-01T10:01:00
  run time   1 min 01 s
  memory     peak 1.50 GiB, largest process 1.40 GiB, limit 4.00 GiB (38 % of it used)
  judged     not yet: 'sjoboutliers check' has not looked at it" "a job on one screen"

# Forty steps of 1 to 4 GiB at 100 s a GiB, then four that ended in the same second.
awk 'BEGIN {
	print "job,start,wall_s,input_bytes,user,class,partition"
	for (i = 0; i < 40; i++)
		printf "%d,%d,%.1f,%d,cy,sort,cpu\n", 200 + i, 1771900000 + i * 3600,
			100 * (1 + i % 4) * (1 + (i * 7 % 11) / 100), (1 + i % 4) * 1024 ^ 3
	for (i = 0; i < 4; i++)
		printf "%d,1772180000,%d,%s,cy,sort,cpu\n", 300 + i, i < 2 ? 2000 : 210,
			i == 3 ? "" : 2 * 1024 ^ 3
}' >"$dir/more.csv"
run import --csv "$dir/more.csv"
is "$status" 0 "more history"
run check
is "$status" 0 "is judged"
is "$(chosen -S 2026-01-01 -u cy -v high)" "300.batch 301.batch" "steps by their verdict"
is "$(chosen -S 2026-01-01 -j 300,301,302,303 -v unjudged,normal)" \
	"302.batch 303.batch 300.batch 301.batch" "of either metric"
run list -P -n -j 302,303,300,301 -o job,verdict,wall_verdict,wall_reason
is "$(printf '%s\n' "$out" | sort)" "300.batch|high|high|
301.batch|high|high|
302.batch|normal|normal|
303.batch|unjudged|unjudged|no-input-size" "each step has its own verdict, also at the same time"
run list -n -j 300 -o verdict
has "high wall " "people read by how much"
plan
