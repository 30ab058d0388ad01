#!/bin/sh
# A file's name says which it is: no two folders of tools/ have one of the same name.
cd "${1:-$(dirname "$0")/../..}" || exit 1

twice=$(packaging/files '^tools/.*/.*\.[ch]$' | sed -n 's|^\(tools/[^/]*\)/\([^/]*\)\.[ch]$|\2 \1|p' | sort -u |
	awk '{ folders[$1] = folders[$1] " " $2; if (++count[$1] == 2) twice[++n] = $1 }
	END { for (i = 1; i <= n; i++) print twice[i] ":" folders[twice[i]] }')

report() # NUMBER WHAT FOUND
{
	[ -z "$3" ] && echo "ok $1 - $2" || { echo "not ok $1 - $2"; echo "$3" | sed 's/^/# /'; }
}

echo 1..1
report 1 'no name is used in two folders' "$twice"
