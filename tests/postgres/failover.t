#!/bin/sh
# Two servers with streaming replication, the first of which is killed while ingest, check and mail
# work: the other one is promoted, and after the next run all is there once, as if nothing had been.
here=$(cd "$(dirname "$0")" && pwd)
if [ -z "${JO_PAIR-}" ]; then
	if ! command -v psql >/dev/null || ! "$here/pair" true 2>/dev/null; then
		echo '1..0 # SKIP no PostgreSQL here that can be started'
		exit 0
	fi
	/usr/bin/python3 -c 'import aiosmtpd' 2>/dev/null || {
		echo '1..0 # SKIP python3-aiosmtpd is missing'
		exit 0
	}
	exec "$here/pair" "$here/failover.t"
fi
JO_ENGINE=postgresql
# shellcheck source=tests/cli/lib.sh
. "$here/../cli/lib.sh"
export SJOBOUTLIERS_NOW=2026-03-03T06:00:00
db="$(db_at db)&target_session_attrs=read-write"
name=${server_name}_db
spool=$dir/spool
box=$dir/box
smtpd=
trap '[ -z "$smtpd" ] || kill "$smtpd"; rm -rf "$dir"; drop_dbs' EXIT
primary=a standby=b

admin() { psql -qAtX -d postgres -c "$@"; }
until_there() { # until_there COMMAND...: wait until it succeeds
	for _ in $(seq 2400); do
		"$@" && return 0
		sleep 0.05
	done
	echo "Bail out! in vain: $*"
	exit 1
}
says_so() { [ "$("$@" 2>/dev/null)" = t ]; }
until_true() { until_there says_so "$@"; } # until_true COMMAND...: wait until it says t
until_so() { until_true admin "$1"; }      # until_so SQL: on the primary

# ---- the pair ----

at() { # at SERVER SQL: of the one that is meant
	PGTARGETSESSIONATTRS=any psql -h "$JO_PAIR/$1" -qAtX -d postgres -c "$2"
}
setting() { # setting SERVER NAME VALUE
	at "$1" "ALTER SYSTEM SET $2 = '$3'"
	at "$1" 'SELECT pg_reload_conf()' >/dev/null
	until_true at "$1" "SELECT current_setting('$2') = '$3'"
}
synchronous() { setting "$primary" synchronous_standby_names "$1"; }
fail_over() { # the primary is gone, the standby takes its place, and waits for none
	"$here/pair" -k "$primary"
	set -- "$primary"
	primary=$standby standby=$1
	"$here/pair" -p "$primary"
	synchronous ''
}
join() { # and is given a standby of its own
	"$here/pair" -r "$standby"
	synchronous '*'
}
detach() { # the standby gets nothing any more, as on a line that is slow
	setting "$standby" primary_conninfo ''
	until_so 'SELECT count(*) = 0 FROM pg_stat_replication'
}
working() { # working CONDITION: until a session of the command is so
	until_so "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = '$name'
		AND application_name = 'sjoboutliers' AND $1"
}

# ---- the site ----

put_spool() { # of each of three users forty-one normal jobs, and one that is slow
	mkdir -p "$dir/kept/n1/new" "$dir/kept/n1/tmp"
	awk -v folder="$dir/kept/n1/new" 'BEGIN {
		job = 100
		split("root daemon bin", users, " ")
		for (u = 1; u <= 3; u++)
			for (i = 0; i < 42; i++) {
				gib = i < 41 ? 10 * (1 + i % 4) : 40
				start = i < 41 ? 1772323200 + 1800 * i : 1772445600
				wall = i < 41 ? gib * 120 * (1 + 0.01 * (i * 7 % 11 - 5)) : 13100
				file = folder "/" job ".0"
				printf "{\"v\":1,\"kind\":\"end\",\"cluster\":\"hpc\",\"node\":\"n1\",\"job_id\":%d,\"step_id\":0,\"step_kind\":\"srun\",\"node_index\":0,\"node_count\":1,\"user\":\"%s\",\"uid\":%d,\"partition\":\"bio\",\"class_name\":\"filter\",\"class_is_declared\":1,\"input_bytes\":%.0f,\"start_unix_us\":%d000000,\"wall_us\":%.0f,\"exit_status\":0,\"term_signal\":0}\n",
					job++, users[u], u - 1, gib * 2 ^ 30, start, wall * 1e6 >file
				close(file)
			}
	}'
}
base_of() { # base_of COMMAND: keep the database as it is before the command
	mkdir -p "$spool/n1/new" "$spool/n1/tmp"
	if [ "$1" = ingest ]; then
		# The tables are there, and the month's: what is sent to a standby that does not read fits into a socket.
		cp "$dir/kept/n1/new/100.0" "$spool/n1/new"
		works ingest
		psql -qAtX -d "$name" -c 'DELETE FROM step; DELETE FROM waiting'
	fi
	copy_db db "$1"
}
fresh() { # fresh COMMAND: the site as it is before the command
	rm -rf "$spool" "$box"/*.eml "$box"/*.json "$box/faults" "$box/log"
	mkdir -m 750 "$spool"
	[ "$1" != ingest ] || cp -r "$dir/kept/n1" "$spool"
	copy_db "$1" db
	# Who asks a standby first goes on to the next host where it is one, but not where it lacks a database.
	until_true at "$standby" "SELECT oid = $(admin "SELECT oid FROM pg_database WHERE datname = '$name'")
		FROM pg_database WHERE datname = '$name'"
}
state() { # what there is of it
	psql -qAtX -d "$name" -f "$here/../faults/state.sql" | sort
	find "$spool" -path '*/new/*' -type f | sed 's/^/file /'
	sed -n 's/^To:.*</To: </p' "$box"/*.eml 2>/dev/null | tr -d '\r' | sort | grep -v '<admin@'
}
waiting() { find "$spool" -path '*/new/*' -type f | wc -l; }
works() { # works COMMAND: undisturbed, to its end
	"$sjob" -c "$dir/conf" "$1" >"$dir/out" 2>"$dir/err"
}
begin() { # begin COMMAND: $work
	"$sjob" -c "$dir/conf" "$1" >"$dir/out" 2>"$dir/err" &
	work=$!
}
ends() { # ends NAME: it fails, and says so in one line
	wait "$work"
	is "$? $(grep -vc '^ingest:\|^check:\|^mail:' "$dir/err")" '1 1' "$1: fails in one line:$(sed 's/.*_attrs=read-write//' "$dir/err")"
}
whole() { # whole COMMAND: after one more run all is there once
	works "$1"
	is "$?" 0 "the next $1 goes on with the other server"
	state >"$dir/got"
	is "$(diff "$dir/want-$1" "$dir/got")" '' 'nothing is lost, and nothing there twice'
	join
}

mkdir "$box"
"$here/../smtp/smtpd.py" "$box" &
smtpd=$!
until_there test -e "$box/port"
cat >"$dir/conf" <<-END
	Database=$db
	Spool=$spool
	MailUsers=yes
	MailDomain=example.org
	AdminMail=admin@example.org
	MailTransport=smtp
	SmtpUrl=smtp://127.0.0.1:$(cat "$box/port")
	SmtpTls=none
END
put_spool
for command in ingest check mail; do
	base_of "$command"
	fresh "$command"
	works "$command"
	is "$?" 0 "undisturbed: $command"
	state >"$dir/want-$command"
done
is "$(grep -c '^step|' "$dir/want-ingest") $(grep -c '^verdict|' "$dir/want-check") $(grep -c '^To: ' "$dir/want-mail")" \
	'126 126 3' 'which take, judge and mail'

# ---- what doctor says of the pair ----

warns() { # warns TEXT: how many of doctor's lines have it
	"$sjob" -c "$dir/conf" doctor database 2>/dev/null | grep -cF -e "$1"
}
lossy='several hosts are named, but no standby is synchronous'
hung='no synchronous standby is there, and every change waits for one'
is "$(warns "$lossy") $(warns "$hung")" '1 0' 'doctor knows that what was committed last can be lost'
sed "s|^Database=.*|Database=postgresql:///$name?host=$JO_PAIR/a|" "$dir/conf" >"$dir/one.conf"
is "$("$sjob" -c "$dir/one.conf" doctor database 2>/dev/null | grep -cF -e "$lossy")" 0 \
	'which is no matter where one host is named'
synchronous '*'
is "$(warns "$lossy") $(warns "$hung")" '0 0' 'nor with a synchronous standby'

# ---- killed in the middle of a change, and between changes ----

killed_at() { # killed_at COMMAND LOCK: while it waits for what somebody else has
	fresh "$1"
	psql -qAtX -d "$name" -c "BEGIN; $2; SELECT pg_sleep(600)" >"$dir/held" 2>&1 &
	holder=$!
	until_so "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = '$name' AND wait_event = 'PgSleep'"
	begin "$1"
	working "wait_event_type = 'Lock'"
	fail_over
	ends "$1, killed at $2"
	wait "$holder"
	whole "$1"
}
lock_of() { echo "LOCK TABLE $1 IN ACCESS EXCLUSIVE MODE"; }
writer='SELECT pg_advisory_xact_lock(1784768111, 0)'
killed_at ingest "$writer"
killed_at ingest "$(lock_of step)"
killed_at check "$writer"
killed_at check "$(lock_of verdict)"
killed_at mail "$(lock_of finding)"
killed_at mail "$(lock_of message)"

# ---- at the end of a change: it happened, or not, and who asked for it does not know ----

# What its standby does not confirm is not known to be there.
killed_at_commit() { # killed_at_commit COMMAND ARRIVES
	fresh "$1"
	if [ "$2" = yes ]; then
		receiver=$(at "$standby" 'SELECT pid FROM pg_stat_wal_receiver')
		kill -STOP "$receiver"
	else
		detach
	fi
	begin "$1"
	working "wait_event = 'SyncRep'"
	if [ "$2" = yes ]; then
		"$here/pair" -k "$primary"
		kill -CONT "$receiver"
		# It is at the end of what had been sent when it sees that nobody sends any more.
		until_true at "$standby" "SELECT count(*) = 0 FROM pg_stat_wal_receiver WHERE pid = $receiver"
		set -- "$1" "$2" "$primary"
		primary=$standby standby=$3
		"$here/pair" -p "$primary"
		synchronous ''
	else
		fail_over
	fi
	ends "$1, killed at the end of a change that arrives: $2"
	[ "$1" != ingest ] || is "$(sql 'SELECT count(*) FROM step')" "$([ "$2" = yes ] && echo 126 || echo 0)" \
		'which is so'
	whole "$1"
}
for command in ingest check mail; do
	for arrives in yes no; do
		killed_at_commit "$command" "$arrives"
	done
done

# ---- a mail is on its way ----

fresh mail
echo 'end * wait' >"$box/faults"
begin mail
until_there grep -qs '^end' "$box/log"
fail_over
rm "$box/faults"
ends 'mail, killed between a mail and the mark that it is sent'
is "$(state | grep -c '^To: ')" 1 'a mail is out'
works mail
is "$?" 0 'the next mail goes on'
is "$(state | grep '^To: ' | sort -u)" "$(grep '^To: ' "$dir/want-mail")" 'everybody has theirs'
is "$(state | grep -c '^To: ') $(sql 'SELECT sum(uncertain_count) FROM message WHERE kind = 0')" '4 1' \
	'that one twice, as the database says that its fate was not known'
is "$(sed -n 's/^Message-I[dD]: *//p' "$box"/*.eml | sort | uniq -d | wc -l)" 1 'by one Message-ID'
join

fresh mail
echo 'rcpt * wait' >"$box/faults"
begin mail
until_there grep -qs '^rcpt' "$box/log"
fail_over
kill -9 "$work"
wait "$work" 2>/dev/null
rm "$box/faults"
whole mail

# ---- between two changes of a large spool ----

fresh ingest
awk -v folder="$spool/n1/new" 'BEGIN {
	for (i = 0; i < 72000; i++) {
		file = folder "/many." int(i / 40)
		if (i % 40 == 0 && i > 0)
			close(folder "/many." (int(i / 40) - 1))
		printf "{\"v\":1,\"kind\":\"end\",\"cluster\":\"hpc\",\"node\":\"n1\",\"job_id\":%d,\"step_id\":0,\"step_kind\":\"srun\",\"node_index\":0,\"node_count\":1,\"user\":\"root\",\"uid\":0,\"partition\":\"bio\",\"class_name\":\"sort\",\"class_is_declared\":1,\"start_unix_us\":1772323200000000,\"wall_us\":60000000,\"exit_status\":0,\"term_signal\":0}\n",
			1000 + i >file
	}
}'
begin ingest
until_true sql 'SELECT count(*) > 30000 FROM step'
fail_over
ends 'ingest, killed after its first change'
[ "$(sql 'SELECT count(*) FROM step')" -gt 30000 ]
ok $? 'the first change has arrived'
works ingest
is "$?" 0 'the next ingest takes the rest'
is "$(sql 'SELECT count(*), count(DISTINCT job_id) FROM step') $(waiting)" '72126|72126 0' \
	'all of them, once'
join

# ---- a standby that does not answer ----

fresh ingest
# Of which the server tells by a warning, whatever the role wants to hear.
admin "ALTER DATABASE \"$name\" SET client_min_messages = 'error'"
detach
is "$(warns "$hung")" 1 'doctor knows that every change would wait'
begin ingest
working "wait_event = 'SyncRep'"
admin "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'" >/dev/null
ends 'a wait that the server gives up'
grep -q 'a change is on this server, but no standby has confirmed it in time' "$dir/err"
ok $? 'says what is known'
is "$(sql 'SELECT count(*) FROM step') $(waiting)" '126 126' 'the records are there, and stay in the spool, too'
fail_over
is "$(sql 'SELECT count(*) FROM step')" 0 'and would have been lost'
whole ingest

# The server's default is for others, and ours is not weaker.
fresh ingest
admin "ALTER DATABASE \"$name\" SET synchronous_commit = 'local'"
detach
begin ingest
working "wait_event = 'SyncRep'"
ok $? 'a change waits for the standby where the default is not to'
"$here/pair" -k "$standby"
"$here/pair" -r "$standby"
wait "$work"
is "$? $(cat "$dir/out")" '0 ingest: 126 records: 126 new, 0 changed, 0 known, 0 skipped, 0 bad' \
	'and goes on by itself when there is one again'

# ---- without a synchronous standby ----

fresh ingest
synchronous ''
detach
works ingest
is "$? $(waiting)" '0 0' 'where none is synchronous, what is on the primary alone is done with'
fail_over
is "$(sql 'SELECT count(*) FROM step')" 0 \
	'and lost with it, of which doctor has warned'
plan
