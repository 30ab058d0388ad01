#!/bin/sh
# What of a long history is judged, what is said of the rest, and how that is judged, too.
. "$(dirname "$0")/lib.sh"

refuses 2 'neither --since nor --running' check --all --since 2026-01-01
refuses 2 'neither --since nor --running' check --all --running
printf 'JudgeDays=0\n' >"$dir/none"
"$sjob" -c "$dir/none" check 2>"$dir/err"
grep -q 'none:1: JudgeDays=0: expected a whole number from 1 to 36500' "$dir/err" || sed 's/^/# /' "$dir/err"
ok $? 'no day at all is refused'

# steps DAY DAYS FIRST: of each day twelve steps of 100 s a GiB; one of ten days before the last is
# five times too slow, as is one of ten days after the first; from the middle on all take 1.6 times.
steps() {
	echo 'job,start,wall_s,partition,user,class,input_bytes,mem_peak_bytes,node'
	awk -v start="$(date -d "$1" +%s)" -v days="$2" -v first="$3" 'BEGIN {
		for (i = 0; i < days * 12; i++) {
			day = int(i / 12)
			gib = 1 + i % 4
			wall = 100 * gib * (1 + 0.01 * (i * 7 % 11 - 5)) * (day >= days / 2 ? 1.6 : 1)
			if (i % 12 == 5 && (day == 9 || day == days - 10))
				wall *= 5
			printf "%d,%d,%.2f,main,ann,align,%.0f,%.0f,n%d\n", first + i, start + i * 7200, wall,
				gib * 2^30, gib * 2^29 * (1 + 0.01 * (i * 5 % 7)), i % 3
		}
	}'
}
verdicts() { # of the nights from $1 on, all that is said of them
	"$sjob" -c "$dir/conf" list -a -S "$1" -P -o job,end,verdict,wall_verdict,wall_reason,wall_expected_s,wall_low_s,wall_high_s,wall_ratio,wall_p,wall_level,wall_near,wall_history,memory_verdict,memory_expected_bytes,memory_p
}

# ---- an archive that ended years ago: its own last month counts, and not the clock's
steps 2014-03-01 90 1 >"$dir/steps.csv"
run import --csv "$dir/steps.csv"
ok "$status" 'an archive is imported'
copy_db db db.new
run check
is "$out" 'check: 384 steps in 32 nights; wall time: 1 high, 0 low, 0 unjudged; memory: 0 high, 0 low, 0 unjudged; 1 level moved; 696 older steps became history, not judged: '"'check --all' judges them, too" \
	'its last month is judged; what is history is told, and how to have it judged'
verdicts 2014-04-28 >"$dir/month"
run check
is "$out" 'check: 0 steps in 0 nights; wall time: 0 high, 0 low, 0 unjudged; memory: 0 high, 0 low, 0 unjudged' \
	'and the next check looks at nothing again'

run list -a -j 10,700 -P -n -o job,verdict,wall_verdict,wall_reason,wall_expected_s,memory_verdict,memory_reason
is "$out" '10.batch|unjudged|unjudged|history||unjudged|history
700.batch|normal|normal||640.008192|normal|' 'list has the reason'
run list -a -S 2014-03-01 -P -n -v unjudged -o job
is "$(printf '%s\n' "$out" | wc -l)" 696 'and finds them by their verdict'
run list -a -S 2014-03-01 -P -n -v high -o job
is "$out" "966.batch" 'as it does the others'
run show 10
is "$status" 0 'show has no trouble with one'
has "it is history, which later steps are judged by; 'sjoboutliers check --all' judges it, too" 'and says why'
is "$(printf '%s\n' "$out" | grep -c 'has not looked')" 0 'and not that it would be judged soon'
run show --json 10
has '"reason": "history"' 'for programs, too'
run export --csv -S 2014-03-01 -E 2014-03-02
is "$(printf '%s\n' "$out" | grep -c ',unjudged,history,')" 12 'so does export'
run export --openmetrics "$dir/metrics"
out=$(cat "$dir/metrics")
has 'joboutliers_waiting_steps 0' 'nothing waits for check'
has 'joboutliers_history_steps 696' 'and monitoring has how many are history'
run doctor
has '1080 steps in 1 group, 696 of them history that check --all would judge' 'doctor tells as much'
run replay -S 2014-03-01 -E 2014-03-20
is "$status" 1 'what was not judged cannot be replayed'
grep -q "were not judged yet: run check --all first" "$dir/err"
ok $? 'and what would help is said'
run replay -S 2014-04-20 -E 2014-05-28
grep -q "of these nights were not judged yet and are left out: run check --all first" "$dir/err"
ok $? 'as it is when some of it was'
run report -S 2014-03-01 -E 2014-03-20 --html="$dir/report.html"
ok "$status" 'a report of such nights is made'
grep -q 'none of 228 steps, which are history: see check --all' "$dir/report.html" &&
	grep -q '1080 steps kept, 0 running, 0 not judged yet, 696 not to be (history)' "$dir/report.html"
ok $? 'and says why it is empty'
run predict -p main -u ann -C align --input-size 2G
has 'wall' 'history is what is predicted from'

# ---- all of it
copy_db db db.month
run check --all
is "$(echo "$out" | sed 's/;.*//')" 'check: 696 steps in 58 nights' 'with --all the rest is judged'
is "$(echo "$out" | grep -c history)" 0 'and nothing is history'
verdicts 2014-04-28 >"$dir/month.after"
cmp "$dir/month" "$dir/month.after"
ok $? 'what was said of the last month stays as it was'
verdicts 2014-03-01 >"$dir/in-turn"
nights='SELECT found_night, seen_night, until_unix_us FROM drift ORDER BY since_unix_us, metric'
sql "$nights" >"$dir/nights.in-turn"
"$sjob" -c "$dir/conf" list --drift -S 2014-03-01 -P >"$dir/drifts.in-turn"
copy_db db.new db
run check --all
is "$(echo "$out" | sed 's/;.*//')" 'check: 1080 steps in 90 nights' 'at once, too'
verdicts 2014-03-01 >"$dir/at-once"
"$sjob" -c "$dir/conf" list --drift -S 2014-03-01 -P >"$dir/drifts.at-once"
grep -qv '^[^|]*|[^|]*|unjudged' "$dir/at-once" && [ "$(wc -l <"$dir/at-once")" = 1081 ] &&
	cmp "$dir/in-turn" "$dir/at-once"
ok $? 'the verdicts are the same in whatever turn'
[ "$(wc -l <"$dir/drifts.at-once")" -gt 1 ] && diff "$dir/drifts.in-turn" "$dir/drifts.at-once" >"$dir/diff"
ok $? 'and so are the levels that moved'
is "$(cat "$dir/nights.in-turn")" "$(sql "$nights")" 'and the nights that saw them'
sed 's/^/# /' "$dir/diff"

# ---- more days, fewer days
history() { # history NAME: as many are as were left of the archive
	run doctor
	has '348 of them history' "$1"
}
copy_db db.month db
echo 'JudgeDays=60' >>"$dir/conf"
run check
has '348 steps in 29 nights' 'more days are judged when more are asked for'
history 'and fewer left'
sed -i 's/^JudgeDays=.*/JudgeDays=5/' "$dir/conf"
run check
history 'with fewer days nothing that was judged is history'
verdicts 2014-04-28 >"$dir/month.after"
cmp "$dir/month" "$dir/month.after"
ok $? 'and no verdict goes'
wait_again 'job_id IN (10, 966)'
run check
has 'check: 1 step in 1 night; wall time: 1 high' 'one that was judged, and changed since, is judged again however old it is'
has '1 older step became history' 'and one that was not is history again'
history 'as are the others'
sed -i '/^JudgeDays/d' "$dir/conf"

# ---- a site of today
steps 2026-02-20 10 5001 >"$dir/today.csv"
run import --csv "$dir/today.csv"
run check
has '120 steps in 10 nights' 'what is new is judged'
verdicts 2014-04-28 >"$dir/month.after"
head -n "$(wc -l <"$dir/month")" "$dir/month.after" | cmp - "$dir/month"
ok $? 'beside an archive whose last month was'
steps 2013-01-01 5 9001 >"$dir/older.csv"
run import --csv "$dir/older.csv"
run check
has 'check: 0 steps in 0 nights' 'an archive that comes to a site of today'
has '60 older steps became history' 'is history'
awk 'NR == 1; NR == 2 { sub(/^[0-9]*,[0-9]*/, "7001,4000000000"); print }' "$dir/today.csv" >"$dir/future.csv"
SJOBOUTLIERS_NOW=2096-10-02 "$sjob" -c "$dir/conf" import --csv "$dir/future.csv" >"$dir/out"
steps 2026-03-01T10:00 1 8001 >"$dir/tonight.csv"
run import --csv "$dir/tonight.csv"
run check
has 'check: 13 steps in' 'a clock that is ahead makes nothing history'
plan
