#!/bin/sh
# What the plugin takes and writes stands in its manuals and its sample: arguments of
# plugstack.conf, options, fields of the record.
cd "${1:-$(dirname "$0")/../..}" || exit 1

report() # NUMBER WHAT MISSING
{
	[ -z "$3" ] && echo "ok $1 - $2" || { echo "not ok $1 - $2"; echo "$3" | sed 's/^/# missing: /'; }
}

echo 1..5
arguments=$(sed -n '/^} keys\[\]/,/^};/s/.*{"\([a-z_]*\)".*/\1/p' spank/args.c)
options=$(sed -n 's/.*{"\([a-z]*-[a-z]*\)",.*/\1/p' spank/options.c)
fields=$(sed -n 's/^	\(INT\|STRING\|LINES\|ENUM\)_FIELD(\([a-z_]*\).*/\2/p' spank/common/record.c)
[ "$(echo "$arguments" | wc -l)" -ge 8 ] && [ "$(echo "$options" | wc -l)" = 5 ] &&
	[ "$(echo "$fields" | wc -l)" -ge 50 ] && echo 'ok 1 - the lists are found in the code' ||
	echo 'not ok 1 - the lists are found in the code'

manual=$(mandoc -T ascii spank/joboutliers.8 | col -b)
record=$(mandoc -T ascii spank/joboutliers-record.5 | col -b)
report 2 'every argument is in the manual' \
	"$(for a in $arguments; do echo "$manual" | grep -q "^ *$a=" || echo "$a"; done)"
report 3 'every argument is in the sample' \
	"$(for a in $arguments; do grep -q "$a=" etc/plugstack.conf.d/joboutliers.conf || echo "$a"; done)"
report 4 'every option is in the manual' \
	"$(for o in $options; do echo "$manual" | grep -q -e "^ *--$o\(=\|\[\)" || echo "$o"; done)"
report 5 'every field of the record is in its manual' \
	"$(for f in $fields; do echo "$record" | grep -qw "$f" || echo "$f"; done)"
