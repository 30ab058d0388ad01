# shellcheck shell=sh
# What the tests of the commands share: a folder of their own with a configuration, a pinned
# environment, and the few words of TAP.  Source it; end with "plan".

sjob=${JO_BUILD:-build}/sjoboutliers
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
export TZ=UTC LC_ALL=C SJOBOUTLIERS_NOW=2026-03-02T06:00:00
unset COLUMNS ARGP_HELP_FMT SLURM_CONF
# No test asks the Slurm of the host.
PATH=$(cd "$(dirname "$0")/../fakes/no-slurm" && pwd):$PATH
. "$(dirname "$0")/unpacked_verdicts.sh"
n=0
# shellcheck disable=SC2034 # for the tests
status=0 out=

mkdir -m 750 "$dir/spool"
printf 'Database=%s/db\nSpool=%s/spool\n' "$dir" "$dir" >"$dir/conf"

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
		printf '%s\n' "got:" "$1" "want:" "$2" | sed 's/^/# /'
	fi
}
has() { # has TEXT NAME: a line of $out contains TEXT
	n=$((n + 1))
	if printf '%s\n' "$out" | grep -qF -e "$1"; then
		echo "ok $n - $2"
	else
		printf 'not ok %d - %s\n' "$n" "$2"
		printf '%s\n' "no line has: $1" "$out" | sed 's/^/# /'
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
runs_out() { # runs_out COMMAND...: as run, but one that does not end is ended: status 124
	out=$(timeout 60 "$sjob" -c "$dir/conf" "$@" 2>"$dir/err")
	status=$?
}
plan() {
	echo "1..$n"
}
