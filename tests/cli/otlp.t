#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Spans of programs: a run outside of Slurm is a step, and what is below a step's own span is its
# detail; nobody hangs one on another's step.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

# span TRACE ID PARENT NAME START-S SECONDS [ATTRIBUTES [MORE]]: one in JSON; ids are filled up
span() {
	printf '{"traceId":"%032x","spanId":"%016x",' "$1" "$2"
	[ "$3" = 0 ] || printf '"parentSpanId":"%016x",' "$3"
	printf '"name":"%s","startTimeUnixNano":"%d000000000","endTimeUnixNano":"%d000000000","attributes":[%s]%s}' \
		"$4" "$5" "$(($5 + $6))" "${7-}" "${8-}"
}
# line SERVICE SPAN...: a TracesData of them
line() {
	printf '{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"%s"}},{"key":"host.name","value":{"stringValue":"n7"}},{"key":"user.name","value":{"stringValue":"daemon"}}]},"scopeSpans":[{"spans":[' "$1"
	shift
	comma=
	for one in "$@"; do
		printf '%s%s' "$comma" "$one"
		comma=,
	done
	printf ']}]}]}\n'
}
text() { printf '{"key":"%s","value":{"stringValue":"%s"}}' "$1" "$2"; }
number() { printf '{"key":"%s","value":{"intValue":"%s"}}' "$1" "$2"; }
now=1772366400 # 2026-03-01T12:00

# ---- refusals
refuses 1 'No such file' import --otlp "$dir/none"
{
	echo nonsense
	echo '{"resourceSpans":{}}'
	line etl "$(span 0 1 0 main $now 5 "$(number input_size 5)")"
} >"$dir/bad.jsonl"
run import --otlp "$dir/bad.jsonl"
is "$status" 3 "lines that are no spans are bad input"
grep -q 'bad.jsonl:1: byte' "$dir/err" && grep -q 'bad.jsonl:2: expected an object' "$dir/err" &&
	grep -q "bad.jsonl: 1 of its spans: traceId" "$dir/err"
ok $? "each is told"
printf 'job,start,wall_s\n1,2026-03-01,5\n' >"$dir/jobs.csv"
line etl "$(span 1 1 0 main $now 5)" >"$dir/spans.jsonl"
refuses 1 'it looks like spans of OpenTelemetry, which --otlp reads' import --swf "$dir/spans.jsonl"

# ---- steps of their own
line etl \
	"$(span 16 2 1 load $now 2)" \
	"$(span 16 3 2 parse $now 1 '' ',"status":{"code":2,"message":"bad \"line\""}')" >"$dir/children.jsonl"
line etl \
	"$(span 16 1 0 main $now 5 "$(number input_size 1048576),$(number words 6),$(text db 'nr'),$(text both a,b),$(text '1x' no)")" \
	"$(span 17 1 0 main $now 3 "$(text input_size 2.5KiB)" ',"status":{"code":2}')" \
	"$(span 18 1 0 idle $now 3)" >"$dir/roots.jsonl"
run import --otlp "$dir/children.jsonl"
is "$status" 0 "spans may come before those above them"
is "$(sql 'SELECT count(*) FROM span WHERE step IS NULL')" 2 "and wait"
run import --otlp "$dir/roots.jsonl"
has '3 spans: 3 new, 0 changed, 0 known, 0 skipped, 0 bad' "roots come later"
run list -a -P -n --sort input_bytes -o cluster,partition,user,class,node,state,start,wall_s,input_bytes,attrs,source
is "$out" "otlp|etl||etl/main|n7|FAILED|2026-03-01T12:00:00|3|2560||otlp
otlp|etl||etl/main|n7|COMPLETED|2026-03-01T12:00:00|5|1048576|db=nr,words=6|otlp" \
	"a root with a size is a step, of nobody where no rule says whose"
is "$(sql 'SELECT name, status_text, CASE WHEN step IS NULL THEN 0 ELSE 1 END FROM span ORDER BY name')" "idle||0
load||1
parse|bad \"line\"|1" "what is below it is its detail; a root without a size is none"
run import --otlp "$dir/roots.jsonl" "$dir/children.jsonl"
has '5 spans: 0 new, 0 changed, 5 known' "each is taken once"
gzip "$dir/roots.jsonl"
run import --otlp "$dir/roots.jsonl.gz"
has '3 known' "a file may be packed"

# Whose they are.
owner() { # owner CONFIGURATION...: the user of the step that is imported then
	cp "$dir/conf" "$dir/conf.kept"
	printf '%s\n' "$@" >>"$dir/conf"
	drop_db db
	run import --otlp "$dir/roots.jsonl.gz"
	run list -a -P -n -o user
	printf '%s\n' "$out" | sort -u
	mv "$dir/conf.kept" "$dir/conf"
}
is "$(owner OtlpOwner=user.name)" daemon "an attribute names the owner, where it is believed"
is "$(owner OtlpOwner=enduser.id)" '' "another does not"
is "$(owner OtlpOwner=user.name OtlpServices=web=bin,etl=team)" team "a rule for the service goes before it"
is "$(owner OtlpServices=et=bin,etlx=bin)" '' "of that service alone"
is "$(owner OtlpSize=words,input_size >/dev/null; sql 'SELECT input_bytes, attrs FROM step ORDER BY 1')" "6|db=nr
2560|" "other attributes can be the size, the first that there is" 

# ---- details of Slurm's steps
# step JOB STEP SPAN UID [MORE]: the plugin's record of one of a job whose trace is 256
step() {
	mkdir -p "$dir/spool/n1/new" "$dir/spool/n1/tmp"
	printf '{"v":1,"kind":"end","cluster":"c1","node":"n1","job_id":%d,"step_id":%d,"step_kind":"srun","node_index":0,"node_count":1,"uid":%d,"partition":"main","job_name":"align","trace_id":"%032x","span_id":"%016x","start_unix_us":%d000000,"wall_us":10000000,"exit_status":0,"term_signal":0%s}\n' \
		"$1" "$2" "$4" 256 "$3" $now "${5-}" >"$dir/spool/n1/new/$1.$2"
}
of() { # of JOB.STEP: the names of the spans that the step has
	sql "SELECT name FROM span WHERE step IN
		(SELECT id FROM step WHERE job_id || '.' || step_id = '$1') ORDER BY name" | tr '\n' ' ' | sed 's/ $//'
}
declared() { sql "SELECT input_bytes, input_source, attrs FROM step WHERE job_id || '.' || step_id = '$1'"; }
drop_db db
step 500 0 160 1
step 500 1 161 1 ',"input_bytes":77,"input_source":"option","attr.words":"9"'
run ingest
line app \
	"$(span 256 1 160 main $now 9 "$(number input_size 4096),$(number words 174)")" \
	"$(span 256 2 1 remove $now 8 "$(number input_size 5),$(number inner 1)")" \
	"$(span 256 3 161 main $now 9 "$(number input_size 4096),$(number words 174),$(text db nr)")" \
	"$(span 256 4 999 stray $now 9)" \
	"$(span 256 5 160 early $((now - 3600)) 9)" \
	"$(span 256 6 160 late $((now + 60)) 60)" \
	"$(span 256 7 8 circle $now 1)" "$(span 256 8 7 circle $now 1)" >"$dir/own.jsonl"
run import --otlp "$dir/own.jsonl"
is "$status" 0 "spans of a job's steps"
grep -q '2 spans of another time than the step above' "$dir/err"
ok $? "what did not run in the step's time is refused"
is "$(of 500.0)" 'main remove' "a chain of parents leads to the step"
is "$(of 500.1)" 'main' "steps of one trace are told apart"
is "$(declared 500.0)" '4096|4|words=174' "what is right below declares what was not declared"
is "$(declared 500.1)" '4096|4|db=nr,words=9' "a program knows its input best, and attributes as they were given stay"
is "$(sql "SELECT count(*) FROM span WHERE step IS NULL")" 3 "others wait for what may come"

# ---- the attacks: of a step of another user nothing is known but what anybody sees
step 501 0 170 2
sed -i 's/"trace_id":"[0-9a-f]*"/"trace_id":"deadbeef0000000000000000000000aa"/' "$dir/spool/n1/new/501.0"
run ingest
{
	line app "$(span 256 30 170 'the step alone' $now 9 "$(number input_size 1)")"
	line app "$(span 1 31 170 'a guessed trace' $now 9 "$(number input_size 1)")"
	line app "$(span 501 32 0 'a claimed job' $now 9 "$(text slurm.job.id 501),$(text slurm.step.id 0),$(text user.name bin)")"
	line app "$(span 3 33 0 'a claimed span' $now 9 "$(text joboutliers.span_id "$(printf %016x 170)")")"
} >"$dir/attack.jsonl"
run import --otlp "$dir/attack.jsonl"
is "$(of 501.0)" '' "neither a span, nor a guessed trace, nor a claimed job number hangs anything on a step"
is "$(declared 501.0)" '|0|' "or declares anything of it"
# An own step with the ids of Slurm's takes nothing from it.
line app "$(span 256 160 0 root $now 9 "$(number input_size 1)")" "$(span 256 40 160 more $now 9)" >"$dir/twin.jsonl"
run import --otlp "$dir/twin.jsonl"
is "$(of 500.0)" 'main more remove' "a step that claims the same span takes none"
is "$(declared 500.0)" '4096|4|words=174' "and declares nothing"

# What the receiver had, and when: later than an hour after the end others may know the ids.
spool=$dir/otlp
mkdir -m 750 "$spool"
mkdir -p "$spool/host/new" "$spool/host/tmp"
echo "OtlpSpool=$spool" >>"$dir/conf"
line app "$(span 256 50 160 in-time $now 1)" >"$spool/host/new/$((now + 10 + 3599))000000.0-1.jsonl"
line app "$(span 256 51 160 too-late $now 1)" >"$spool/host/new/$((now + 10 + 3601))000000.0-1.jsonl"
run ingest
has '2 spans: 2 new' "ingest takes what was received"
is "$(of 500.0)" 'in-time main more remove' "what came an hour after the end is refused"
is "$(ls "$spool/host/new")" '' "files go when they are taken"

# One that cannot be opened now stays.
if command -v strace >/dev/null; then
	line app "$(span 256 55 160 unopened $now 1)" >"$spool/host/new/$((now + 10))000000.0-2.jsonl"
	traced -f -o /dev/null -P "$((now + 10))000000.0-2.jsonl" -e inject=openat:error=EMFILE \
		"$sjob" -c "$dir/conf" ingest >/dev/null 2>"$dir/err"
	is "$?" 1 "a file that cannot be opened is a failure"
	grep -q "open $spool/host/new/.*Too many open files" "$dir/err"
	ok $? "which is told"
	is "$(ls "$spool/host/new")" "$((now + 10))000000.0-2.jsonl" "and it stays for the next run"
	rm "$spool/host/new"/*
fi

# A step that has not ended when it was received would be the newest for years.
line app "$(span 700 1 0 future $((now + 71)) 1 "$(number input_size 1)")" \
	"$(span 701 1 0 skewed $((now + 69)) 1 "$(number input_size 1)")" >"$spool/host/new/$((now + 10))000000.0-1.jsonl"
run ingest
is "$status" 3 "a step of times to come is bad input"
grep -q 'span 000000000000000000000000000002bc-0000000000000001 ends after it was received' "$dir/err"
ok $? "which is told"
is "$(sql "SELECT count(*) FROM step WHERE cluster_id = (SELECT id FROM name WHERE text = 'otlp') AND start_unix_us > ${now}000000")" 1 \
	"but one whose clock is a minute ahead is taken"

# Links and nonsense in the receiver's folder, which is no root's.
line app "$(span 256 60 160 linked $now 1)" >"$dir/elsewhere.jsonl"
ln -s "$dir/elsewhere.jsonl" "$spool/host/new/5.0-1.jsonl"
mkfifo "$spool/host/new/6.0-1.jsonl"
echo nonsense >"$spool/host/new/7.0-1.jsonl"
line app "$(span 256 61 160 unnamed $now 1)" >"$spool/host/new/unnamed"
run ingest
is "$status" 3 "what is no file of spans is bad input"
is "$(of 500.0)" 'in-time main more remove' "and nothing of it is read"
is "$(ls "$spool/host/new")" '' "nothing is left"
is "$(find "$spool/bad" -name '*.reason' | wc -l)" 4 "each is set aside with its reason"
[ -h "$spool/bad/host.5.0-1.jsonl" ]
ok $? "a link as a link"

# ---- what show tells of them
drop_db db
i=0
while [ $((i += 1)) -le 30 ]; do
	long=$((i == 30 ? 11 : 3))
	line app "$(span $((1000 + i)) 1 0 main $((now + 60 * i)) $((3 + long)) "$(number input_size $((1000 + i % 3)))")" \
		"$(span $((1000 + i)) 2 1 load $((now + 60 * i)) 1)" \
		"$(span $((1000 + i)) 3 1 work $((now + 60 * i + 1)) $((long + 1)))" \
		"$(span $((1000 + i)) 4 3 remove $((now + 60 * i + 1)) $((long - 1)))" \
		"$(span $((1000 + i)) 5 3 remove $((now + 60 * i + long)) 1 '' "$([ $i != 30 ] || echo ',"status":{"code":2,"message":"no room"}')")"
done >"$dir/runs.jsonl"
run import --otlp "$dir/runs.jsonl"
run check --since 2026-03-01
run list -a -P -n --sort start -o job
job=$(printf '%s\n' "$out" | tail -n 1)
run show "$job"
is "$(printf '%s\n' "$out" | grep -A 3 '^  span ')" "  span       remove took 11.0 s of its 14.0 s; in normal jobs 3.0 s of 6.0 s
  spans      load                                 1.0 s (its peers 1.0 s)
             work                                12.0 s (its peers 4.0 s)
               remove                            11.0 s (its peers 3.0 s), 2 of them, error: no room" \
	"the span that took the time is named, and all are beside their peers"
run show "$(sed -n 1p <<-END
	$("$sjob" -c "$dir/conf" list -a -P -n --sort start -o job)
	END
)"
is "$(printf '%s\n' "$out" | grep -c '^  span ')" 0 "of a run without peers none is named"
has 'load                                 1.0 s' "but its tree is shown"
if is_file; then
# Readers see where the time went, and neither ids that could be taken up nor what was said besides.
echo "ReadersDatabase=$dir/readers/db" >>"$dir/conf"
mkdir -m 755 "$dir/readers"
run publish
is "$(sqlite3 "$dir/readers/db" "SELECT count(*), count(attrs), count(status_text), sum(length(trace_id) > 9) FROM span")" \
	'120|0|0|0' "the copy for readers has names and times"
is "$(sqlite3 "$dir/readers/db" "SELECT count(*) FROM step WHERE trace_id IS NOT NULL OR span_id IS NOT NULL")" 0 "and no traces"
sed -i '/ReadersDatabase/d' "$dir/conf"
fi

# ---- bounds: the longest of a step, those with an error, and what is above them
drop_db db
step 600 0 160 1
run ingest
awk -v now=$now 'BEGIN {
	printf "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":["
	for (i = 1; i <= 1000; i++)
		printf "%s{\"traceId\":\"%032x\",\"spanId\":\"%016x\",\"parentSpanId\":\"%016x\",\"name\":\"s%d\",\"startTimeUnixNano\":\"%d000000000\",\"endTimeUnixNano\":\"%d%09d\"%s}",
			(i > 1 ? "," : ""), 256, i, (i == 1 ? 160 : i == 999 ? 998 : 1), i, now, now,
			(i == 1 ? 999999999 : i < 997 ? i * 1000 : i == 999 ? 2 : 1),
			(i == 999 ? ",\"status\":{\"code\":2}" : "")
	print "]}]}]}"
}' >"$dir/many.jsonl"
run import --otlp "$dir/many.jsonl"
is "$(sql "SELECT count(*), min(wall_us), count(CASE name WHEN 's999' THEN 1 END), count(CASE name WHEN 's998' THEN 1 END), count(CASE name WHEN 's1' THEN 1 END)
	FROM span WHERE step IS NOT NULL")" \
	'200|0|1|1|1' "200 are kept: one with an error and what is above it first"
is "$(sql "SELECT count(*) FROM span WHERE name IN ('s996', 's800')")" 2 "then the longest"
is "$(sql 'SELECT count(*) FROM span')" 200 "and no more"

if is_file; then # whose SQL makes the crowds
# ---- one who sends without end crowds nobody else out
# crowd SENDER TRACE NAME COUNT: so many spans that wait, all newer than those before
crowd() {
	sql "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $4)
	INSERT INTO span (trace_id, span_id, name, start_unix_us, wall_us, is_error, received_unix_us, added_unix_us, sender)
	SELECT printf('%032x', $2), printf('%016x', i), '$3', 1, 1, 0, 1, (SELECT coalesce(max(added_unix_us), 1772431000000000) + 1 FROM span), '$1' FROM n"
}
waiting() { sql "SELECT group_concat(name || ' ' || c, ', ') FROM (SELECT name, count(*) AS c FROM span WHERE step IS NULL GROUP BY name ORDER BY name)"; }
drop_db db
step 650 0 160 1
sed -i 's/"kind":"end"/"kind":"start"/; s/"wall_us":[0-9]*,"exit_status":0,"term_signal":0//; s/,}/}/' "$dir/spool/n1/new/650.0"
run ingest
is "$(sql "SELECT count(*) FROM step WHERE trace_id IS NOT NULL AND end_unix_us IS NULL")" 1 "a step that runs"
crowd uid:1000 256 step 100
crowd uid:1000 700 honest 100
crowd uid:1001 701 hostile 500000
run ingest
is "$(waiting)" 'honest 100, hostile 499900, step 100' "who has sent most makes room"
grep -q '100 spans without a step were dropped, most of uid:1001' "$dir/err"
ok $? "and is named"
crowd 10.0.0.1 702 third 500000
run ingest
is "$(waiting)" 'honest 100, hostile 249950, step 100, third 249950' "two of them share what others leave"
sql "UPDATE span SET sender = 'uid:1000' WHERE name IN ('hostile', 'third')"
crowd uid:1000 703 more 100
run ingest
is "$(sql "SELECT count(*) FROM span WHERE name = 'step'")" 100 "what is of a step's trace stays, whoever has sent what"
step 650 0 160 1
sql "UPDATE span SET parent_id = printf('%016x', 160), start_unix_us = ${now}000000 WHERE name = 'step'"
run ingest
is "$(of 650.0 | wc -w)" 100 "and joins it when it ends"
fi

# ---- forgotten
drop_db db
SJOBOUTLIERS_NOW=2026-03-10T06:00:00 run import --otlp "$dir/attack.jsonl"
SJOBOUTLIERS_NOW=2026-03-16T06:00:00 run ingest
is "$(sql 'SELECT count(*) FROM span WHERE step IS NULL')" 4 "a span waits for a week"
SJOBOUTLIERS_NOW=2026-03-18T06:00:00 run ingest
is "$(sql 'SELECT count(*) FROM span WHERE step IS NULL')" 0 "and no longer"
run prune --before 2026-03-02
is "$(sql 'SELECT count(*) FROM span')" 0 "a step's spans go with it"
plan
