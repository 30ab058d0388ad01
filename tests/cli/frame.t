#!/bin/sh
# The frame: global options, unknown commands, the configuration, what cannot be written.
. "$(dirname "$0")/lib.sh"

"$sjob" >"$dir/out" 2>"$dir/err"
is $? 2 "no command is a usage error"
grep -q '^sjoboutliers: expected a command' "$dir/err"
ok $? "which is said"

refuses 2 "sjoboutliers: no command 'lsit'; did you mean list?" lsit
refuses 2 "sjoboutliers: no command 'frobnicate'; 'sjoboutliers help' lists them" frobnicate
refuses 2 "sjoboutliers list: unrecognized option '--frobnicate'" list --frobnicate
refuses 2 "no command 'frobnicate'" help frobnicate

run --version
is "$status" 0 "--version is no error"
has "sjoboutliers " "and tells the program"
run help
is "$status" 0 "help lists the commands"
has "  list " "with what they are for"
is "$(cat "$dir/err")" "" "and complains of nothing"
for command in $(printf '%s\n' "$out" | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
	run help "$command"
	is "$status" 0 "help $command"
	has "Usage: sjoboutliers $command" "describes it"
	help=$out
	run "$command" --help
	is "$out" "$help" "as its --help does"
done

echo 'Databse=/x' >"$dir/conf"
refuses 2 "sjoboutliers: $dir/conf:1: Databse: no such key; did you mean Database?" list
rm "$dir/conf"
refuses 2 "sjoboutliers: $dir/conf: No such file or directory" list
run list --help
is "$status" 0 "--help needs no configuration"
printf 'Database=%s\n' "$(db_at db)" >"$dir/conf"
chmod o+w "$dir/conf"
refuses 2 "everybody may write it" list
chmod o-w "$dir/conf"
refuses 1 "sjoboutliers: $(db_at db): there is no database yet; 'sjoboutliers ingest' makes it" list

SJOBOUTLIERS_NOW=never
refuses 2 "SJOBOUTLIERS_NOW: 'never' is not a time" list

if [ -w /dev/full ]; then
	env -u SJOBOUTLIERS_NOW "$sjob" help >/dev/full 2>"$dir/err"
	is $? 1 "what cannot be written is a failure"
	grep -q 'standard output could not be written' "$dir/err"
	ok $? "which is said"
fi
plan
