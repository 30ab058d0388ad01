#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Steps by their months: which part of its tables a step is in, who makes the part, and what prune
# drops, beside who reads, and who dies on the way.
JO_ENGINE=postgresql
# shellcheck source=tests/postgres/site.sh
. "$(dirname "$0")/site.sh"
db=$(db_at db)
spool=$dir/spool

record() { # record KIND JOB START [WALL [STEP [NODE [INDEX [COUNT [RESTART]]]]]]: times by date(1)
	node=${6:-n1}
	mkdir -p "$spool/$node/new" "$spool/$node/tmp"
	end=
	[ "$1" = start ] || end=",\"wall_us\":${4}000000,\"exit_status\":0,\"term_signal\":0"
	printf '{"v":1,"kind":"%s","cluster":"c1","node":"%s","job_id":%d,"step_id":%d,"step_kind":"srun","node_index":%d,"node_count":%d,"restart_count":%d,"uid":0,"user":"ann","partition":"main","job_name":"sort","start_unix_us":%d000000%s}\n' \
		"$1" "$node" "$2" "${5:-0}" "${7:-0}" "${8:-1}" "${9:-0}" "$(date -u -d "$3" +%s)" "$end" \
		>"$spool/$node/new/$1.$2.${5:-0}.${9:-0}"
}
parts() { # the months' parts of a table
	sql "SELECT string_agg(replace(relname, '$1_', ''), ' ' ORDER BY relname) FROM pg_inherits
		JOIN pg_class AS c ON c.oid = inhrelid WHERE inhparent = '$1'::regclass"
}
where() { # where JOB: in which parts its steps are, in the order in which they came
	sql "SELECT string_agg(replace(tableoid::regclass::text, 'step_', ''), ' ' ORDER BY id & 68719476735) FROM step WHERE job_id = $1"
}
background() { # background SQL: another session runs it and then waits; $holder is its process
	psql -qAtX -d "${server_name}_db" -c "BEGIN; $1; SELECT pg_sleep(600)" >/dev/null 2>&1 &
	holder=$!
	until [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
		AND query LIKE '%pg_sleep(600)' AND wait_event = 'PgSleep'")" = 1 ]; do sleep 0.05; done
}
release() {
	sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)' AND pid <> pg_backend_pid()" >/dev/null
	wait "$holder"
}

# ---- which month ----
run database --create
is "$(parts step)|$(parts verdict)" '0|0' 'a new database has no months'
record end 1 '2025-11-30 23:59:59' 10
record end 2 '2025-12-01 00:00:00' 10
record start 3 '2025-11-30 12:00:00'
record end 4 '1999-12-31 23:00:00' 10
record end 5 '2031-01-01 00:00:00' 10
record end 6 '2026-04-01 00:00:00' 10
record end 7 '2025-12-31 23:00:00' 7200 0 n1 0 2
run ingest
is "$out" 'ingest: 7 records: 7 new, 0 changed, 0 known, 0 skipped, 0 bad' 'steps of several months come in'
is "$(where 1) $(where 2) $(where 3)" '2025_11 2025_12 2025_11' 'each is in the month in which it started'
is "$(where 4) $(where 5)" '0 0' 'and none in one that nobody can believe'
is "$(where 6)" '2026_04' 'a clock may be ahead by a month'
record end 7 '2026-01-01 00:00:30' 3600 0 n2 1 2
run ingest
is "$out $(where 7)" 'ingest: 1 record: 0 new, 1 changed, 0 known, 0 skipped, 0 bad 2025_12' 'a step of two nodes is where the first record had it'
is "$(sql 'SELECT count(*), count(DISTINCT tableoid) FROM step_node')" '2|1' 'with both its nodes'
for table in step step_node verdict profile exported; do
	is "$(parts $table)" '0 2025_11 2025_12 2026_04' "$table has a part for each"
done
record end 3 '2025-11-30 12:00:00' 90000
run ingest
is "$out" 'ingest: 1 record: 0 new, 1 changed, 0 known, 0 skipped, 0 bad' 'an end of the next month'
is "$(where 3)" '2025_11' 'finds its step, which stays where it is'
record start 8 '2025-12-31 23:50:00'
run ingest
record end 8 '2026-01-02 00:00:00' 60 0 n1 0 1 1
run ingest
is "$(where 8)" '2025_12 2026_01' 'a run after a requeue is of its own month'
record end 8 '2026-01-04 00:00:00' 60 0 n1 0 1 1
run ingest
is "$(where 8) $(sql 'SELECT string_agg(life::text, chr(32) ORDER BY id) FROM step WHERE job_id = 8 AND restart_count = 1')" \
	'2025_12 2026_01 2026_01 1 0' 'as is a job whose number comes again'
run list -n -P -S 2020-01-01 -o job
is "$(printf '%s\n' "$out" | sort | tr '\n' ' ')" '1.0 2.0 3.0 5.0 6.0 7.0 8.0 8.0 8.0 ' 'all are listed'
sql "SELECT id & 68719476735 FROM step" | sort -n | tr '\n' ' ' >"$dir/numbers"
is "$(cat "$dir/numbers")|$(sql "SELECT value FROM setting WHERE key = 'step_id_used'")" '1 2 3 4 5 6 7 8 9 10 |10' 'and each has a number of its own'

run doctor database
is "$(printf '%s\n' "$out" | grep -c 'may take all locks of the server')" 0 'for which the server has locks'

# ---- a part is as the others are ----
same() { # what a part is made of, but for names
	sql "SELECT string_agg(regexp_replace(indexdef, ' INDEX .* ON [^ ]* ', ' '), ';' ORDER BY regexp_replace(indexdef, ' INDEX .* ON [^ ]* ', ' ')) FROM pg_indexes
		WHERE tablename = '$1'"
	sql "SELECT reloptions FROM pg_class WHERE relname = '$1'"
	sql "SELECT string_agg(attname || ' ' || format_type(atttypid, atttypmod) || attnotnull || attcollation, ';' ORDER BY attnum)
		FROM pg_attribute WHERE attrelid = '$1'::regclass AND attnum > 0"
}
for table in step step_node verdict profile exported; do
	is "$(same "${table}_2025_12")" "$(same "${table}_0")" "a part of $table has the same columns, indexes and settings"
done

# ---- who makes it ----
background 'SELECT count(*) FROM step, verdict, step_node'
record end 20 '2026-02-01 00:00:00' 10
run ingest
is "$status $(where 20)" '0 2026_02' 'a reader is not in the way of a new month'
release
background "SELECT pg_advisory_xact_lock(1784768111, 0); CREATE TABLE step_2025_06 (LIKE step_0)"
record end 21 '2025-06-01 00:00:00' 10
"$sjob" -c "$dir/conf" ingest >"$dir/one" 2>&1 &
one=$!
until [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'")" = 1 ]; do sleep 0.05; done
release
wait "$one"
is "$? $(where 21)" '0 2025_06' 'who dies before the commit leaves no month, and the next makes it'
# Two that add the same month at the same time.
for host in a b; do
	mkdir -p "$dir/$host"
	sed "s|^Spool=.*|Spool=$dir/$host|" "$dir/conf" >"$dir/conf.$host"
	spool=$dir/$host
	for job in 1 2 3 4 5 6 7 8 9; do record end "3$([ $host = a ] && echo 0 || echo 1)$job" "2025-0$job-15 00:00:00" 10; done
done
spool=$dir/spool
"$sjob" -c "$dir/conf.a" ingest >"$dir/out.a" 2>&1 &
one=$!
"$sjob" -c "$dir/conf.b" ingest >"$dir/out.b" 2>&1
is "$?" 0 'two hosts take records of the same months at once'
wait "$one"
is "$?" 0 'and neither fails'
is "$(sql "SELECT count(*), count(DISTINCT tableoid) FROM step WHERE job_id BETWEEN 300 AND 320")" '18|9' 'each month is there once'

# ---- as many parts as there is no room for ----
run doctor database
has 'commands at once may take all locks of the server, and fail: raise max_locks_per_transaction' 'doctor knows of more months than locks'
psql -qAtX -d "${server_name}_db" -c 'SELECT count(pg_advisory_lock(i)) FROM generate_series(1, 1000000) AS i' \
	-c 'SELECT count(pg_advisory_unlock(i)) FROM generate_series(1, 100) AS i' -c 'SELECT pg_sleep(600)' >/dev/null 2>&1 &
holder=$!
until [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
	AND query LIKE '%pg_sleep(600)' AND wait_event = 'PgSleep'" 2>/dev/null)" = 1 ]; do sleep 0.05; done
record end 33 '2025-01-02 00:00:00' 10
for command in 'list -a -S 2020-01-01' ingest; do
	# shellcheck disable=SC2086 # a list of words
	run $command
	is "$status $(wc -l <"$dir/err")" '1 1' "$command fails where they have run out, in one line"
	grep -qF 'no room for its locks: raise max_locks_per_transaction' "$dir/err"
	ok $? "which says what to do: $(cat "$dir/err")"
done
release
run ingest
is "$status $(where 33)" '0 2025_01' 'and goes on when there are some'
sql 'DELETE FROM step WHERE job_id = 33; DELETE FROM waiting WHERE step NOT IN (SELECT id FROM step)'

# ---- only months in which a job can be are looked into ----
looks() { # looks MONTH: how often somebody has looked into that month's steps
	until [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'")" = 1 ]; do sleep 0.05; done
	sql "SELECT sum(idx_scan) FROM pg_stat_user_indexes WHERE relname = 'step_$1'"
}
for job in $(seq 100001 100100); do record start "$job" '2026-02-10 00:00:00'; done
run ingest
before=$(looks 2025_06)
for job in $(seq 100001 100100); do record end "$job" '2026-02-10 00:00:00' 60; done
run ingest
is "$out" 'ingest: 100 records: 0 new, 100 changed, 0 known, 0 skipped, 0 bad' 'the ends of a hundred steps find them'
ok $(($(looks 2025_06) - before >= 20)) 'and are not looked for in each month'
for job in $(seq 100001 100100); do record end "$job" '2025-06-10 00:00:00' 60; done
run ingest
is "$out $(where 100001)" 'ingest: 100 records: 100 new, 0 changed, 0 known, 0 skipped, 0 bad 2026_02 2025_06' 'numbers that come again are looked for where they were'
is "$(sql 'SELECT count(*) FROM step WHERE job_id > 100000 AND life = 0')" 100 'and of each one is the newest'
sql 'DELETE FROM step WHERE job_id > 100000; DELETE FROM waiting WHERE step NOT IN (SELECT id FROM step)'

# ---- prune ----
before=$(sql 'SELECT count(*) FROM step')
run prune --before 2025-03-20 --dry-run
is "$out" 'prune: 7 steps that ended before 2025-03-20T00:00:00 would be removed' 'a dry run tells'
run prune --before 2025-03-20
is "$out" 'prune: 7 steps that ended before 2025-03-20T00:00:00 removed' 'what then goes'
is "$(parts step | cut -c1-17)|$(parts exported)" "0 2025_04 2025_05|$(parts step)" 'with the tables of the months'
is "$(sql 'SELECT count(*) FROM step')" $((before - 7)) 'and no other'
is "$(where 4)" '' 'what has no month goes by its end'
is "$(sql 'SELECT count(*) FROM step_group')" "$(sql 'SELECT count(DISTINCT group_id) FROM step')" 'groups without steps go'
record end 40 '2025-04-20 00:00:00' 10
record end 41 '2025-05-01 00:00:00' 10
run ingest
run prune --before 2025-04-18
is "$out $(where 304)$(where 40)" 'prune: 2 steps that ended before 2025-04-18T00:00:00 removed 2025_04' 'of a month that is not as old only steps that are'
run prune --before 2025-04-18
is "$out" 'prune: 0 steps that ended before 2025-04-18T00:00:00 removed' 'and once'
# By RetainDays, on a morning of which the last day that is kept is 2025-06-20.
echo 'RetainDays=30' >>"$dir/conf"
export SJOBOUTLIERS_NOW=2025-07-20T06:00:00
record end 22 '2025-06-25 00:00:00' 10
run ingest
for flag in --dry-run ''; do
	words='would be removed'
	[ -n "$flag" ] || words=removed
	run prune ${flag:+"$flag"}
	is "$out" "prune: 4 steps that ended before 2025-06-20T06:00:00 $words
prune: 3 steps as old go with the rest of their month" "a night leaves what is not a whole month: $words"
done
is "$(parts step | cut -c1-17)" '0 2025_06 2025_07' 'and drops what is'
is "$(where 21)$(where 306)" '2025_062025_06' 'these stay'
export SJOBOUTLIERS_NOW=2025-08-10T06:00:00
background 'SELECT count(*) FROM step'
run prune
is "$status $out" '0 prune: 0 steps that ended before 2025-07-11T06:00:00 removed
prune: 1 month is being read, and not dropped: the next prune tries again
prune: 4 steps as old go with the rest of their month' 'who reads is not waited for'
run prune --before 2025-07-11
is "$status $(where 21)|$(printf '%s\n' "$out" | head -n 1)" '0 |prune: 4 steps that ended before 2025-07-11T00:00:00 removed' \
	'but what is to go by a time goes'
release
run prune
is "$status $(parts step | cut -c1-9)" '0 0 2025_07' 'and the month with the next night'
record end 42 '2025-06-03 00:00:00' 10
run ingest
is "$(where 42)" 2025_06 'a month that went comes again where steps do'
unset SJOBOUTLIERS_NOW

# ---- beside who prunes ----
beside() { # beside SQL COMMAND...: another session makes the command wait, and has done this before it goes on
	statements=$1
	shift
	mkfifo "$dir/session"
	psql -qAtX -d "${server_name}_db" <"$dir/session" >/dev/null &
	session=$!
	exec 3>"$dir/session"
	echo "BEGIN; SELECT pg_advisory_xact_lock(1784768111, 0); LOCK TABLE step_group IN ACCESS EXCLUSIVE MODE; $statements;" >&3
	until [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'")" = 1 ]; do sleep 0.05; done
	"$sjob" -c "$dir/conf" "$@" >"$dir/out" 2>"$dir/err" &
	one=$!
	until [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")" = 1 ]; do sleep 0.05; done
	echo 'COMMIT;' >&3
	exec 3>&-
	wait "$session"
	rm "$dir/session"
	wait "$one"
	status=$? out=$(cat "$dir/out")
}
record end 43 '2025-04-20 00:00:00' 10
run ingest
beside 'DROP TABLE step_2025_04, step_node_2025_04, verdict_2025_04, profile_2025_04, exported_2025_04' prune --before 2025-06-01
is "$status $(cat "$dir/err")" '0 ' 'a month that another prune has dropped is no failure'
is "$(parts step | grep -c 2025_04)" 0 'and is gone'
run check --all
record end 44 '2025-07-20 00:00:00' 10
run ingest
beside 'DELETE FROM waiting; DELETE FROM step WHERE job_id = 44' check --all
is "$status $(cat "$dir/err")" '0 ' 'nor are steps that go before they are judged'

# ---- figures are kept from readers in a part that comes later ----
admin "CREATE ROLE \"jo users\"" >/dev/null
echo 'Readers=jo users' >>"$dir/conf"
run ingest
record end 50 '2024-02-29 00:00:00' 10
run ingest
sql 'ANALYZE'
is "$(sql "SELECT count(*) FROM pg_stats WHERE tablename IN ('step', 'step_2024_02') AND attname IN ('attrs', 'job_name', 'comment')")" 0 \
	'the planner learns no texts of a month that is made after readers were let in'
is "$(sql "SELECT count(*) > 0 FROM pg_stats WHERE tablename = 'step_2024_02' AND attname = 'wall_us'")" t 'but the rest'
is "$(sql "SELECT count(*) FROM pg_class WHERE relispartition AND relacl IS NOT NULL")" 0 'and nobody is granted it'
policies=$(sql "SELECT md5(string_agg(oid::text, ',' ORDER BY oid)) FROM pg_policy")
run ingest
is "$(sql "SELECT md5(string_agg(oid::text, ',' ORDER BY oid)) FROM pg_policy")" "$policies" 'so readers need not be let in anew'
sed -i '/^Readers=/d' "$dir/conf"
run ingest
admin "DROP ROLE \"jo users\""

# ---- there and back ----
run database --copy "$db" "$dir/file"
is "$status" 0 'months go into a file'
run database --copy "$dir/file" "$(db_at again)"
is "$status" 0 'and into another server'
run database --copy "$(db_at again)" "$dir/file2"
is "$(sqlite3 "$dir/file" .dump | cksum)" "$(sqlite3 "$dir/file2" .dump | cksum)" 'with the same rows'
months="SELECT string_agg(DISTINCT regexp_replace(tableoid::regclass::text, '_0_[0-9]+$', '_0'), ' ') FROM step"
is "$(sql -d again "$months")" "$(sql "$months")" 'in the same months'
plan
