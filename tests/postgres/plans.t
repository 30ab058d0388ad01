#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What is read of a large site comes by its indexes: a step is found, and a list begins, without a
# look at all that there is.
JO_ENGINE=postgresql
# shellcheck source=tests/postgres/site.sh
. "$(dirname "$0")/site.sh"

awk 'BEGIN {
	print "job,start,wall_s,partition,user,class,node,ncpus,input_bytes"
	for (i = 0; i < 29000; i++)
		printf "%d,%d,%d,main,u%d,kind%d,n%d,8,%.0f\n", 100001 + i, 1764547200 + i * 260, 600 + i % 90,
			i % 50, i % 300, i % 40, (1 + i % 7) * 1073741824
}' >"$dir/jobs.csv"
run import --csv "$dir/jobs.csv"
is "$status" 0 'steps of three months are there'
sql 'ANALYZE'

figure() { # figure NAME TABLES: a sum of the server's figures of tables, once all commands have handed theirs in
	until [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'")" = 1 ]; do sleep 0.05; done
	sql "SELECT sum($1) FROM pg_stat_user_tables WHERE relname ~ '$2'"
}
scans() { figure seq_tup_read '^step_2'; } # steps that the server has read without an index
by_index() { # by_index NAME COMMAND...: a command whose first lines are read
	name=$1
	shift
	before=$(scans)
	"$sjob" -c "$dir/conf" "$@" 2>"$dir/err" | head -n 3 >"$dir/out"
	is "$(wc -l <"$dir/out")|$(cat "$dir/err")" '3|' "$name: its first lines"
	is "$(scans)" "$before" "$name: not by reading all"
}
by_index 'a job' show 107777
by_index 'jobs that are named' list -a -j 107777,107778,107779 -S 2025-12-01
by_index 'a list of all' list -a -S 2025-12-01
by_index 'the newest first' list -a -S 2025-12-01 --sort=-end
by_index 'a class' list -a -S 2025-12-01 -C kind7
by_index 'a user' list -a -S 2025-12-01 -u u7

# Who reads it in a pager may take longer than a role's transactions may be idle.
sql "ALTER ROLE $PGUSER SET idle_in_transaction_session_timeout = 100"
clients() { # clients CONDITION: of how many it holds
	sql "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
		AND backend_type = 'client backend' AND pid <> pg_backend_pid() AND $1"
}
"$sjob" -c "$dir/conf" list -a -n -S 2025-12-01 2>"$dir/err" | {
	read -r first
	# Or until the one that reads it is gone.
	until [ "$(clients "state = 'idle in transaction' AND now() - state_change > interval '300 ms'")" = 1 ] ||
		[ "$(clients true)" -lt 2 ]; do sleep 0.05; done
	echo "$first"
	cat
} >"$dir/out"
is "$(wc -l <"$dir/out")|$(cat "$dir/err")" '29000|' 'a list that is read slowly is whole'
sql "ALTER ROLE $PGUSER RESET idle_in_transaction_session_timeout"

run list -a -n -S 2025-12-01
is "$(printf '%s\n' "$out" | wc -l)" 29000 'and a list has all, in many parts'
out=$(printf '%s\n' "$out" | awk '{ print $1 }' | sort -u | wc -l)
is "$out" 29000 'each once'

# ---- what is written of steps of one month asks no other ----
run check
is "$status" 0 'the newest month is judged'
printf 'job,start,wall_s,partition,user,class,node,ncpus,input_bytes\n200001,%d,600,main,u1,kind1,n1,8,1073741824\n' \
	"$(date -d '2026-02-25' +%s)" >"$dir/one.csv"
run import --csv "$dir/one.csv"
before=$(figure idx_scan '^verdict_2025_12')
run check
has 'check: 1 step in 1 night' 'one more is judged'
is "$(figure idx_scan '^verdict_2025_12')" "$before" 'without a look at what was said months ago'
before=$(figure idx_scan '^(verdict|step_node|profile|exported)_2026')
run prune --before 2025-12-20
has ' removed' 'a part of a month is removed'
is "$(figure idx_scan '^(verdict|step_node|profile|exported)_2026')" "$before" 'without a look at later ones'
plan
