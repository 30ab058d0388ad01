#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Classes that nobody declared: jobs of one kind have one, whatever numbers them; a script is in
# none with the steps that it started.
. "$(dirname "$0")/lib.sh"

# record JOB STEP KIND NAME PROGRAM START_S WALL_S [MORE]
record() {
	mkdir -p "$dir/spool/n1/new"
	printf '{"v":1,"kind":"end","cluster":"c1","node":"n1","job_id":%s,"step_id":%s,"step_kind":"%s","node_index":0,"node_count":1,"uid":0,"user":"root","partition":"main","job_name":"%s","class_name":"%s","class_is_declared":0,"program":"%s","cpu_count":2,"start_unix_us":%s000000,"wall_us":%s000000,"exit_status":0,"term_signal":0%s}\n' \
		"$1" "$2" "$3" "$4" "as-recorded" "$5" "$6" "$7" "${8-}" >"$dir/spool/n1/new/$1.$2"
}
batch=4294967291
uuid=3f2504e0-4f89-11d3-9a0c-0305e82c3301
classes() { # of all steps, by job
	"$sjob" -c "$dir/conf" list -a -S 2026-02-01 -P -n -o job,class "$@" | sort -n | tr '\n' ' '
}
groups() {
	sql "SELECT text || ':' || (SELECT count(*) FROM step WHERE group_id = g.id)
		FROM step_group AS g JOIN name AS n ON n.id = class_id
		WHERE EXISTS (SELECT 1 FROM step WHERE group_id = g.id) ORDER BY 1" | tr '\n' ' '
}
setting() { # setting KEY=VALUE: instead of what the key had
	sed -i "/^${1%%=*}=/d" "$dir/conf"
	printf '%s\n' "$1" >>"$dir/conf"
}

start=1772150400
record 1 $batch batch 'nf-NFCORE_X_(sample_12)' '' $start 100
record 2 $batch batch 'nf-NFCORE_X_(sample_13)' '' $start 100
record 3 $batch batch 'nf-NFCORE_X_(14)' '' $start 100
record 4 $batch batch "$uuid" '' $start 100 ',"comment":"rule_align_wildcards_A"'
record 5 0 srun nightly_2024-01-31 bwa-mem2 $start 100
run ingest
is "$status" 0 "records are taken"
is "$(classes)" "1.batch|nf-NFCORE_X 2.batch|nf-NFCORE_X 3.batch|nf-NFCORE_X 4.batch|rule_align 5.0|nightly/bwa-mem2 " \
	"what numbers a job is not in its class, whatever the record says"
run list -a -P -n -o job,job_name,attrs -j 1,3,4
is "$out" "1.batch|nf-NFCORE_X_(sample_12)|sample=sample_12
3.batch|nf-NFCORE_X_(14)|
4.batch|$uuid|sample=A" "the name stays, and what was taken off is told, but for a number"
run show 1
has "  class      nf-NFCORE_X, from job name nf-NFCORE_X_(sample_12)" "show has both"
run show 4
has "  class      rule_align, from job name $uuid, comment rule_align_wildcards_A" "and the comment"
run show 5
has "  class      nightly/bwa-mem2, from job name nightly_2024-01-31" "of a step, too"
is "$(groups)" "nf-NFCORE_X:3 nightly/bwa-mem2:1 rule_align:1 " "one kind is one group"

# ---- the other rule, and back
setting ClassNames=whole
run ingest
is "$(classes)" "1.batch|nf-NFCORE_X_(sample_12) 2.batch|nf-NFCORE_X_(sample_13) 3.batch|nf-NFCORE_X_(14) 4.batch|$uuid 5.0|nightly_2024-01-31/bwa-mem2 " \
	"names can be taken as they are"
run show 1
has "  class      nf-NFCORE_X_(sample_12)
" "then nothing is to be explained"
setting ClassNames=family
run ingest
is "$(groups)" "nf-NFCORE_X:3 nightly/bwa-mem2:1 rule_align:1 " "and back"
sql "UPDATE step SET class_is_declared = 1 WHERE job_id = 5; UPDATE setting SET value = 1 WHERE key = 'class_names'"
run ingest
is "$(classes -j 5)" "5.0|nightly/bwa-mem2 " "a declared class is left alone"
printf 'ClassNames=short\n' >"$dir/bad"
"$sjob" -c "$dir/bad" list >"$dir/out" 2>&1
is "$?:$(grep -c "ClassNames.*family.*whole" "$dir/out")" "2:1" "what there is not is refused, with what there is"

# ---- a script and its steps of one name, in whatever order they come
record 11 $batch batch bwa '' $start 100 ',"mem_peak_bytes":20000000'
record 11 0 srun bwa bwa $((start + 1)) 90 ',"mem_peak_bytes":1900000000'
run ingest
record 12 0 srun bwa bwa $((start + 1)) 90
run ingest
record 12 $batch batch bwa '' $start 100
run ingest
record 13 $batch batch bwa '' $start 100
run ingest
run check
is "$status" 0 "all are judged"
record 13 0 srun bwa bwa $((start + 1)) 90
run ingest
record 14 $batch batch bwa '' $start 100 # does its work itself
record 15 4294967290 interactive bwa '' $start 100
record 15 3 srun bwa bwa $((start + 1)) 90
# A number that came again: the step is of the second job, and the first did its work itself.
record 16 $batch batch bwa '' $((start - 900000)) 100
run ingest
record 16 0 srun bwa bwa $((start + 1)) 90
run ingest
is "$(sql "SELECT job_id FROM step WHERE is_script = 1 ORDER BY 1" | tr '\n' ' ')" \
	"11 12 13 15 " "scripts are known, whatever came first"
is "$(sql "SELECT count(DISTINCT group_id) FROM step WHERE is_script = 1")" 1 "and are in no group with others"
is "$(sql "SELECT count(*) FROM step WHERE class_is_declared = 0 AND is_script = 0
	AND job_id > 10 AND group_id = (SELECT group_id FROM step WHERE job_id = 14)")" 7 "the steps are with what did its work itself"
run check
is "$(sql "SELECT count(*) FROM verdict WHERE step IN (SELECT id FROM step WHERE is_script = 1)")" 0 "nobody judges a script"
run show 11
has "  judged     not: it waits for the steps that it started, and they are" "show says why"
has "its steps'" "in the tree, too"
run report -S 2026-02-28 --html "$dir/page.html"
is "$status" 0 "a page without findings pictures the other groups"
run list -a -P -n -o job,wall_verdict -j 12
is "$out" "12.0|unjudged
12.batch|" "it has no verdict"
run ingest
run check
has "check: 0 steps in 0 nights" "and none is waited for"
run doctor database
is "$(printf '%s\n' "$out" | grep -c 'not judged')" 0 "by doctor neither"

# ---- a database from before: scripts were in the class of their steps, and names were whole
if is_file; then
at_schema_12
sql "UPDATE step SET group_id = (SELECT group_id FROM step WHERE job_id = 14) WHERE is_script = 1;
	DELETE FROM step_group WHERE class_is_declared = 2; DELETE FROM setting WHERE key = 'class_names';
	ALTER TABLE step DROP COLUMN is_script; ALTER TABLE step DROP COLUMN comment; PRAGMA user_version = 11;"
run check
is "$status" 0 "an older database is brought over"
is "$(sql "SELECT job_id FROM step WHERE is_script = 1 ORDER BY 1" | tr '\n' ' ')" \
	"11 12 13 15 " "with its scripts told from steps"
is "$(groups)" "$uuid:1 bwa:7 nf-NFCORE_X:3 nightly/bwa-mem2:1 " "and its classes made anew, but where it has no comment"
fi
plan
