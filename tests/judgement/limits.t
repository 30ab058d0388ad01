#!/bin/sh
# What joboutliers-model(7) says that the model reaches on the generated kinds, give or take what
# another compiler's rounding may do.
. "$(dirname "$0")/../cli/lib.sh"

"${JO_BUILD:-build}/judgement" --parsable --method=model --metric=wall --measure=streams --rounds=1 \
	--dump=/dev/null >"$dir/lines"
is $? 0 "the model is measured"

# all NAME TEST TITLE: every line "kind.NAME value" passes the test on its value, and there are some
all() {
	out=$(awk -v name="$1" '
		substr($1, length($1) - length(name)) == "." name { n++; if (!($2 '"$2"')) print }
		END { if (n == 0) print "none" }' "$dir/lines")
	is "$out" "" "$3"
}
# mean NAME TEST TITLE: likewise their mean, without the kind that is all noise
mean() {
	out=$(awk -v name="$1" '
		substr($1, length($1) - length(name)) == "." name && $1 !~ /^wild/ { sum += $2; n++ }
		END { mean = n ? sum / n : "none"; if (!(n && mean '"$2"')) print mean }' "$dir/lines")
	is "$out" "" "$3"
}
all wall.model.false_alarms "<= 6.5" "of 1000 normal steps of any kind some 6 are called high at most"
all wall.model.unjudged "<= 20" "and few are not judged"
all wall.model.p_below_0.001 "<= 4" "a chance of 1 in 1000 is not stated much more often than that"
all wall.model.p_below_0.005 "<= 12" "nor one of 5"
mean wall.model.recall_x2 ">= 0.55" "more than half of the steps that take twice as long are found"
mean wall.model.recall_x3 ">= 0.75" "three of four that take three times as long"
mean wall.model.recall_x5 ">= 0.83" "and more than eight of ten at five times"
mean wall.model.history_8.recall_x3 ">= 0.7" "most of these after eight steps as well"
all x1.5.found_in_8_jobs ">= 0.9" "a level that moves by half is found within eight steps"
all x2.found_in_8_jobs ">= 0.9" "and one that doubles"
all x1.5.mails "<= 1.5" "of the steps at it one is told"
all x2.mails "<= 3" "or two"

# what is said of normal steps, cell by cell of noise, history and night.  Of a chance of 5 in 1000
# that is told right, 6000 steps show 2.3 to 7.7 (three standard errors), and the cells of one
# history and night are the same draws in other units: 8 in each, and 5 in all of them.
"${JO_BUILD:-build}/judgement" --parsable --method=model --measure=cells --cell=0/30 --cell-steps=6000 \
	>"$dir/lines"
is $? 0 "cells of ordinary noise are measured"
some() {
	out=$(awk -v cell="$1" -v what="$2" '
		index($1, "cell.model." cell) == 1 && $1 ~ "." what "$" { n++; if (!($2 '"$3"')) print }
		END { if (n == 0) print "none" }' "$dir/lines")
	is "$out" "" "$4"
}
some normal high "<= 8" "of 1000 normal steps no more are called high than chance makes of 5, whatever their scatter"
out=$(awk '$1 ~ /^cell.model.normal.*high$/ { sum += $2; n++ } END { print (n > 0 && sum / n <= 5) }' "$dir/lines")
is "$out" 1 "and 5 in all of them"
some normal mailed "<= 1" "and 1 is certain at most"
some student high "<= 10" "where the noise has heavy tails 10"
some student mailed "<= 2" "and 2"

"${JO_BUILD:-build}/judgement" --parsable --method=model --measure=story >"$dir/lines"
all found_by_wall ">= 25" "the outlier of the story is found by wall time alone in some draws"
all found_with_cpu ">= 95" "and in nearly all where CPU time shows it"

"${JO_BUILD:-build}/judgement" --parsable --method=model --measure=site --site-nights=20 >"$dir/lines"
all model.precision ">= 0.9" "nine of ten steps that are certain are slow"
all all.mailed_x3 ">= 0.66" "two of three that are slowed by three are certain"
all all.mailed_x5 ">= 0.88" "nearly nine of ten at five times"
all all.mailed_x10 ">= 0.96" "and nearly all at ten"

# of the work that a job did and of what it waited for, wall time and CPU time together
printf 'workflow,runtime\nx,5\n' >"$dir/other.csv"
out=$("${JO_BUILD:-build}/judgement" --measure=work --data="$dir/other.csv" 2>&1)
is "$? $out" "1 judgement: $dir/other.csv: expected the form of 'sjoboutliers import --csv', found no column start" \
	"a file of another form is not taken for one without jobs"
"${JO_BUILD:-build}/judgement" --parsable --method=model --measure=work --rounds=1 >"$dir/lines"
is $? 0 "work and waiting are measured"
all all.model.false_alarms "<= 6.5" "of 1000 normal steps some 6 are high by one of the two at most"
all all.model.work.by_cpu_x1.77 ">= 0.7" "CPU time shows 1.77 times the work in seven of ten steps"
all all.model.work.by_cpu_x3 ">= 0.9" "and nine of ten with three times the work"
all all.model.work.named ">= 0.95" "of those found nearly all are said to have done more work"
all all.model.waiting.named ">= 0.95" "and nearly all that waited to have waited"

"${JO_BUILD:-build}/judgement" --parsable --method=model --measure=work \
	--data="$(dirname "$0")/../data/busy-runs.csv" >"$dir/lines"
is $? 0 "so are real programs on a busy machine"
all data.model.false_alarms "<= 5" "few of their normal runs are high"
all data.model.work.by_cpu_x1.77 ">= 0.9" "nearly all with 1.77 times the work are found"
all data.model.work.by_wall_x1.77 "<= 0.5" "which the clock does not show"
all data.model.work.named ">= 0.95" "and are said to have done more work"
all data.model.waiting.named ">= 0.95" "and those that waited to have waited"

plan
