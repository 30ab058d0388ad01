#!/bin/sh
# Behind pgbouncer: a session for each connection does, one for each transaction is refused.
command -v pgbouncer >/dev/null || { echo '1..0 # SKIP pgbouncer is missing'; exit 0; }
JO_ENGINE=postgresql
# shellcheck source=tests/postgres/site.sh
. "$(dirname "$0")/site.sh"
pool=$(mktemp -d /tmp/jo-pool.XXXXXX)
pooler=
trap '[ -z "$pooler" ] || kill "$pooler"; rm -rf "$dir" "$pool"; drop_dbs' EXIT
printf 'Database=postgresql:///%s?host=%s&port=6432\nSpool=%s\n' "$name" "$pool" "$spool" >"$dir/conf"
as=
[ "$(id -u)" != 0 ] || as='setpriv --reuid=65534 --regid=65534 --clear-groups'
chmod 755 "$pool"
[ -z "$as" ] || chown 65534:65534 "$pool"
echo "\"$PGUSER\" \"\"" >"$pool/users"

pooled() { # pooled MODE: a pooler that is asked for sessions in this way
	cat >"$pool/ini" <<-END
		[databases]
		$name = host=$PGHOST user=$PGUSER
		[pgbouncer]
		listen_port = 6432
		unix_socket_dir = $pool
		auth_type = any
		auth_file = $pool/users
		pool_mode = $1
	END
	[ -z "$pooler" ] || kill "$pooler"
	[ -z "$pooler" ] || wait "$pooler"
	$as pgbouncer "$pool/ini" >"$pool/log" 2>&1 &
	pooler=$!
	until_ok psql -h "$pool" -p 6432 -qAtX -d "$name" -c '' && return 0
	echo 'Bail out! no pooler'
	exit 1
}

put 1
put 2
for mode in transaction statement; do
	pooled "$mode"
	for command in ingest check list; do
		refuses 1 "a pooler gives each transaction another session, as pgbouncer does with pool_mode=transaction; name the server itself, or a pool with pool_mode=session" "$command"
	done
	run doctor database
	has 'FAIL database  database postgresql:///' "$mode: doctor fails"
	is "$(waiting)" 2 'and nothing leaves the spool'
done

pooled session
run ingest
is "$out" 'ingest: 2 records: 2 new, 0 changed, 0 known, 0 skipped, 0 bad' 'a session for each connection does'
run check
is "$status" 0 'for judging'
run list -a -n -P -S 2026-01-01 -o job
is "$(echo "$out" | sort | tr '\n' ' ')" '1.0 2.0 ' 'and for reading'
plan
