# shellcheck shell=sh
# What the tests beside one server share: they run beside one of their own, have the words of
# tests/cli/lib.sh, and $name, which is the server's name of their database. A test sets JO_ENGINE before,
# and $within to a command that server and test are to run by.
here=$(cd "$(dirname "$0")" && pwd)
if [ -z "${JO_POSTGRES-}" ]; then
	if ! command -v psql >/dev/null || ! "$here/server" true 2>/dev/null; then
		echo '1..0 # SKIP no PostgreSQL here that can be started'
		exit 0
	fi
	# shellcheck disable=SC2086 # a list of words
	exec ${within-} "$here/server" "$here/${0##*/}"
fi
# shellcheck source=tests/cli/lib.sh
. "$here/../cli/lib.sh"
# shellcheck disable=SC2034 # for the tests
name=${server_name}_db
spool=$dir/spool

admin() { psql -qAtX -d postgres -c "$@"; }
until_so() { # until_so SQL: wait for what a query says to be true, of a server that may be started anew
	for _ in $(seq 1200); do
		[ "$(admin "$1" 2>/dev/null)" != t ] || return 0
		sleep 0.05
	done
	return 1
}
conf() { printf 'Database=%s\nSpool=%s\n' "$1" "$spool" >"$dir/conf"; } # conf DATABASE
put() { # put JOB...: a record of each
	mkdir -p "$spool/n1/new" "$spool/n1/tmp"
	for job in "$@"; do
		printf '{"v":1,"kind":"end","cluster":"c1","node":"n1","job_id":%d,"step_id":0,"step_kind":"srun","node_index":0,"node_count":1,"uid":0,"partition":"main","job_name":"align","start_unix_us":1772366400000000,"wall_us":60000000,"exit_status":0,"term_signal":0}\n' \
			"$job" >"$spool/n1/new/$job.0"
	done
}
waiting() { find "$spool" -path '*/new/*' -type f | wc -l; }
steps() { sql 'SELECT count(*), count(DISTINCT job_id) FROM step'; }
keeps() { # keeps STATUS TEXT NAME: ingest fails, says so in one line, and the spool stays
	before=$(waiting)
	run ingest
	is "$status" "$1" "$3: exits $1"
	is "$(wc -l <"$dir/err")" 1 "in one line"
	grep -qF -e "$2" "$dir/err"
	ok $? "which says: $2 ($(cat "$dir/err"))"
	is "$(waiting)" "$before" "and nothing leaves the spool"
}
hold() { # hold SQL: a session that has done so, until it is let go
	psql -qAtX -d "$name" -c "$1; SELECT pg_sleep(600)" >/dev/null 2>&1 &
	holder=$!
	until_so "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = '$name' AND wait_event = 'PgSleep'"
}
let_go() {
	admin "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '$name' AND wait_event = 'PgSleep'" >/dev/null
	wait "$holder"
}
