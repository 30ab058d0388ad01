# shellcheck shell=sh
# What the tests of copies from and to a server share, beside site.sh.
# shellcheck source=tests/postgres/site.sh
. "$(dirname "$0")/site.sh"
trap 'rm -rf "$dir"; JO_ENGINE=; engine=postgresql; drop_dbs' EXIT

at() { echo "postgresql:///${server_name}_$1?host=$PGHOST"; }
on() { psql -qAtX -d "${server_name}_$1" -c "$2"; } # on NAME SQL
of_copier() { # of_copier COLUMN NAME: of the sessions that wait for a lock in the database NAME
	echo "SELECT $1 FROM pg_stat_activity WHERE datname = '${server_name}_$2' AND wait_event_type = 'Lock'"
}
hold_up() { # hold_up NAME TABLE MODE FROM TO: a copy, $copier, that waits for this lock in the database NAME
	psql -qAtX -d "${server_name}_$1" -c "BEGIN; LOCK TABLE $2 IN $3 MODE; SELECT pg_sleep(600)" >/dev/null 2>&1 &
	holder=$!
	until_so "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = '${server_name}_$1' AND wait_event = 'PgSleep'"
	"$sjob" -c "$dir/conf" database --copy "$4" "$5" >"$dir/out" 2>"$dir/err" &
	# shellcheck disable=SC2034 # for the tests
	copier=$!
	until_so "$(of_copier 'count(*) > 0' "$1")"
}
let_go() { # let_go NAME: the lock, and whatever else is connected to the database
	admin "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${server_name}_$1'" >/dev/null
	wait "$holder"
}
