#!/bin/sh
# Every function in a header has its meaning above it: a comment that ends in the line before, or
# in the line before the first of several that stand together, of all of which it then speaks.
cd "${1:-$(dirname "$0")/../..}" || exit 1

found=$(packaging/files '^(include|spank|tools)/.*\.h$' | xargs awk '
	FNR == 1 { covered = is_prototype = depth = 0 }
	depth == 0 && !is_prototype && !/^(typedef|static|return) / &&
	/^[a-z_][A-Za-z0-9_ *]*[ *][a-z_][a-z0-9_]*\(/ {
		is_prototype = 1
		if (!covered)
			print FILENAME ": " $0
	}
	is_prototype {
		covered = 1
		if (/;[ \t]*(\/\*.*)?$/)
			is_prototype = 0
		next
	}
	/{[^}]*$/ && !/^[ \t]*\/?\*/ { depth++ }
	/^[ \t]*}/ && depth > 0 { depth-- }
	{ covered = depth == 0 && /\*\/[ \t]*$/ && /^( \*|\/\*)/ }
')

report() # NUMBER WHAT FOUND
{
	[ -z "$3" ] && echo "ok $1 - $2" || { echo "not ok $1 - $2"; echo "$3" | sed 's/^/# /'; }
}

echo 1..1
report 1 'every prototype says what it means' "$found"
