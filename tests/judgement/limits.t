#!/bin/sh
# What joboutliers-model(7) says that the model reaches on the generated kinds, give or take what
# another compiler's rounding may do.
. "$(dirname "$0")/../cli/lib.sh"

"${JO_BUILD:-build}/judgement" --parsable --method=model --metric=wall --dump=/dev/null >"$dir/lines"
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
all wall.model.p_below_0.001 "<= 3" "a chance of 1 in 1000 is not stated much more often than that"
all wall.model.p_below_0.005 "<= 10" "nor one of 5"
mean wall.model.recall_x2 ">= 0.6" "six of ten steps that take twice as long are found"
mean wall.model.recall_x3 ">= 0.8" "eight of ten that take three times as long"
mean wall.model.recall_x5 ">= 0.87" "and nearly nine of ten at five times"
mean wall.model.history_8.recall_x3 ">= 0.7" "most of these after eight steps as well"
all x1.5.found_in_8_jobs ">= 0.9" "a level that moves by half is found within eight steps"
all x2.found_in_8_jobs ">= 0.9" "and one that doubles"
all x1.5.mails "<= 1.5" "of the steps at it one is told"
all x2.mails "<= 3" "or two"

plan
