#!/bin/sh
# What a PostgreSQL server can do to a command: one clear line and a status, nothing lost, nothing
# twice.
JO_ENGINE=postgresql
# shellcheck source=tests/postgres/site.sh
. "$(dirname "$0")/site.sh"
db=$(db_at db)

# ---- names ----
cp "$dir/conf" "$dir/good"
for secret in 'postgresql://jo:geheim@localhost/db' 'host=localhost dbname=db password=geheim' \
	'postgresql://localhost/db?sslpassword=geheim' 'postgresql://jo:geheim@localhost/db?colour=1' \
	'postgresql://jo:gehe%im@localhost/db' 'host=localhost password=geheim colour=1'; do
	conf "$secret"
	run list
	is "$status $(grep -c geheim "$dir/err") $(grep -c 'does not belong into the configuration; ~/.pgpass or a service file has it' "$dir/err")" \
		'1 0 1' 'a password is refused, and not repeated'
done
conf 'postgresql://localhost/db?colour=red'
refuses 1 'invalid URI query parameter: "colour"' list
conf "postgresql:///db?host=$dir"
refuses 1 "$dir/.s.PGSQL.5432" list
conf "host=$PGHOST dbname=nothing_here"
refuses 1 'database "nothing_here" does not exist' list
run doctor database
has "'sjoboutliers database --create' makes it" 'doctor says what makes it'
cp "$dir/good" "$dir/conf"

# ---- a database that is not ours, or not yet ----
refuses 1 "$db: there is no database yet; 'sjoboutliers ingest' makes it" list
run doctor database
has "warn database  $db: has no tables yet; the first ingest makes them, or 'sjoboutliers database --create'" 'doctor knows'
conf "$(db_at foreign)"
sql -d foreign 'CREATE TABLE t (x int)'
put 1
keeps 1 'belongs to another program' "another program's"
cp "$dir/good" "$dir/conf"
run ingest
is "$out" 'ingest: 1 record: 1 new, 0 changed, 0 known, 0 skipped, 0 bad' 'tables are made'
sql "UPDATE joboutliers SET value = '1000' WHERE key = 'schema'"
put 2
keeps 1 'made by a newer version of this program' 'of a newer version'
mkdir "$dir/nothing"
printf 'Database=%s\nSpool=%s\n' "$dir/model" "$dir/nothing" >"$dir/model.conf"
"$sjob" -c "$dir/model.conf" ingest >/dev/null
sql "UPDATE joboutliers SET value = '$(sqlite3 "$dir/model" 'PRAGMA user_version')' WHERE key = 'schema'"

# ---- the schema is that of SQLite ----
# But for the parts of tables, which have the same as the whole.
parts=$(sql "SELECT string_agg(quote_literal(relname), ', ') FROM pg_class WHERE relispartition")
sqlite3 "$dir/model" "SELECT m.name || '.' || c.name || ' ' || CASE c.type WHEN 'INTEGER' THEN 'bigint' WHEN 'TEXT'
	THEN 'text' WHEN 'REAL' THEN 'double precision' ELSE 'bytea' END FROM sqlite_master AS m, pragma_table_info(m.name) AS c
	WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'" | sort >"$dir/want"
sql "SELECT table_name || '.' || column_name || ' ' || data_type FROM information_schema.columns
	WHERE table_schema = 'public' AND table_name NOT IN ('joboutliers', $parts)" | sort >"$dir/types"
sed 's/ \(smallint\|integer\)$/ bigint/' "$dir/types" >"$dir/got"
is "$(diff "$dir/want" "$dir/got")" '' 'tables, columns and types are those of SQLite'
is "$(grep -c '^step\..* smallint$' "$dir/types") $(grep -c '^step\..* integer$' "$dir/types")" '7 12' \
	'but for what is narrower'
sqlite3 "$dir/model" "SELECT m.name || '.' || c.name || ' ' || (c.\"notnull\" OR c.pk) || ' ' || c.pk FROM sqlite_master AS m,
	pragma_table_info(m.name) AS c WHERE m.name IN ('step', 'step_node', 'verdict')" | sort >"$dir/want"
sql "SELECT c.relname || '.' || attname || ' ' || CAST(attnotnull AS int) || ' ' || coalesce(array_position(indkey, attnum) + 1, 0)
	FROM pg_attribute JOIN pg_class AS c ON c.oid = attrelid JOIN pg_index ON indrelid = attrelid AND indisprimary
	WHERE c.relname IN ('step', 'step_node', 'verdict') AND attnum > 0" | sort >"$dir/got"
is "$(diff "$dir/want" "$dir/got")" '' 'with the same keys, and what is never NULL'
[ "$(wc -l <"$dir/want")" -gt 100 ]
ok $? 'all of them'
is "$(sql "SELECT indexname FROM pg_indexes WHERE schemaname = 'public' AND indexname !~ '_(pkey|key)$'
	AND tablename NOT IN ($parts)" | sort)" \
	"$(sqlite3 "$dir/model" "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND name NOT LIKE '%_key'" | sort)" \
	'so are the indexes'

# ---- a record may bring any number ----
mkdir -p "$spool/n1/new"
printf '{"v":1,"kind":"end","cluster":"c1","node":"n1","job_id":%s,"step_id":%s,"step_kind":"srun","restart_count":%s,"array_task_id":%s,"node_index":%s,"node_count":%s,"uid":0,"class_is_declared":%s,"task_count":%s,"start_unix_us":1772366400000000,"wall_us":60000000,"exit_status":%s,"term_signal":%s}\n' \
	4611686018427387903 4611686018427387902 4611686018427387901 4611686018427387900 4611686018427387899 \
	4611686018427387898 4611686018427387897 4611686018427387896 4611686018427387895 4611686018427387894 >"$spool/n1/new/large.0"
run ingest
is "$out" 'ingest: 2 records: 2 new, 0 changed, 0 known, 0 skipped, 0 bad' 'also the largest ones'
is "$(sql 'SELECT restart_count, array_task_id, node_index, node_count, class_is_declared, exit_status FROM step WHERE job_id = 4611686018427387903')" \
	'4611686018427387901|4611686018427387900|4611686018427387899|4611686018427387898|0|4611686018427387895' 'which are kept'
sql 'DELETE FROM step WHERE job_id = 4611686018427387903'

# ---- what a server says no to ----
admin "ALTER DATABASE \"$name\" SET default_transaction_read_only = on"
put 3 4
keeps 1 'this server only reads, as a standby does' 'read-only'
run list -n -P -S 2026-01-01 -o job
is "$(echo "$out" | sort | tr '\n' ' ')" '1.0 2.0 ' 'which can be read'
admin "ALTER DATABASE \"$name\" RESET default_transaction_read_only"
admin "CREATE ROLE jo_reader LOGIN"
sql "GRANT SELECT ON ALL TABLES IN SCHEMA public TO jo_reader"
conf "$db&user=jo_reader"
run list -a -n -P -S 2026-01-01 -o job
is "$(echo "$out" | sort | tr '\n' ' ')" '1.0 2.0 ' 'a role that may read reads'
keeps 1 'role jo_reader may not change it' 'but does not write'
run doctor database
has 'the role may not write all tables: it is to own them' 'of which doctor tells'
sql "DROP OWNED BY jo_reader"
admin "DROP ROLE jo_reader"
cp "$dir/good" "$dir/conf"
admin "ALTER DATABASE \"$name\" SET statement_timeout = 1"
# One millisecond is enough for some statements, but for none that waits.
PGOPTIONS='-c statement_timeout=0' psql -qAtX -d "$name" -c \
	'BEGIN; LOCK TABLE step IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(600)' >/dev/null 2>&1 &
holder=$!
until_so "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = '$name' AND query LIKE '%pg_sleep(600)' AND wait_event = 'PgSleep'"
keeps 1 'the server ended a statement that took too long: raise statement_timeout for this role' 'a statement that takes too long'
admin "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '$name'" >/dev/null
wait "$holder"
admin "ALTER DATABASE \"$name\" RESET statement_timeout"
admin "ALTER DATABASE \"$name\" CONNECTION LIMIT 0"
admin "CREATE ROLE jo_writer LOGIN"
conf "$db&user=jo_writer"
keeps 1 "too many connections for database \"$name\"" 'too many connections'
cp "$dir/good" "$dir/conf"
admin "ALTER DATABASE \"$name\" CONNECTION LIMIT -1"
admin "DROP ROLE jo_writer"

# ---- others at work ----
hold 'SELECT pg_advisory_lock(1784768111, 1)'
keeps 4 "$db: another ingest is at work" 'another ingest'
let_go
hold 'BEGIN; SELECT pg_advisory_xact_lock(1784768111, 0)'
keeps 4 'locked by another program; try again when it has ended' 'another writer, for longer than anybody waits'
run list -n -P -S 2026-01-01 -o job
is "$(echo "$out" | sort | tr '\n' ' ')" '1.0 2.0 ' 'which readers do not wait for'
let_go
run ingest
is "$out" 'ingest: 2 records: 2 new, 0 changed, 0 known, 0 skipped, 0 bad' 'all of it waited'

# ---- a connection that ends in the middle ----
end_while() { # end_while WHAT: ingest, whose connection is ended while it does so, which another's lock makes it wait in
	until_so "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = '$name' AND wait_event = 'PgSleep'"
	"$sjob" -c "$dir/conf" ingest >"$dir/out" 2>"$dir/err" &
	writer=$!
	until_so "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = '$name' AND wait_event_type = 'Lock' AND query LIKE '$1%'"
	ok $? "it waits in $1"
	admin "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '$name' AND wait_event_type = 'Lock'" >/dev/null
	let_go
	wait "$writer"
	is "$?" 1 'a connection that is lost is a failure'
	is "$(wc -l <"$dir/err")" 1 "in one line: $(cat "$dir/err")"
	is "$(steps) $(waiting)" '4|4 300' 'nothing was done by halves'
}
# shellcheck disable=SC2046 # numbers
put $(seq 101 400)
hold 'BEGIN; LOCK TABLE step_group IN ACCESS EXCLUSIVE MODE'
end_while 'SELECT id FROM step_group'
# Others read; nobody adds.
hold 'BEGIN; LOCK TABLE step IN SHARE MODE'
end_while 'COPY step'
run ingest
is "$out $(steps)" 'ingest: 300 records: 300 new, 0 changed, 0 known, 0 skipped, 0 bad 304|304' 'and all of it the next time'

# A commit that waits for a standby that is not there is done, but nobody was told.
admin "ALTER SYSTEM SET synchronous_standby_names = 'nobody'"
admin 'SELECT pg_reload_conf()' >/dev/null
# shellcheck disable=SC2046 # numbers
put $(seq 501 600)
"$sjob" -c "$dir/conf" ingest >"$dir/out" 2>"$dir/err" &
writer=$!
until_so "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = '$name' AND wait_event = 'SyncRep'"
ok $? 'a commit waits for a standby'
admin "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '$name' AND wait_event = 'SyncRep'" >/dev/null
wait "$writer"
is "$? $(wc -l <"$dir/err")" '1 1' 'a connection that is lost in a commit is a failure, in one line'
grep -qF 'the connection was lost at the end of a change, which may be there or not; run it again, it is not done twice' "$dir/err"
ok $? "which tells what to do: $(cat "$dir/err")"
is "$(waiting)" 100 'nothing leaves the spool'
PGOPTIONS='-c synchronous_commit=local' psql -qAtX -d postgres -c 'ALTER SYSTEM RESET synchronous_standby_names'
admin 'SELECT pg_reload_conf()' >/dev/null
run ingest
is "$out $(steps) $(waiting)" 'ingest: 100 records: 0 new, 0 changed, 100 known, 0 skipped, 0 bad 404|404 0' \
	'and nothing is done twice'

# As verdicts are written.
hold 'BEGIN; LOCK TABLE verdict IN SHARE MODE'
"$sjob" -c "$dir/conf" check >"$dir/out" 2>"$dir/err" &
writer=$!
until_so "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = '$name' AND wait_event_type = 'Lock' AND query LIKE 'DELETE FROM verdict%'"
ok $? 'check waits with its verdicts'
admin "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '$name' AND query LIKE 'DELETE FROM verdict%'" >/dev/null
let_go
wait "$writer"
is "$? $(wc -l <"$dir/err")" '1 1' "its connection is lost, which is a failure, in one line: $(cat "$dir/err")"
is "$(sql 'SELECT count(*) FROM verdict')" 0 'no verdict is there by halves'
run check
is "$status $(sql 'SELECT count(*), count(DISTINCT step) FROM verdict') $(sql 'SELECT count(*) FROM waiting')" \
	'0 404|404 0' 'and each the next time'

# ---- long lists are read row by row ----
awk 'BEGIN {
	print "job,start,wall_s,user,class"
	for (i = 0; i < 3000; i++)
		printf "%d,%d,%d,root,sort\n", 10000 + i, 1772000000 + i, 60
}' >"$dir/many.csv"
run import --csv "$dir/many.csv"
run list -a -n -P -S 2026-01-01 -o job
is "$(printf '%s\n' "$out" | sort -u | wc -l)" 3404 'all rows come'
"$sjob" -c "$dir/conf" list -a -n -P -S 2026-01-01 -o job 2>"$dir/err" | head -1 >"$dir/first"
is "$(wc -l <"$dir/first")" 1 'also where nobody reads more than the first'
run doctor --full database
has "3404 steps in " 'doctor counts them'
has ", whole" 'and has read all of it'
plan
