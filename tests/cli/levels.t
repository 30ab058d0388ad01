#!/bin/sh
# How sure it is that a step is high: watched, high, certain; what is said of each, and who is mailed.
. "$(dirname "$0")/lib.sh"
export SJOBOUTLIERS_NOW=2026-01-05T06:00:00

refuses 2 "'sure' is not a verdict: expected high, low, normal, unjudged, watch or certain" list -v sure
refuses 2 "'sure' is not a verdict" check --since 2026-01-01 -v high,sure

# Class sim runs 13 minutes at a size, ann's second way takes 71; class wild scatters by a third
# (log-normal), and a night of 200 of its steps has nothing but that, and two that are slow.
awk 'function noise() {
	sum = 0
	for (k = 0; k < 12; k++) {
		seed = (seed * 16807) % 2147483647
		sum += seed / 2147483647
	}
	return sum - 6
}
BEGIN {
	print "job,start,wall_s,partition,user,class,input_bytes,ncpus"
	seed = 11
	old = 1767225600
	new = old + 72 * 3600
	for (i = 0; i < 40; i++)
		printf "%d,%d,%.1f,other,bin,sim,1000000000,8\n", 1 + i, old + i * 3600, 780 * exp(0.02 * noise())
	printf "101,%d,780,main,root,sim,1000000000,8\n", old + 3600
	printf "102,%d,785,main,root,sim,1000000000,8\n", old + 7200
	printf "103,%d,4260,main,root,sim,1000000000,8\n", old + 10800
	printf "104,%d,4140,main,root,sim,1000000000,8\n", new
	printf "105,%d,4140,other,bin,sim,1000000000,8\n", new
	for (i = 0; i < 500; i++)
		printf "%d,%d,%.1f,main,daemon,wild,1000000000,8\n", 1000 + i, i < 300 ? old + i * 600 : new + i * 10, 1000 * exp(0.33 * noise())
	printf "2000,%d,3300,main,daemon,wild,1000000000,8\n", new + 100
	printf "2001,%d,9900,main,daemon,wild,1000000000,8\n", new + 200
}' >"$dir/jobs.csv"
run import --csv "$dir/jobs.csv"
is "$status" 0 "jobs are imported"

# ---- check
run check --since 2026-01-04 -P -n -o job,metric,verdict,reason,level,p_value,score,near_count,like_count
printf '%s\n' "$out" | grep '|wall|' >"$dir/wall"
is "$(grep -c . "$dir/wall")" 204 "a night is judged"
is "$(awk -F'|' '$1 == 104 || $1 == 105 { print $1, $3, $5, $8, $9 }' "$dir/wall")" "104 high high 3 1
105 high certain 40 0" "what one of three earlier runs did as well is not certain"
is "$(awk -F'|' '$3 == "high" && $6 > 0.005' "$dir/wall")" "" "nothing is high that more than one in 200 normal jobs does"
is "$(awk -F'|' '($3 == "high") != ($5 == "high" || $5 == "certain")' "$dir/wall")" "" "what is high is so by level, too"
is "$(awk -F'|' '$5 == "certain" && ($6 > 0.00015 || $9 > $8 / 50)' "$dir/wall")" "" "and certain by its numbers"
is "$(awk -F'|' '$3 == "high" && $7 <= 1' "$dir/wall")" "" "and beyond 1 by score"
is "$(awk -F'|' '$5 == "" && $8 $9 != ""' "$dir/wall")" "" "likes are counted of what is watched alone"
watched=$(awk -F'|' '$5 == "watch" { print $1 }' "$dir/wall")
[ -n "$watched" ] && [ "$(awk -F'|' '$5 == "watch" && $3 != "normal"' "$dir/wall")" = "" ]
ok $? "what is watched alone is normal: $(echo "$watched" | wc -l)"
run check --since 2026-01-04 -P -n -v watch -o job
is "$out" "$(awk -F'|' '$5 != "" { print $1 }' "$dir/wall")" "-v watch has it with what is high"
run check --since 2026-01-04 -P -n -v certain -o job,level
is "$out" "$(awk -F'|' '$5 == "certain" { print $1 "|certain" }' "$dir/wall")" "-v certain only what is that"

# ---- what was judged is kept with the verdict
run check
is "$status" 0 "the nights are judged"
run list -a -S 2026-01-04 -P -n -v watch -o job,wall_level,wall_p,wall_near,wall_like,memory_level,memory_p
is "$(printf '%s\n' "$out" | sed 's/\.batch//' | sort)" \
	"$(awk -F'|' '$5 != "" { print $1 "|" $5 "|" $6 "|" $8 "|" $9 "||1" }' "$dir/wall" | sort)" "list has what check said"
run list -a -S 2026-01-04 -P -n -v certain -o job
is "$out" "$(awk -F'|' '$5 == "certain" { print $1 ".batch" }' "$dir/wall")" "and selects by it"
run export --json -j 104
has '"level":"high","near_count":3,"like_count":1' "export has it"

# ---- the words agree with the numbers
for job in $(awk -F'|' '$3 == "high" { print $1 }' "$dir/wall"); do
	run show "$job"
	printf '%s\n' "$out" | sed -n 's/.*run time:  *high.*; \(.*\)/\1/p' | sed "s/^/$job /"
done >"$dir/words"
is "$(awk '$1 == 104' "$dir/words")" "104 1 of 3 earlier runs of about this size took as long" \
	"where there are two ways to run, show says so, and of no chance"
awk -F'|' 'NR == FNR { p[$1] = $6; next }
	{ split($0, w, " ") }
	w[2] == "one" { n++; if (w[4] < 200 || w[4] * p[w[1]] < 0.94 || w[4] * p[w[1]] > 1.06) bad = 1 }
	w[2] == "less" && p[w[1]] > 1e-6 { bad = 1 }
	END { exit bad || n < 2 }' "$dir/wall" "$dir/words"
ok $? "of the others show says what p_value is, and of nothing that is high one in less than 200"

# ---- mails are of what is certain
printf '%s\n' MailDomain=example.org MailUsers=yes >>"$dir/conf"
run mail --dry-run -P -n -o user,verdicts
is "$out" "bin|1
daemon|$(awk -F'|' '$1 >= 1000 && $5 == "certain"' "$dir/wall" | wc -l)" "mails are of what is certain"
is "$(sed 's/^sjoboutliers: //' "$dir/err")" "1 high verdict is not mailed: too many earlier runs of their kind took as long, or used as much" \
	"what is held back is counted"
refuses 1 "there is nothing to tell 'root'" mail --preview root
run mail --preview bin
is "$(printf '%s\n' "$out" | tr -s ' \n' ' ' | grep -c 'It took 1 h 09 min; about one normal job in [0-9]* would take as long')" 1 "a mail says how certain it is"
run replay -P -n --by total --weeks 1 --set NotifyAlpha=1e-5 -o conf_verdicts,verdicts
is "$out" "$(awk -F'|' '$5 == "certain" { n++; m += $6 <= 1e-5 } END { print n "|" m }' "$dir/wall")" "replay varies how certain"
run replay -P -n --by total --weeks 1 --set NotifyAlpha=1 -o verdicts
is "$out" "$(awk -F'|' '$3 == "high" && $1 != 104' "$dir/wall" | wc -l)" "to all that is high, but not what was so before"
refuses 2 'NotifyAlpha=0: expected a number from 1e-09 to 1' replay --set NotifyAlpha=0
if is_file; then
for odds in 0.0003 0.0045; do
	unpacked_verdicts "UPDATE verdict SET p_value = $odds WHERE verdict = 1;"
	"$sjob" -c "$dir/conf" ingest >/dev/null
	echo NotifyAlpha=1 | cat "$dir/conf" - >"$dir/conf1"
	"$sjob" -c "$dir/conf1" mail --preview bin 2>/dev/null | tr -s ' \n' ' ' | grep -o 'about one normal job in [0-9]*'
done >"$dir/odds"
is "$(cat "$dir/odds")" "about one normal job in 3300
about one normal job in 220" "in round numbers"
echo "MailTemplates=$(cd "$(dirname "$0")/../../etc" && pwd)/mail-templates.de" >>"$dir/conf1"
is "$("$sjob" -c "$dir/conf1" mail --preview bin 2>/dev/null | tr -s ' \n' ' ' | grep -o 'etwa ein .* so lang')" \
	"etwa ein normaler Job von 220 dauert so lang" "also in German"
run mail --dry-run -P -n
is "$out" "" "whatever is not certain is not mailed"
grep -q 'high verdicts are not mailed: not certain (NotifyAlpha)' "$dir/err"
ok $? "and counted"
fi
plan
