#!/bin/sh
# What those who look after a PostgreSQL server can do to a command: its encoding, schemas and
# patience, a server that is started anew, a disk that is full: one clear line and a status, nothing
# lost, nothing twice.
JO_ENGINE=postgresql
# With mounts of its own, where it may have them, a disk can be full.
within=
[ "$(id -u)" != 0 ] || ! unshare -m true 2>/dev/null || within='unshare -m'
# shellcheck source=tests/postgres/site.sh
. "$(dirname "$0")/site.sh"
full=
trap 'drop_dbs; [ -z "$full" ] || umount -l "$full"; rm -rf "$dir"' EXIT
as=
[ "$(id -u)" != 0 ] || as='setpriv --reuid=65534 --regid=65534 --clear-groups'

cp "$dir/conf" "$dir/good"

# ---- a database that does not do ----
put 1 2
admin "CREATE DATABASE \"${server_name}_latin\" ENCODING latin1 TEMPLATE template0"
conf "postgresql:///${server_name}_latin?host=$PGHOST"
keeps 1 'its encoding is LATIN1, which does not hold every name: createdb -E UTF8 -T template0 makes one that does' \
	'an encoding that lacks names'
admin "CREATE ROLE jo_writer LOGIN"
conf "$(db_at closed)&user=jo_writer"
keeps 1 'the role has no right to that' 'a role that may not make tables'
run doctor database
has 'the role may not make tables in its schema: GRANT CREATE' 'of which doctor tells'
admin "DROP ROLE jo_writer"
cp "$dir/good" "$dir/conf"
run ingest

# ---- a server that is gone without a word ----
# Nobody is at this port: what is asked of the kernel is asked before that shows.
if strace -o "$dir/trace" true 2>/dev/null; then
	conf 'postgresql://127.0.0.1:1/jo?keepalives_count=3'
	traced -f -e trace=setsockopt -o "$dir/trace" "$sjob" -c "$dir/conf" list >/dev/null 2>&1
	is "$(sed -n 's/.*TCP_\([A-Z_]*\), \[\([0-9]*\)\].*/\1=\2/p' "$dir/trace" | grep -v NODELAY | sort -u | tr '\n' ' ')" \
		'KEEPCNT=3 KEEPIDLE=60 KEEPINTVL=10 USER_TIMEOUT=120000 ' 'is given up in two minutes, or as the name says'
	cp "$dir/good" "$dir/conf"
fi

# ---- a schema of others in front of ours ----
sql 'CREATE SCHEMA foreign_one; CREATE TABLE foreign_one.step (x int); CREATE TABLE foreign_one.setting (x int)'
admin "ALTER DATABASE \"$name\" SET search_path = foreign_one, public"
run list -a -n -P -S 2026-01-01 -o job
is "$(echo "$out" | sort | tr '\n' ' ')" '1.0 2.0 ' 'tables of our names in front of ours are not read'
run doctor database
has '2 steps in 1 group' 'nor looked after'
put 2 3 4
run ingest
is "$out $(sql 'SELECT count(*) FROM foreign_one.step')" \
	'ingest: 3 records: 2 new, 0 changed, 1 known, 0 skipped, 0 bad 0' 'nor written'
admin "ALTER DATABASE \"$name\" RESET search_path"
sql 'DROP SCHEMA foreign_one CASCADE' 2>/dev/null

# ---- a schema whose name is to be quoted, and one that is closed ----
conf "$(db_at quoted)"
sql -d quoted 'CREATE SCHEMA "Job-Outliers"'
admin "ALTER DATABASE \"${server_name}_quoted\" SET search_path = \"Job-Outliers\""
put 7
run ingest
is "$out $(sql -d quoted 'SELECT count(*) FROM "Job-Outliers".step_2026_03')" \
	'ingest: 1 record: 1 new, 0 changed, 0 known, 0 skipped, 0 bad 1' 'any name does for a schema'
run doctor database
has '1 step in 1 group' 'in which doctor looks'
admin 'CREATE ROLE jo_owner LOGIN'
conf "$(db_at owned)&user=jo_owner"
sql -d owned 'CREATE SCHEMA AUTHORIZATION jo_owner'
run ingest
run doctor database
is "$(printf '%s\n' "$out" | grep -c 'GRANT CREATE')" 0 'whose role may make tables'
sql -d owned 'ALTER SCHEMA jo_owner OWNER TO CURRENT_USER; GRANT USAGE ON SCHEMA jo_owner TO jo_owner'
run doctor database
has 'the role may make no more tables in its schema, as the first step of each month needs: GRANT CREATE' 'or is told before there is a new month'
put 8
keeps 1 "make a month's tables: the role has no right to that" 'in which ingest makes none'
rm -rf "$spool/n1"
admin "DROP DATABASE \"${server_name}_owned\""
admin 'DROP ROLE jo_owner'
cp "$dir/good" "$dir/conf"

# ---- a role that has few connections ----
admin "CREATE ROLE jo_few LOGIN CONNECTION LIMIT 1"
few=$(db_at few)
admin "ALTER DATABASE \"${server_name}_few\" OWNER TO jo_few"
conf "$few&user=jo_few"
awk 'BEGIN {
	print "job,start,wall_s,user,class"
	for (i = 0; i < 100; i++)
		printf "%d,%d,%d,root,sort%d\n", 100 + i, 1771718400 + i * 1800, 60 + i % 7, i % 5
}' >"$dir/few.csv"
run import --csv "$dir/few.csv"
is "$status" 0 "one connection does to write: $(cat "$dir/err")"
if strace -o "$dir/trace" true 2>/dev/null; then
	traced -f -e trace=connect -o "$dir/trace" "$sjob" -c "$dir/conf" check --all >"$dir/out" 2>&1
	is "$? $(grep -c 'check: 100 steps' "$dir/out") $(grep -c 'sun_path=.*PGSQL' "$dir/trace")" '0 1 2' \
		'and to judge, and the server is asked for more of them once'
fi
run database --migrate
is "$status" 0 "and to bring it up to date: $(cat "$dir/err")"
admin "ALTER ROLE jo_few CONNECTION LIMIT 2"
run database --copy "$few&user=jo_few" "$dir/few.db"
is "$status" 0 "two do to copy it: $(cat "$dir/err")"
cp "$dir/good" "$dir/conf"
admin "DROP DATABASE \"${server_name}_few\"" -c 'DROP ROLE jo_few'

# ---- between two statements of a change ----
rows() { # rows FIRST COUNT
	awk -v first="$1" -v count="$2" 'BEGIN {
		print "job,start,wall_s,user,class"
		for (i = 0; i < count; i++)
			printf "%d,%d,60,root,sort\n", first + i, 1772000000 + i
	}'
}
rows 500 3000 >"$dir/rows.csv"
mkfifo "$dir/slow.csv"
pause() { # pause SETTING...: an import that waits for further rows in its transaction; $writer
	PGOPTIONS="$*" "$sjob" -c "$dir/conf" import --csv "$dir/slow.csv" >"$dir/out" 2>"$dir/err" &
	writer=$!
	exec 7>"$dir/slow.csv"
	cat "$dir/rows.csv" >&7
	until_so "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = '$name' AND state LIKE 'idle in transaction%'"
}
goes_on() { # goes_on TEXT NAME: it sees what became of its change, and nothing of that is there
	exec 7>&-
	wait "$writer"
	is "$? $(grep -vc ^import: "$dir/err")" '1 1' "$2: fails in one line"
	grep -qF -e "$1" "$dir/err"
	ok $? "which says: $1 ($(cat "$dir/err"))"
	is "$(sql 'SELECT count(*) FROM step WHERE job_id >= 500')" 0 'and nothing of the change is there'
}
server() { # server MODE: ended in this way, and started anew
	# shellcheck disable=SC2086 # a list of words
	(cd "$PGHOST" && $as "$JO_POSTGRES/pg_ctl" -D "$PGHOST/data" -m "$1" -w restart >/dev/null) 7>&-
}
pause -c idle_in_transaction_session_timeout=10s
until_so "SELECT count(*) = 0 FROM pg_stat_activity WHERE datname = '$name' AND state LIKE 'idle in transaction%'"
goes_on 'the server ended a transaction that waited too long: raise idle_in_transaction_session_timeout' \
	'a transaction that the server has no patience with'
pause
server fast
goes_on 'the server has ended the connection, or is starting; try again' 'a server that is started anew'
pause
server immediate
goes_on 'the connection to the server was lost; run it again' 'a server that ends in haste'
run import --csv "$dir/rows.csv"
has 'import: 3000 rows: 3000 new, 0 changed, 0 known, 0 skipped, 0 bad' 'the next time all of it goes in'
sql 'DELETE FROM step WHERE job_id >= 500'
# A night's session does nothing but hold its lock.
put 401
hold 'BEGIN; LOCK TABLE step_group IN ACCESS EXCLUSIVE MODE'
PGOPTIONS='-c idle_session_timeout=10s' "$sjob" -c "$dir/conf" nightly >"$dir/out" 2>"$dir/err" &
writer=$!
until_so "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = '$name' AND wait_event_type = 'Lock'"
kill -STOP "$writer"
let_go
until_so "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = '$name'
	AND application_name = 'sjoboutliers' AND state = 'idle' AND now() - state_change > '12s'"
ok $? 'a session that only holds a lock is not ended for being idle'
kill -CONT "$writer"
wait "$writer"
is "$? $(grep '^ingest' "$dir/out")" '0 ingest    1 record: 1 new, 0 changed, 0 known, 0 skipped, 0 bad' 'and the night goes on'
sql 'DELETE FROM step WHERE job_id > 400'

# ---- a disk that is full ----
if [ -n "$within" ]; then
	full=$PGHOST/full
	mkdir "$full"
	mount -t tmpfs -o size=14m tmpfs "$full"
	chown 65534:65534 "$full"
	chmod 700 "$full"
	admin "CREATE TABLESPACE small LOCATION '$full'"
	conf "$(db_at small)"
	admin "ALTER DATABASE \"${server_name}_small\" SET TABLESPACE small"
	for folder in $(seq 25); do
		seq "$((folder * 1000))" "$((folder * 1000 + 999))" | sed 's/.*/{"v":1,"kind":"end","cluster":"c1","node":"n1","job_id":&,"step_id":0,"step_kind":"srun","node_index":0,"node_count":1,"uid":0,"partition":"main","job_name":"align","start_unix_us":1772366400000000,"wall_us":60000000,"exit_status":0,"term_signal":0}/' |
			split -l 100 - "$spool/n1/new/full.$folder."
	done
	run ingest
	is "$status $(grep -c "no space left on the server's disk" "$dir/err")" '1 1' 'a disk that is full is a failure'
	# A file stays whole when the last of its records did not get there.
	[ "$(($(sql -d small 'SELECT count(*) FROM step') + 100 * $(waiting)))" -ge 25000 ]
	ok $? 'what is not in the database stays in the spool'
	mount -o remount,size=500m "$full"
	run ingest
	is "$status $(sql -d small 'SELECT count(*), count(DISTINCT job_id) FROM step') $(waiting)" '0 25000|25000 0' \
		'with room on it all is there once'
	cp "$dir/good" "$dir/conf"
fi

plan
