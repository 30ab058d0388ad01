# shellcheck shell=sh
# What the tests of the commands share: a folder of their own with a configuration, a pinned
# environment, and the few words of TAP.  Source it; end with "plan".

sjob=${JO_BUILD:-build}/sjoboutliers
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"; drop_dbs' EXIT
export TZ=UTC LC_ALL=C SJOBOUTLIERS_NOW=2026-03-02T06:00:00
unset COLUMNS ARGP_HELP_FMT SLURM_CONF
# No test asks the Slurm of the host.
PATH=$(cd "$(dirname "$0")/../fakes/no-slurm" && pwd):$PATH
. "$(dirname "$0")/../cli/unpacked_verdicts.sh"
n=0
# shellcheck disable=SC2034 # for the tests
status=0 out=

. "$(dirname "$0")/../cli/engine.sh"

mkdir -m 750 "$dir/spool"
printf 'Database=%s\nSpool=%s/spool\n' "$(db_at db)" "$dir" >"$dir/conf"

ok() { # ok STATUS NAME: STATUS 0 passes
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}
is() { # is GOT WANT NAME
	n=$((n + 1))
	if [ "$1" = "$2" ]; then
		echo "ok $n - $3"
	else
		printf 'not ok %d - %s\n' "$n" "$3"
		printf '%s\n' "got:" "$1" "want:" "$2" | sed 's/^/# /' >&2
	fi
}
has() { # has TEXT NAME: a line of $out contains TEXT
	n=$((n + 1))
	if printf '%s\n' "$out" | grep -qF -e "$1"; then
		echo "ok $n - $2"
	else
		printf 'not ok %d - %s\n' "$n" "$2"
		printf '%s\n' "no line has: $1" "$out" | sed 's/^/# /' >&2
	fi
}
run() { # run COMMAND...: its output in $out, its messages in $dir/err, its status in $status
	out=$("$sjob" -c "$dir/conf" "$@" 2>"$dir/err")
	status=$?
}
refuses() { # refuses STATUS TEXT COMMAND...: TEXT is in a line on standard error
	want=$1 text=$2
	shift 2
	run "$@"
	is "$status" "$want" "'$*' exits $want"
	grep -qF -e "$text" "$dir/err"
	ok $? "and says: $text"
}
until_ok() { # until_ok COMMAND...: wait for it to succeed, a minute at most
	for _ in $(seq 1200); do
		! "$@" 2>/dev/null || return 0
		sleep 0.05
	done
	return 1
}
traced() { # traced ARGUMENTS...: strace; of what is traced LeakSanitizer can tell nothing, and fails
	strace -E "ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0" "$@"
}
damage() { # damage DB SQL: what the shell of newer SQLite keeps people from
	sqlite3 -cmd '.dbconfig defensive off' "$1" "PRAGMA writable_schema = ON; $2" >/dev/null
}
without_index() { # without_index DB INDEX SQL: changes that the index does not see, as damage leaves it
	kept=$(sqlite3 "$1" "SELECT quote(type) || ',' || quote(name) || ',' || quote(tbl_name) || ',' ||
		rootpage || ',' || quote(sql) FROM sqlite_master WHERE name = '$2'")
	damage "$1" "DELETE FROM sqlite_master WHERE name = '$2'"
	sqlite3 "$1" "$3"
	damage "$1" "INSERT INTO sqlite_master VALUES ($kept)"
}
at_schema_12() { # the database as it was at schema 12, for tests of what brings older ones over
	unpacked_verdicts
	sqlite3 "$dir/db" "DROP INDEX step_history;
	ALTER TABLE step DROP COLUMN mem_allocated_bytes; ALTER TABLE step_node DROP COLUMN mem_allocated_bytes;
	CREATE INDEX step_history ON step (group_id, end_unix_us, input_bytes, wall_us, mem_peak_bytes,
		max_rss_bytes, mem_limit_bytes, mem_limit_hit_count, cpu_us, cpu_count, task_count,
		node_count, node_id, state, input_source, attrs) WHERE end_unix_us IS NOT NULL;
	DROP INDEX step_trace; DROP TABLE span;
	DROP TABLE outlet; DROP TABLE exported; DROP INDEX finding_step; DROP INDEX finding_group; DROP INDEX finding_node;
	ALTER TABLE finding DROP COLUMN channel;
	CREATE UNIQUE INDEX finding_step ON finding (step, metric, owner_id) WHERE kind = 0;
	CREATE UNIQUE INDEX finding_group ON finding (group_id, since_unix_us, metric, owner_id) WHERE kind = 1;
	CREATE UNIQUE INDEX finding_node ON finding (node_id, since_unix_us, metric, owner_id) WHERE kind = 2;
	DROP TABLE profile; DROP INDEX step_profiled;
	ALTER TABLE step DROP COLUMN profile_kind; ALTER TABLE step DROP COLUMN profile_rate_hz;
	ALTER TABLE step DROP COLUMN profile_samples; ALTER TABLE step DROP COLUMN profile_missing;
	ALTER TABLE step_node DROP COLUMN profile_kind; ALTER TABLE step_node DROP COLUMN profile_rate_hz;
	ALTER TABLE step_node DROP COLUMN profile_samples; ALTER TABLE step_node DROP COLUMN profile_missing;
	ALTER TABLE step DROP COLUMN trace_id; ALTER TABLE step DROP COLUMN span_id;
	ALTER TABLE step DROP COLUMN parent_span_id; ALTER TABLE step DROP COLUMN link_trace_id;
	ALTER TABLE step DROP COLUMN link_span_id; PRAGMA user_version = 12;"
}
runs_out() { # runs_out COMMAND...: as run, but one that does not end is ended: status 124
	out=$(timeout 60 "$sjob" -c "$dir/conf" "$@" 2>"$dir/err")
	status=$?
}
# unmount FOLDER: once who hung there has let go of it, which is a while after its requests failed
unmount() {
	while grep -q " $1 " /proc/self/mountinfo; do umount "$1" 2>/dev/null || sleep 0.05; done
}
plan() {
	echo "1..$n"
}
