#!/bin/sh
# check --running: what runs too long is told before its time limit, and nothing else is.
. "$(dirname "$0")/lib.sh"
now=1772431200 # as lib.sh has it

# Sixty steps at 100 s a GiB, four times as long for 40 words as for 10, with a little noise.
awk 'BEGIN {
	print "job,step,start,wall_s,cluster,partition,user,class,input_bytes,attr.words"
	for (i = 0; i < 60; i++) {
		gib = 1 + i % 4
		words = i % 3 ? 10 : 40
		printf "%d,0,%d,%.3f,c1,main,ann,align,%.0f,%d\n", i + 1, 1771000000 + i * 3600,
			10 * gib * words * (1 + 0.01 * (i * 7 % 11 - 5)), gib * 2^30, words
	}
}' >"$dir/steps.csv"

record() { # record KIND JOB USER CLASS INPUT WORDS BEGIN_SECONDS_AGO [MORE]
	printf '{"v":1,"kind":"%s","cluster":"c1","node":"n1","job_id":%d,"step_id":0,"step_kind":"srun",' "$1" "$2"
	printf '"node_index":0,"node_count":1,"user":"%s","partition":"main","class_name":"%s","class_is_declared":1,' "$3" "$4"
	[ -z "$5" ] || printf '"input_source":"option","input_bytes":%d,' "$(($5 << 30))"
	printf '"start_unix_us":%d000000,%s"attr.words":"%s"}\n' $((now - $7)) "$8" "$6"
}
mkdir -p "$dir/spool/n1/new" "$dir/spool/n1/tmp"
start() {
	record start "$@" >"$dir/spool/n1/new/$1.0"
}

refuses 1 'no database yet' check --running
run import --csv "$dir/steps.csv"
is "$status" 0 "a history is imported"
run check --running -P
is "$status $out" '0 job|step|metric|verdict|reason|value|expected|low|high|ratio|score' \
	'when nothing runs there is nothing but the header'
refuses 2 'exclude each other' check --running --since 2026-01-01
refuses 2 'does not go with it' check --running -s RUNNING
refuses 2 'is not a verdict' check --running -v late

start 501 ann align 2 10 3600  # 18 times as long as expected
start 502 ann align 2 10 100   # has half of its time before it
start 503 ann align 2 40 900   # nearly through: forty words take 800 s
start 504 bob align 2 10 900   # the same for ten words
start 505 ann align "" 10 3600 # nobody knows
start 506 ann align 40 10 3600
start 507 ann other 2 10 360000
start 508 ann align 2 10 -60 # by a clock that is ahead
start 509 ann align 2 10 3600
record end 509 ann align 2 10 3600 '"wall_us":3590000000,"exit_status":0,"term_signal":0,' \
	>"$dir/spool/n1/new/509.1"
run ingest
is "$status" 0 "eight steps run, and one has ended"

run check --running -o job,step,metric,verdict
is "$(echo "$out" | awk 'NR > 1 { print $1, $2, $3, $4 }')" "501 0 wall high
504 0 wall high" 'people see what runs too long: not what is on its way, nor what its attributes explain'
run check --running -P -n -o job,metric,verdict,reason,value
is "$out" "501|wall|high||3600
504|wall|high||900
505|wall|unjudged|no-input-size|3600
506|wall|unjudged|outside-sizes|3600
507|wall|unjudged|too-few|360000
508|wall|unjudged|no-value|" 'programs see as well what cannot be judged, and why'
run check --running -P -n -v normal -o job,value
is "$out" "502|100
503|900" 'what is on its way is there for who asks'
run check --running -P -n -v high -o job,expected,high,ratio
echo "$out" | awk -F'|' '$2 < 180 || $2 > 220 || $3 > 600 || $4 < 4 { bad = 1 } END { exit bad || NR != 2 }'
ok $? "with what was expected"
run check --running -P -n -v high -u bob -o job
is "$out" 504 'steps can be selected'
run check --running --json -v high -j 501
has '"value": 3600' 'JSON has the time so far'
SJOBOUTLIERS_NOW=2026-03-02T06:04:00 run check --running -P -n -v high -o job
is "$out" "501
502
504" 'four minutes later another is too long'

! is_file || chmod a-w "$dir" "$dir"/db*
run check --running -P -n -v high -o job
is "$out" "501
504" 'a database that may only be read will do'
! is_file || chmod u+w "$dir" "$dir"/db*
if is_file; then
mkdir -m 755 "$dir/public"
echo "ReadersDatabase=$dir/public/readers.db" >>"$dir/conf"
run publish
cp "$dir/conf" "$dir/site.conf"
sed -i "s|^Database=.*|Database=$dir/elsewhere/db|" "$dir/conf"
run check --running -P -n -v high -o job,value
is "$out" "501|3600
504|900" 'so will its copy for readers'
mv "$dir/site.conf" "$dir/conf"
sql "UPDATE step SET start_unix_us = 1 - start_unix_us - 9223372036854775807 WHERE job_id = 501"
refuses 1 "column start_unix_us holds a value that it cannot have" check --running
sql "UPDATE step SET start_unix_us = 1 - start_unix_us - 9223372036854775807 WHERE job_id = 501"
fi
run check
is "$(echo "$out" | cut -d' ' -f1-3)" 'check: 61 steps' 'nothing of it is stored: what runs is judged when it has ended'
plan
