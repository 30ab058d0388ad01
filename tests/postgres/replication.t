#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What doctor says of the servers behind a database's name: which of them answer, which takes changes,
# and how those do that follow it.
JO_ENGINE=postgresql
# shellcheck source=tests/postgres/site.sh
. "$(dirname "$0")/site.sh"
standby=$(mktemp -d /tmp/jo-pg.XXXXXX) || exit 1
as=
if [ "$(id -u)" = 0 ]; then
	as='setpriv --reuid=65534 --regid=65534 --clear-groups'
	chown 65534:65534 "$standby"
fi
chmod 755 "$standby"
# shellcheck disable=SC2086 # a list of words
on_standby() { # on_standby PROGRAM [ARGUMENT...]
	program=$1
	shift
	(cd "$standby" && $as "$JO_POSTGRES/$program" -D "$standby/data" "$@")
}
stop_standby() { on_standby pg_ctl -m immediate -w -t 60 stop >/dev/null 2>&1 || :; }
trap 'stop_standby; rm -rf "$dir" "$standby"; drop_dbs' EXIT
doctor() {
	run doctor database
	# What is told of every server of a test, which need not outlive the machine.
	out=$(printf '%s\n' "$out" | grep -vE 'without fsync|^ok +config|[0-9] steps? in ')
}

run ingest
doctor
is "$out" '' 'of one server that nobody follows there is nothing to say'

# ---- a standby ----
on_standby pg_basebackup -c fast -h "$PGHOST" -U joboutliers -R --no-sync >"$dir/backup" 2>&1 ||
	{ echo "Bail out! $(cat "$dir/backup")"; exit 1; }
start_standby() {
	on_standby pg_ctl -w -l "$standby/log" -o "-F -c listen_addresses= -c unix_socket_directories=$standby -c cluster_name=second" start >/dev/null
}
start_standby
until_so "SELECT count(*) = 1 FROM pg_stat_replication WHERE state = 'streaming'"
admin 'SELECT pg_switch_wal()' >/dev/null
until_so 'SELECT bool_and(replay_lsn = pg_current_wal_lsn()) FROM pg_stat_replication'
doctor
is "$out" "ok   database  $(db_at db): standby second: streaming, async, 0 B behind" 'the one that follows is told of'
admin 'CREATE ROLE jo_weak LOGIN'
admin "ALTER DATABASE \"$name\" OWNER TO jo_weak"
sql 'REASSIGN OWNED BY CURRENT_USER TO jo_weak' 2>/dev/null ||
	for table in $(sql "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"); do
		sql "ALTER TABLE \"$table\" OWNER TO jo_weak"
	done
conf "$(db_at db)&user=jo_weak"
doctor
is "$out" "warn database  $(db_at db)&user=jo_weak: 1 standby is attached; how far behind shows to members of pg_monitor alone: GRANT pg_monitor TO jo_weak" \
	'who may not see how it does is told what it takes'
admin 'GRANT pg_monitor TO jo_weak'
doctor
is "$out" "ok   database  $(db_at db)&user=jo_weak: standby second: streaming, async, 0 B behind" 'and sees it then'

# ---- several hosts ----
both="postgresql:///$name?host=$PGHOST,$standby&target_session_attrs=read-write"
conf "$both"
doctor
is "$out" "warn database  $both: several hosts are named, but no standby is synchronous: a failover loses what was committed last, and its records are out of the spool by then; set synchronous_standby_names
ok   database  $both: host $PGHOST takes changes
ok   database  $both: host $standby is a standby, which has 0 B left to replay
ok   database  $both: standby second: streaming, async, 0 B behind" 'each host is asked'
conf "postgresql:///$name?host=$standby"
doctor
is "$(printf '%s\n' "$out" | grep -c 'this server is a standby, which only reads')" 1 'a standby alone is told'
admin "ALTER DATABASE \"$name\" SET default_transaction_isolation = serializable"
admin 'SELECT pg_switch_wal()' >/dev/null
until_so 'SELECT bool_and(replay_lsn = pg_current_wal_lsn()) FROM pg_stat_replication'
run list -a -P -S 2020-01-01
is "$status $(cat "$dir/err")" '0 ' 'a standby is read also where the default is what it refuses'
run doctor database
has "this server is a standby, which only reads" 'and is told'
conf "$both"
doctor
has "host $standby is a standby, which has 0 B left to replay" 'as one of several, too'
admin "ALTER DATABASE \"$name\" RESET default_transaction_isolation"
stop_standby
until_so 'SELECT count(*) = 0 FROM pg_stat_replication'
conf "$both"
doctor
is "$(printf '%s\n' "$out" | sed "s|$both|DB|; s|: connection to server on socket \"$standby.*|: no answer|")" "ok   database  DB: host $PGHOST takes changes
warn database  database DB: no answer
warn database  DB: one of its 2 hosts is left: when that ends, nothing goes on
warn database  DB: no standby follows the server: what it has is there once" 'one that is down is named, and what that means'
start_standby
until_so "SELECT count(*) = 1 FROM pg_stat_replication WHERE state = 'streaming'"
on_standby pg_ctl -w promote >/dev/null
doctor
has "host $standby takes changes" 'one that was promoted'
has "FAIL database  $both: 2 of its hosts take changes, each for itself: end all but the right one before anything else is written" 'beside one that was not ended'
is "$status" 1 'is a failure'

# ---- a host that answers, and has no such database ----
admin "CREATE DATABASE \"${server_name}_lone\""
lone="postgresql:///${server_name}_lone?host=$standby,$PGHOST&target_session_attrs=read-write"
conf "$lone"
run ingest
is "$status $(wc -l <"$dir/err")" '1 1' 'a host that answers and lacks the database is a failure, in one line'
grep -qF "$standby/.s.PGSQL" "$dir/err" && grep -qF "database \"${server_name}_lone\" does not exist" "$dir/err"
ok $? "which says what, and which host: $(sed 's/.*read-write: //' "$dir/err")"
grep -qF 'does not exist; no other host is asked' "$dir/err"
ok $? 'and that nobody chose another'
doctor
is "$status $(printf '%s\n' "$out" | grep -c "^FAIL .*$standby/.s.PGSQL.*does not exist")" '1 1' 'doctor says so'
is "$(printf '%s\n' "$out" | grep -c "^warn .*$standby/.s.PGSQL.*does not exist")" 1 'of that host'
has "host $PGHOST takes changes" 'and how the other one does'
conf "postgresql:///${server_name}_lone?host=/nonexistent,$standby,$PGHOST"
run ingest
grep -qF "$standby/.s.PGSQL" "$dir/err" && grep -qF "does not exist" "$dir/err"
ok $? "behind one that is down, too: $(sed 's/.*_lone?//' "$dir/err")"
plan
