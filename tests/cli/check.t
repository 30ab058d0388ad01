#!/bin/sh
# check: what it prints, what it refuses, what it stores.
. "$(dirname "$0")/lib.sh"

refuses 1 'no database yet' check --since 2026-01-01 -P
refuses 2 'is not a time' check --since yesterdayish
refuses 2 'is not a verdict' check --since 2026-01-01 -v bad

# Forty steps of 1 to 4 GiB at 100 s and 1 GiB a GiB, one an hour, with a little noise; then a night.
awk 'BEGIN {
	print "job,start,wall_s,partition,user,class,input_bytes,mem_peak_bytes,state"
	for (i = 0; i < 40; i++) {
		gib = 1 + i % 4
		noise = 1 + 0.01 * (i * 7 % 11 - 5)
		printf "%d,%d,%.3f,main,ann,align,%.0f,%.0f,\n", i + 1, 1767225600 + i * 3600,
			100 * gib * noise, gib * 2^30, gib * 2^30 * noise
	}
	start = 1767225600 + 48 * 3600
	printf "101,%d,200.5,main,ann,align,%.0f,%.0f,COMPLETED\n", start, 2 * 2^30, 2 * 2^30
	printf "102,%d,900,main,ann,align,%.0f,%.0f,COMPLETED\n", start, 2 * 2^30, 7 * 2^30
	printf "103,%d,150,main,ann,align,%.0f,,TIMEOUT\n", start + 1000, 2 * 2^30
	printf "104,%d,200,main,ann,align,%.0f,,COMPLETED\n", start + 1000, 200 * 2^30
	printf "105,%d,200,main,bob,other,,,COMPLETED\n", start + 1000
}' >"$dir/steps.csv"
run import --csv "$dir/steps.csv"
ok "$status" "a history is imported"

run check --since 2026-01-03 -P
ok "$status" "check --since runs"
is "$(echo "$out" | head -1)" \
	'job|step|metric|verdict|reason|value|expected|low|high|ratio|score' 'the header is as agreed'
is "$(echo "$out" | sed 1d | cut -d'|' -f1-6)" "101|batch|wall|normal||200.5
101|batch|memory|normal||2147483648
102|batch|wall|high||900
102|batch|memory|high||7516192768
103|batch|wall|unjudged|cut-short|150
103|batch|memory|unjudged|no-value|
104|batch|wall|unjudged|outside-sizes|200
104|batch|memory|unjudged|no-value|
105|batch|wall|unjudged|too-few|200
105|batch|memory|unjudged|no-value|" 'each step and metric has a line, in the order in which they ended'
echo "$out" | awk -F'|' 'NR > 1 && $4 != "unjudged" {
	if (!($8 < $7 && $7 < $9 && $10 > 0 && ($10 - $6 / $7) ^ 2 < 1e-6)) bad = 1
	if ($4 == "high" ? $11 <= 1 : $11 * $11 > 1) bad = 1
	n++ } END { exit bad || n != 4 }'
ok $? 'what is judged has an expectation within its band, the ratio and a score'
first=$out
run check --since 2026-01-03 -P
is "$out" "$first" 'the same question has the same answer'
! is_file || chmod a-w "$dir" "$dir"/db*
run check --since 2026-01-03 -P
is "$out" "$first" 'also from a database that may only be read'
! is_file || chmod u+w "$dir" "$dir"/db*

run check --since 2026-01-03T00:03:20 -P -j 101
is "$(echo "$out" | wc -l)" 3 'a step that ended at TIME, with a fraction of a second, is judged'
run check --since 2026-01-03T00:03:21 -P -j 101
is "$(echo "$out" | wc -l)" 1 'one that ended before it is not'
run check --since 2035-01-01 -P
is "$out" "$(echo "$first" | head -1)" 'in the future there is nothing but the header'
run check --since 2026-01-03 -P -n -u bob
is "$(echo "$out" | cut -d'|' -f1 | sort -u)" 105 'steps can be selected'
run check --since 2026-01-03 -P -n -v high -o job,metric
is "$out" "102|wall
102|memory" 'and verdicts'
run check --since 2026-01-03
is "$(echo "$out" | awk 'NR > 1 { print $1, $3, $4, $5, $6, $7, $8 }')" "102 ann main align 2.00 GiB wall
102 ann main align 2.00 GiB memory" 'people see the outliers alone, and whose they are'
run check --since 2026-01-03 -P -n -o job,metric,class,input --sort -value -v high
is "$out" "102|memory|align|2147483648
102|wall|align|2147483648" 'in the order that was asked for'
run check --since 2026-01-03 --json
is "$(echo "$out" | grep -c '"verdict"')" 10 'JSON has every verdict'

refuses 2 'needs --since' check -u ann
run check
is "$out" 'check: 45 steps in 3 nights; wall time: 1 high, 0 low, 3 unjudged; memory: 1 high, 0 low, 3 unjudged' \
	'check judges what waits and says what it found'
run check
is "$out" 'check: 0 steps in 0 nights; wall time: 0 high, 0 low, 0 unjudged; memory: 0 high, 0 low, 0 unjudged' \
	'once'
run check --since 2026-01-03 -P
is "$out" "$first" 'and the question has the same answer after that'

# The first night of all: so many steps that they tell what is normal among themselves, or too few.
first_night() { # first_night COUNT: steps of a new class, the last of them five times too slow
	awk -v count="$1" 'BEGIN {
		print "job,start,wall_s,partition,user,class,input_bytes"
		for (i = 0; i < count; i++)
			printf "%d,%d,%.2f,main,ann,new%d,%.0f\n", 9000 + 100 * count + i, 1771000000 + i * 10,
				(60 + 10 * (i % 5)) * (1 + 0.02 * (i % 3)) * (i == count - 1 ? 5 : 1), count, (6 + i % 5) * 1e9
	}' >"$dir/first.csv"
	run import --csv "$dir/first.csv"
	run check --since 2026-02-01 -P -n -C "new$1" -o job,metric,verdict,reason
	out=$(printf '%s\n' "$out" | grep '|wall|' | cut -d'|' -f3,4 | sort | uniq -c | sed 's/^ *//')
}
first_night 30
is "$out" '1 high|
29 normal|' "steps of a large first night are judged by each other"
first_night 15
is "$out" '15 unjudged|too-few' "those of a small one are not judged"

# ---- two at once: the second says so, and stores nothing
wait_again 'id = (SELECT max(id) FROM step WHERE end_unix_us IS NOT NULL)'
if is_file; then
mkfifo "$dir/locked" "$dir/go"
flock "$dir/db.check" sh -c 'echo >"$1"; read -r _ <"$2"' sh "$dir/locked" "$dir/go" &
holder=$!
read -r _ <"$dir/locked"
refuses 4 "$dir/db.check: another check is at work" check
run nightly
is "$status" 4 "nor does a night's check"
has "check     FAILED: $dir/db.check: another check is at work" "which says so"
run check --since 2026-01-01
is "$status" 0 "one that stores nothing goes on"
echo >"$dir/go"
wait "$holder"
run check
is "$status" 0 "then it is the next one's turn"
fi

wait_again true
for i in 1 2 3; do
	{
		"$sjob" -c "$dir/conf" check >/dev/null 2>"$dir/err.$i"
		echo $? >"$dir/status.$i"
	} &
done
wait
is "$(cat "$dir"/status.? | sort -u | tr -d '04\n')" "" "several at once end with 0 or 4"
is "$(cat "$dir"/err.? | grep -vc 'another check is at work')" 0 "and without an alarm"
is "$(sql 'SELECT count(*) FROM waiting')" 0 \
	"and all is judged"
plan
