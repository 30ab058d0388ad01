#!/bin/sh
# Arrows between the folders point one way: every #include "..." must be in the table.
cd "${1:-$(dirname "$0")/../..}" || exit 1
awk_table='
spank/common:	joboutliers
spank:		joboutliers .
tools/util:	joboutliers .
tools/otel:	joboutliers util .
tools/step:	joboutliers util .
tools/forward:	joboutliers util .
tools/sample:	joboutliers .
tools/conf:	joboutliers util .
tools/mail:	joboutliers util .
tools/model:	joboutliers util step .
tools/store:	joboutliers util step .
tools/intake:	joboutliers util otel step store profile .
tools/profile:	joboutliers util .
tools/explain:	joboutliers util step store profile .
tools/fit:	joboutliers util step model store .
tools/drift:	joboutliers util step model store fit explain .
tools/judge:	joboutliers util step model store fit drift .
tools/finding:	joboutliers util step model store fit drift judge explain .
tools/report:	joboutliers util step model store fit drift judge profile explain finding .
tools/export:	joboutliers util otel step store drift intake finding .
tools/notify:	joboutliers util step store fit drift judge profile explain finding report mail .
tools/receive:	joboutliers util otel .
tools/cmd:	joboutliers util otel step conf receive model mail store intake profile explain drift judge finding report export notify .
tools:		joboutliers util conf cmd forward sample
include/joboutliers:	joboutliers
'
echo 1..6
bad=$(packaging/files '^include/.*\.h$|^(spank|tools)/.*\.[ch]$' | while read -r file; do
	dir=${file%/*}
	allowed=$(echo "$awk_table" | sed -n "s|^$dir:||p")
	[ -n "$allowed" ] || { echo "# $file: its folder is not in the table"; continue; }
	sed -n 's/^#include "\([^"]*\)".*/\1/p' "$file" | while read -r included; do
		case $included in
		*/*) from=${included%%/*} ;;
		*) from=. ;;
		esac
		case " $(echo "$allowed ${dir##*/}" | tr '\t' ' ') " in
		*" $from "*) ;;
		*) echo "# $file includes $included" ;;
		esac
	done
done)
[ -z "$bad" ] && echo "ok 1 - no include points upwards" || { echo "not ok 1 - no include points upwards"; echo "$bad"; }

bad=$(packaging/files '^(spank|tools)/' | grep -vx tools/store/sqlite.c | xargs grep -l 'sqlite3\.h'
packaging/files '^(spank|tools)/' | grep -v '^tools/store/postgres' | xargs grep -l 'libpq-fe\.h')
[ -z "$bad" ] && echo "ok 2 - only the engines know SQLite and libpq" || { echo "not ok 2 - only the engines know SQLite and libpq"; echo "# $bad"; }

bad=$(packaging/files '^spank/.*\.c$' | xargs grep -nE '\b(exit|_exit|abort|pthread_create|system|popen|sleep|usleep)[[:space:]]*\(')
[ -z "$bad" ] && echo "ok 3 - the plugin never exits, sleeps, starts a thread or a shell" || { echo "not ok 3 - the plugin never exits, sleeps, starts a thread or a shell"; echo "$bad" | sed 's/^/# /'; }

# tools/explain computes in some of its files and reads in others; those that compute know no store.
bad=$(packaging/files '^tools/explain/' | grep -v '/\(facts\|peers\|span_tree\|where\)\.' | xargs grep -l '#include "store/')
[ -z "$bad" ] && echo "ok 4 - statistics know no store" || { echo "not ok 4 - statistics know no store"; echo "# $bad"; }

# Inside tools/store, too: no two files need each other.  A driver is what driver.h has of it, and a
# cursor has one header for those who read it and one for those who make it.
bad=$(packaging/files '^tools/store/.*\.[ch]$' | while read -r file; do
	sed -n 's/^#include "\([a-z_]*\)\.h".*/\1/p' "$file" | sed "s|^|$(basename "${file%.*}") |"
done | sed -E 's/\b(engine|sqlite(_file|_copy)?|postgres(_[a-z]+)?)\b/driver/g; s/\bcursor_kinds\b/cursor/g' | tsort 2>&1 >/dev/null)
[ -z "$bad" ] && echo "ok 5 - no two files of the store need each other" || { echo "not ok 5 - no two files of the store need each other"; echo "$bad" | sed 's/^/# /'; }

# Every engine reads the SQL of the store: see driver.h.  What brings rows of before over is SQLite's alone.
bad=$(packaging/files '^tools/store/.*\.[ch]$' | grep -vE '/(driver\.h|sqlite[a-z_]*\.[ch]|verdict_repack\.c)$' |
	xargs grep -nE '"[^"]*(INSERT OR |WHERE 1"|json_(each|extract)|(max|min)\([a-z_]+, |group_concat)')
[ -z "$bad" ] && echo "ok 6 - the store's SQL is every engine's" || { echo "not ok 6 - the store's SQL is every engine's"; echo "$bad" | sed 's/^/# /'; }
