#!/bin/sh
# show: the story of a job, for a person.
. "$(dirname "$0")/lib.sh"

refuses 2 "expected a job" show
refuses 2 "'x' is not a job" show x
refuses 2 "expected one job" show 1 2
refuses 1 "no database yet" show 7

# Sixty steps of one to seven GiB, sometimes on one node and sometimes on the other; one took four
# times as long, with other words.  Then a job of three steps, and one without a size.
awk 'BEGIN {
	print "job,step,start,wall_s,partition,user,class,node,ncpus,input_bytes,mem_peak_bytes,mem_limit_bytes,state,attr.words"
	for (i = 0; i < 60; i++) {
		gib = 1 + i % 7
		printf "%d,batch,%d,%.1f,main,ann,align,n%d,4,%.0f,%.0f,8589934592,COMPLETED,%d\n", 100 + i,
			1772150400 + i * 3600, (1000 + 500 * gib) * (1 + 0.02 * (i % 3)) * (i == 55 ? 4 : 1), i % 2,
			gib * 1073741824, gib * 1073741824 * (1 + 0.01 * (i % 5)), i == 55 ? 174 : 30
	}
	print "900,batch,1772150400,60,main,bob,sort,n1,1,,,,FAILED,"
	print "900,0,1772150401,20,main,bob,sort,n1,1,,,,COMPLETED,"
	print "900,1,1772150422,30,main,bob,sort,n1,1,,,,FAILED,"
	print "901,batch,1772370000,900,main,ann,align,n1,4,,,,COMPLETED,30"
	for (i = 0; i < 12; i++)
		printf "950_%d,batch,1772150400,60,main,eve,many,n1,1,,,,COMPLETED,\n", i
}' >"$dir/jobs.csv"
run import --csv "$dir/jobs.csv"
is "$status" 0 "a history is there"

# Of what is imported CPU time is known as a sum alone.
cat >"$dir/cpu.csv" <<'END'
job,start,wall_s,partition,user,class,ncpus,cpu_s
902,1772370000,900,main,kim,pack,2,1350
END
run import --csv "$dir/cpu.csv"
run show 902
has "  CPU time   23 min, 75 % of its CPUs" "CPU time that is not told by modes is told as it is"

refuses 1 "sjoboutliers: nothing is known of job 7" show 7
is "$(wc -l <"$dir/err")" 1 "in one line"
run show 155
has "  judged     not yet: 'sjoboutliers check' has not looked at it" "before check it is not judged"
run check
is "$status" 0 "it is judged"

run show 155
is "$status" 0 "an outlier is told"
has "155.batch  COMPLETED" "what it was"
has "  memory     peak 7.00 GiB, limit 8.00 GiB (88 % of it used)" "memory against its limit"
has "  run time:  high: 5 h 06 min is 4 times the 1 h 1" "what was expected and what happened"
has " normal ones would be" "how sure that is"
has "Judged against " "from how many earlier jobs"
has "  excess     3 h 4" "the excess in time"
has " core-hours more than expected" "and in core-hours"
has "  differs    words was 174; in the 59 normal jobs it was 30" "and what differs"
is "$(printf '%s\n' "$out" | grep -c 'STEP')" 0 "a job of one step has no tree"
printf '%s\n' "$out" | grep -q 'this job'
is $? 1 "and no picture, as this is no terminal"
refuses 2 "--json and --plot exclude each other" show --json --plot 155
run show --json 155
cat >"$dir/look.py" <<'EOP'
import json, sys
step, = json.load(sys.stdin)["steps"]
wall, use = step["wall"], step["time_went"]
print(step["job"], step["class_name"], step["attrs"]["words"], wall["verdict"], wall["level"])
print(abs(wall["excess"] - (wall["value"] - wall["expected"])) < 1,
      abs(wall["excess_core_hours"] - wall["excess"] * 4 / 3600e6) < 1e-9, "excess" in step["memory"])
print(step["peer_count"], use, [d["name"] + " " + d["own"] + " " + d["usual"] for d in step["differences"]])
EOP
is "$(printf '%s\n' "$out" | python3 "$dir/look.py")" "155.batch align 174 high certain
True True False
59 {} ['words 174 30']" "the same for programs"
run show --json 900
is "$(printf '%s\n' "$out" | python3 -c 'import json, sys
print([s["job"] for s in json.load(sys.stdin)["steps"]])')" "['900.batch', '900.0', '900.1']" "of each step of a job"
run show --plot 155
has "this job" "unless it is asked for"
has "class align, partition main" "of its group"
run show 130
printf '%s\n' "$out" | grep -q differs
is $? 1 "what is normal has no differences to tell"

printf '%s\n' "$out" | grep -q 'no sizes are declared'
is $? 1 "a job with a size has no advice on sizes"

awk 'BEGIN {
	print "job,start,wall_s,partition,user,class,ncpus"
	for (i = 0; i < 40; i++)
		printf "%d,%d,%.1f,main,joe,nosize,4\n", 3000 + i, 1772150400 + i * 3600,
			3600 * (1 + 0.02 * (i % 3)) * (i == 38 ? 4 : 1)
}' >"$dir/nosize.csv"
run import --csv "$dir/nosize.csv"
run check
run show 3038
has "  input      no sizes are declared: this is judged by time alone; declare them so: srun --input-size=40G" \
	"one that was judged without says so, and what to do"
run show --plot 3038
has "ended" "and is drawn over time"
if is_file; then
unpacked_verdicts "UPDATE verdict SET near_count = 30, like_count = 1
	WHERE metric = 0 AND step = (SELECT id FROM step WHERE job_id = 3038);"
run ingest
run show 3038
has "; 1 of 30 earlier runs took as long" "and has no runs of about its size"
fi

run show 900
is "$(printf '%s\n' "$out" | grep -c '^900\.[a-z0-9]*  [A-Z]*$')" 3 "a job with all its steps"
has "  judged     not: it waits for the steps that it started, and they are" "the script is none of them"
is "$(printf '%s\n' "$out" | sed -n '/^STEP/,$p' | awk '{print $1, $2}' | tr '\n' ' ')" \
	"STEP STATE 900.batch FAILED |-900.0 COMPLETED \`-900.1 FAILED " "and their tree"
run show 900.0
is "$(printf '%s\n' "$out" | grep -c '900')" 1 "or one of them"
has "Not judged: its group has too few earlier steps" "and why it is not judged"
run show 901
has "Not judged: it declares no input size, and the earlier steps do" "whatever the reason is"
run show 950
is "$(printf '%s\n' "$out" | grep -c '^950.*  COMPLETED$')" 8 "of a large array some are told in full"
is "$(printf '%s\n' "$out" | sed -n '/^STEP/,$p' | wc -l)" 13 "and all in the tree"
# Recorded steps know where their time went: twenty that computed, and one that waited.
record() { # record JOB WALL_S CPU_S IO_S NODE
	mkdir -p "$dir/spool/$5/new"
	printf '{"v":1,"kind":"end","cluster":"c1","node":"%s","job_id":%d,"step_id":0,"step_kind":"srun","node_index":0,"node_count":1,"user":"zoe","partition":"main","class_name":"scan","cpu_count":2,"start_unix_us":%d000000,"wall_us":%d000000,"exit_status":0,"term_signal":0,"cpu_user_us":%d000000,"cpu_system_us":0,"psi_io_some_us":%d000000,"psi_memory_some_us":0}\n' \
		"$5" "$1" $((1772150400 + $1)) "$2" "$3" "$4" >"$dir/spool/$5/new/$1.0"
}
for job in $(seq 2000 2019); do record "$job" 100 $((160 + job % 3)) 5 n1; done
record 2020 1000 160 900 n2
run ingest
run check
run show 2020
has "  time went  CPU 8 % (its peers 80 %), stalled on I/O 90 % (its peers 5 %), stalled on memory 0 % (its peers 0 %), idle 2 % (its peers 14 %)" \
	"where the time went, beside its peers"
has "  differs    the time stalled on I/O was 90 %; in the 20 normal jobs it was 5 %" "what was recorded differs as well"
has "             the node was n2; in the 20 normal jobs it was n1" "all of it"

printf 'GnuplotPath=/nonexistent/gnuplot\n' >>"$dir/conf"
refuses 1 "/nonexistent/gnuplot: No such file or directory" show --plot 155
run show 155
is "$status" 0 "without gnuplot the story is told all the same"
plan
