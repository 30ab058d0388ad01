#!/bin/sh
# No two files of a folder of tools/ need each other, be it by way of others: what calls whom is
# read from the objects, as a header may stand for several files.
cd "${1:-$(dirname "$0")/../..}" || exit 1
objects=${JO_BUILD:-build}/obj

# "CALLER CALLED": calls that may be there although they close a circle.
exceptions='
cmd/help cmd/table
store/store store/group
store/store store/name
'
calls=$(packaging/files '^tools/.*/.*\.c$' | sed 's/\.c$//' | while read -r file; do
	[ -e "$objects/$file.o" ] || continue # of another choice of libraries
	nm "$objects/$file.o" | awk -v file="${file#tools/}" '
		$1 == "U" { print "U", file, $2 }
		$2 ~ /^[A-TV-Z]$/ { print "D", file, $3 }'
done | awk '
	$1 == "D" { home[$3] = $2 }
	$1 == "U" { asked[$2 " " $3] }
	END {
		for (pair in asked) {
			split(pair, a)
			caller = a[1]; called = home[a[2]]
			split(caller, from, "/"); split(called, to, "/")
			if (from[1] == to[1] && caller != called)
				print caller, called
		}
	}' | sort -u)

report() # NUMBER WHAT FOUND
{
	[ -z "$3" ] && echo "ok $1 - $2" || { echo "not ok $1 - $2"; echo "$3" | sed 's/^/# /'; }
}

echo 1..3
report 1 'the objects tell who calls whom' "$([ "$(echo "$calls" | wc -l)" -gt 100 ] || echo "$objects: $calls")"
report 2 'no circle within a folder' "$(echo "$calls" | grep -vxF "$exceptions" | tsort 2>&1 >/dev/null)"
report 3 'every exception is still needed' "$(echo "$exceptions" | grep . | while read -r call; do
	echo "$calls" | grep -qxF "$call" || echo "$call"
done)"
