#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# On PostgreSQL: the tests of the commands, and those of units that keep steps, each of which is one
# test here; and what a server can do to a program.
cd "$(dirname "$0")/../.." || exit 1
JO_BUILD=${JO_BUILD:-$PWD/build}
export JO_BUILD JO_ENGINE=postgresql

if [ -z "${JO_POSTGRES-}" ]; then
	if ! command -v psql >/dev/null || ! tests/postgres/server true 2>/dev/null; then
		echo '1..0 # SKIP no PostgreSQL here that can be started'
		exit 0
	fi
	exec tests/postgres/server "$0"
fi

# Left out are those of the file alone, of what it was before there was another, and of SQLite's plans.
units=$(grep -lE '#include "(engine_path|store_fixture|judge_fixture)\.h"' tests/unit/*.c |
	grep -vE '/store_(open|lock|log|migrate|plan)\.c$' | sed "s|^tests/unit/\(.*\)\.c$|$JO_BUILD/unit/\1.t|")
# And those of programs that have no database.
commands=$(printf '%s\n' tests/cli/*.t | grep -vE '/(sampler|sjobattr|sjobforward)\.t$')
logs=$(mktemp -d) || exit 1
trap 'rm -rf "$logs"' EXIT
export logs
# shellcheck disable=SC2016,SC2086 # for the inner shell; a list of words
printf '%s\n' $units $commands | xargs -P "$(nproc)" -n 1 sh -c '
	prove -e "" "$0" >"$logs/$(basename "$0" .t).log" 2>&1
	echo $? >"$logs/$(basename "$0" .t).status"'

n=0
for test in $units $commands; do
	name=$(basename "$test" .t)
	n=$((n + 1))
	if [ "$(cat "$logs/$name.status" 2>/dev/null)" = 0 ]; then
		echo "ok $n - $name"
	else
		echo "not ok $n - $name"
		sed 's/^/# /' "$logs/$name.log"
	fi
done
echo "1..$n"
