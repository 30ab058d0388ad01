#!/bin/sh
# export: what other programs get is what was there, and reads back as such.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

refuses 2 'expected one of' export
refuses 2 'expected one of' export --csv --json
refuses 2 'takes --starttime and --endtime' export --openmetrics "$dir/m" -u ann
refuses 1 'no database yet' export --csv

# ---- steps of every kind
cat >"$dir/odd.csv" <<'END'
job,step,cluster,partition,user,class,program,node,start,wall_s,input_bytes,mem_peak_bytes,max_rss_bytes,mem_limit_bytes,cpu_s,ncpus,state,exit_code,attr.filter_words,attr.note
1,batch,hpc,bio,ann,align,bwa,n1,2026-03-01T10:00:00.123456Z,0.000001,9007199254740993,4096,2048,8192,0.25,4,COMPLETED,0:0,30,plain
2_7,0,hpc,bio,ann,"a, ""b"" c",,n2,1772360000.5,17.25,0,,,,0,,TIMEOUT,,,"a ""quoted"" one; two"
3+1,interactive,hpc,,bob,größe,,,2026-03-01T12:00:00Z,3,,,,,,1,FAILED,1:0,,
4,1,,gpu,<b>eve</b>,=1+1,,n3,2026-03-01T12:00:00Z,5,1,,,,,2,OUT_OF_MEMORY,0:9,=cmd|x,
5,,,gpu,eve,"x, y",,n3,2026-03-01T13:00:00Z,6,1,,,,,2,UNKNOWN,,,
6,,,gpu,eve,x,,n3,2026-03-01T13:00:00Z,0,1,,,,,2,RUNNING,,,
END
run import --csv "$dir/odd.csv"
is "$status" 0 "odd steps are imported"
run export --csv
is "$status" 0 "and exported"
is "$(printf '%s\n' "$out" | wc -l)" 6 "those that have ended"
printf '%s\n' "$out" >"$dir/out.csv"
has 'hpc,bio,ann,,,,,"a, ""b"" c",,n2,2026-03-01T10:13:20.500000Z,17.250000,,0,,,,,0.000000,,,TIMEOUT,,,"a ""quoted"" one; two",,' \
	"quoted where it must be, empty where it is not known"
has ',eve,,,,,"x, y",,n3,' "also for a comma alone"
has '1,batch,hpc,bio,ann,,,,,align,bwa,n1,2026-03-01T10:00:00.123456Z,0.000001,,9007199254740993,' \
	"numbers to the last digit"

again() { # again FILE: import it elsewhere, and export that
	printf 'Database=%s\nSpool=%s/spool\n' "$(db_at again.db)" "$dir" >"$dir/again"
	rm -f "$dir"/again.db*
	"$sjob" -c "$dir/again" import --csv "$1" >/dev/null && "$sjob" -c "$dir/again" export --csv
}
is "$(again "$dir/out.csv")" "$out" "imported again they are the same"

# ---- with verdicts
awk 'BEGIN {
	print "job,cluster,partition,user,class,node,start,wall_s,input_bytes,ncpus"
	for (i = 0; i < 60; i++) {
		gib = 10 * (1 + i % 4)
		printf "%d,hpc,q\"1\\,ann,align,n1,2026-02-%02dT%02d:00:00Z,%.1f,%.0f,8\n", 100 + i, 25 + i / 20, i % 20,
			gib * 120 * (1 + 0.01 * (i * 7 % 11 - 5)), gib * 2 ^ 30
	}
	printf "200,hpc,q\"1\\,ann,align,n1,2026-03-01T10:00:00Z,13100,%.0f,8\n", 40 * 2 ^ 30
}' | sed 's/q"1\\/"q""1\\"/' >"$dir/jobs.csv"
run import --csv "$dir/jobs.csv"
is "$status" 0 "more are imported"
run check
run export --csv -j 200
is "$(printf '%s\n' "$out" | awk -F, 'NR == 2 { printf "%s,%s,%.0f,%d,%.1f,%s", $26, $27, $28, $29 < $28 && $28 < $30, $31, $37 }')" \
	"high,,4800,1,2.7,unjudged" "a verdict stands behind its step"
is "$(printf '%s\n' "$out" | head -n 1)" \
	"job,step,cluster,partition,user,account,qos,job_name,comment,class,program,node,start,wall_s,time_limit_s,input_bytes,mem_peak_bytes,max_rss_bytes,mem_allocated_bytes,mem_limit_bytes,cpu_s,tasks,ncpus,state,exit_code,verdict.wall,verdict.wall_reason,verdict.wall_expected_s,verdict.wall_low_s,verdict.wall_high_s,verdict.wall_ratio,verdict.wall_score,verdict.wall_p,verdict.wall_level,verdict.wall_near_count,verdict.wall_like_count,verdict.memory,verdict.memory_reason,verdict.memory_expected_bytes,verdict.memory_low_bytes,verdict.memory_high_bytes,verdict.memory_ratio,verdict.memory_score,verdict.memory_p,verdict.memory_level,verdict.memory_near_count,verdict.memory_like_count,verdict.memory_measure,verdict.cpu,verdict.cpu_reason,verdict.cpu_expected_s,verdict.cpu_low_s,verdict.cpu_high_s,verdict.cpu_ratio,verdict.cpu_score,verdict.cpu_p,verdict.cpu_level,verdict.cpu_near_count,verdict.cpu_like_count" \
	"under the columns that the manual names"
is "$(printf '%s\n' "$out" | awk -F, 'NR == 2 { print ($33 > 0 && $33 <= 0.00015) "," $34 "," ($35 >= 10) "," $36 "," $38 $39 $40 $41 $42 $43 $44 $45 $46 $47 }')" \
	"1,certain,1,0,no-value01" "with how sure it is and how many likes there were; of what is unjudged there is none"
run export --csv
printf '%s\n' "$out" >"$dir/out.csv"
is "$(again "$dir/out.csv" | cut -d, -f1-27)" "$(printf '%s\n' "$out" | cut -d, -f1-27)" "with verdicts too it imports as the same"
run predict --csv "$dir/out.csv" -P
is "$status" 0 "and predict reads it"


# ---- a key for every job is no column
awk 'BEGIN {
	printf "job,start,wall_s,class"
	for (k = 0; k < 510; k++) printf ",attr.k%d", k
	for (i = 0; i < 34; i++) {
		printf "\n%d,2026-02-01,5,many", 1000 + i
		for (k = 0; k < 510; k++) printf ",%s", int(k / 15) == i ? "x" : ""
	}
	print ""
}' >"$dir/many.csv"
run import --csv "$dir/many.csv"
refuses 1 'more than 500 different attributes' export --csv
is "$out" "" "nothing is printed then"
run export --csv -C align
is "$status" 0 "some can be chosen"
run export --json -C many
is "$(printf '%s\n' "$out" | wc -l)" 34 "and JSON has them all"

# ---- JSON
run export --json -j 1,6,200
is "$(printf '%s\n' "$out" | python3 -c '
import json, sys
for line in sys.stdin:
	step = json.loads(line)
	print(step["job"], step["state"], step.get("input_bytes"), step.get("end_unix_us") is None,
		step.get("attrs"), step.get("wall", {}).get("verdict"), "mem_peak_bytes" in step)
')" "1.batch COMPLETED 9007199254740993 False {'filter_words': '30', 'note': 'plain'} unjudged True
200.batch COMPLETED 42949672960 False None high False
6.batch RUNNING 1 True None None False" "JSON has what is known, and what runs"

"$sjob" -c "$dir/conf" export --csv -C align >/dev/full 2>"$dir/err"
is "$?" 1 "a full disk is a failure"
grep -q 'standard output could not be written' "$dir/err"
ok $? "and says so"

# ---- numbers for Prometheus
echo old >"$dir/m.prom"
mkdir -p "$dir/spool/n1/new" && touch "$dir/spool/n1/new/1" "$dir/spool/n1/new/2+9"
run export --openmetrics "$dir/m.prom" -S 2026-03-01 -E 2026-03-02
(cd "$dir" && "$sjob" -c "$dir/conf" export --openmetrics=- -S 2026-03-01 -E 2026-03-02 >"$dir/m.printed" && [ ! -e ./- ])
is "$(tail -1 "$dir/m.printed")" '# EOF' '- is standard output'
is "$status" 0 "numbers are written"
is "$(stat -c %a "$dir/m.prom")" 644 "for another user to read"
grep -qwE 'ann|bob|eve' "$dir/m.prom"
is $? 1 "nobody is named"
cp "$dir/conf" "$dir/keep"
for max in 0 1; do
	sed "\$a MetricsClasses=$max" "$dir/keep" >"$dir/conf"
	run export --openmetrics "$dir/few.prom" -S 2026-03-01 -E 2026-03-02
	{
		[ $max = 0 ] || printf '%s\n' '{partition="q\"1\\",class="align"} 1'
		echo '{partition="",class=""} '$((6 - max))
	} >"$dir/want"
	is "$(sed -n 's/^joboutliers_class_steps//p' "$dir/few.prom")" "$(cat "$dir/want")" \
		"$max classes are named, of those that cost most, and the others are one"
done
cp "$dir/keep" "$dir/conf"
if /usr/bin/python3 -c 'import prometheus_client' 2>/dev/null; then
	is "$(/usr/bin/python3 - "$dir/m.prom" <<'END'
import sys
from prometheus_client.parser import text_string_to_metric_families as prometheus
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
text = open(sys.argv[1], newline="").read()
def values(parse):
    families = list(parse(text))
    assert len({f.name for f in families}) == len(families)
    assert all(f.type == "gauge" and f.documentation for f in families)
    return {(s.name, tuple(sorted(s.labels.items()))): s.value for f in families for s in f.samples}
read = values(openmetrics)
assert read == values(prometheus)
def show(name, **labels):
    value = read.get(("joboutliers_" + name, tuple(sorted(labels.items()))))
    print(name, value if value is None else "%.10g" % value)
q = 'q"1\\'
show("steps", partition=q)
show("sized_steps", partition=q)
show("judged_steps", partition=q)
show("findings", partition=q, metric="wall")
show("findings", partition=q, metric="memory")
show("findings", partition=q, metric="cpu")
show("excess_core_hours", partition=q)
show("unjudged_steps", partition="bio", reason="too-few")
show("slow_nodes")
named = [(dict(k[1])["partition"], dict(k[1])["class"]) for k in read if k[0] == "joboutliers_class_steps"]
print(len(named), [c for p, c in named if p == "gpu"])
show("class_findings", partition=q, metric="wall", **{"class": "align"})
show("class_excess_core_hours", partition=q, **{"class": "align"})
show("running_steps")
show("pending_mails")
show("sent_mails")
show("silent_nodes")
show("sized_share", weeks="last")
print(sorted(int(v) for k, v in read.items() if k[0] == "joboutliers_spool_records"))
show("window_end_timestamp_seconds")
show("night_status")
END
	)" "steps 1
sized_steps 1
judged_steps 1
findings 1
findings 0
findings 0
excess_core_hours 18.44444444
unjudged_steps 2
slow_nodes 0
6 ['=1+1', 'x, y']
class_findings 1
class_excess_core_hours 18.44444444
running_steps 1
pending_mails 0
sent_mails 0
silent_nodes 0
sized_share 0.9848484848
[10]
window_end_timestamp_seconds 1772409600
night_status None" "both parsers read the same numbers"
else
	n=$((n + 1))
	echo "ok $n - both parsers read the same numbers # SKIP python3-prometheus-client is missing"
fi
refuses 1 'no/such' export --openmetrics "$dir/no/such"
mv "$dir/spool" "$dir/away"
refuses 0 'what waits there is not known: No such file' export --openmetrics "$dir/m.prom"
grep -q '^joboutliers_spool_records' "$dir/m.prom"
is $? 1 "of a spool that cannot be read there is no number"
mv "$dir/away" "$dir/spool"
cp "$dir/m.prom" "$dir/before"
(ulimit -f 0; trap '' XFSZ; "$sjob" -c "$dir/conf" export --openmetrics "$dir/m.prom" 2>/dev/null)
cmp -s "$dir/before" "$dir/m.prom"
ok $? "when it cannot be written the old one stays"

# ---- a step of two nodes, of which one has not told its end
for node in 0 1; do
	mkdir -p "$dir/spool/m$node/new"
	printf '{"v":1,"kind":"%s","cluster":"hpc","node":"m%d","job_id":900,"step_id":0,"step_kind":"srun","restart_count":0,"node_index":%d,"node_count":2,"uid":4000001,"user":"zoe","partition":"wide","class_name":"solve","class_is_declared":1,"task_count":%d,"start_unix_us":1772355600000000%s}\n' \
		"$([ $node = 0 ] && echo end || echo start)" $node $node $((3 - node)) \
		"$([ $node = 0 ] && echo ',"wall_us":5000000,"exit_status":0,"term_signal":0,"mem_peak_bytes":4096,"mem_source":"cgroup_v2"')" \
		>"$dir/spool/m$node/new/1"
done
rm "$dir"/spool/n1/new/*
run ingest
is "$status" 0 "records of two nodes come in"
run export --json -j 900
/usr/bin/python3 -c 'import json, sys
step = json.loads(sys.argv[1])
assert step["task_count"] == 5 and step["node_count"] == 2, step
first, second = step["nodes"]
assert first["node"] == "m0" and first["wall_us"] == 5000000 and first["mem_peak_bytes"] == 4096, first
assert second["node"] == "m1" and second["state"] == "RUNNING" and second["task_count"] == 2, second
assert "wall_us" not in second and "user" not in second, second' "$out"
ok $? "JSON has each of them"
run export --json -j 1
is "$(printf '%s\n' "$out" | grep -c '"nodes"')" 0 "of one node there is nothing to add"
plan
