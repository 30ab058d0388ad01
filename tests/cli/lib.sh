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
schema=$(cd "$(dirname "$0")/../../tools/store/schema" && pwd)
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
unpacked_verdicts() { # unpacked_verdicts [SQL]: the schema of before, when a verdict was a row of columns; changes of it
	"$sjob" -c "$dir/conf" export --json | perl -MJSON::PP -ne '
		my $step = decode_json($_);
		my $sql = sub { defined $_[0] ? $_[0] =~ /^-?[0-9][0-9.e+-]*$/ ? $_[0] : "\x27$_[0]\x27" : "NULL" };
		for my $metric (0 .. 2) {
			my $v = $step->{("wall", "memory", "cpu")[$metric]} or next;
			my %verdict = (normal => 0, high => 1, low => 2, unjudged => 3);
			my %level = (watch => 1, high => 2, certain => 3);
			my %measure = (peak => 2, rss => 3);
			print "INSERT INTO verdict SELECT id, $metric, $verdict{$v->{verdict}},",
				" coalesce((SELECT id FROM name WHERE text = ", $sql->($v->{reason}), "), 0), ",
				join(", ", map { my $n = $sql->($v->{$_}); $n eq "NULL" ? $n : "1.0 * $n" }
					qw(value expected low high ratio score p_value)), ", NULL, 0.005, group_id, ",
				join(", ", map { $sql->($v->{$_}) } qw(history_count none none borrowed_count)),
				", 0, NULL, NULL, 1, $v->{judged_unix_us},",
				" strftime(\x27%Y%m%d\x27, end_unix_us / 1000000, \x27unixepoch\x27) * 1, ",
				join(", ", map { $_ // "NULL" } $metric == 1 ? $measure{$v->{measure}} : undef,
					$level{$v->{level} // ""}, $v->{near_count}, $v->{like_count}),
				" FROM step WHERE job_id = $step->{job_id} AND step_id = $step->{step_id} AND life = 0",
				" AND array_task_id = ", $step->{array_task_id} // -1,
				" AND restart_count = ", $step->{restart_count} // 0, ";\n";
		}' >"$dir/verdicts.sql"
	{
		echo 'DROP TABLE verdict; DROP TABLE judging; DROP TABLE verdict_text;'
		sed -n '/^CREATE TABLE verdict/,/^) WITHOUT ROWID/p' "$schema/001-first.sql"
		grep -h '^ALTER TABLE verdict ' "$schema/005-measure.sql" "$schema/008-levels.sql"
		echo 'CREATE INDEX verdict_night ON verdict (night, verdict) WHERE verdict IN (1, 2);'
		echo 'ALTER TABLE step RENAME COLUMN is_judged TO judged_unix_us; '
		for file in "$schema"/*-verdicts.sql; do file=${file##*/}; echo "PRAGMA user_version = $((1${file%%-*} - 1001));"; done
		perl -ne 'while (/text = \x27(.*?)\x27/g) { print "INSERT OR IGNORE INTO name (text) VALUES (\x27$1\x27);\n" }' \
			"$dir/verdicts.sql" | sort -u
		cat "$dir/verdicts.sql"
		printf '%s\n' "${1-}"
	} | sqlite3 "$dir/db"
}
runs_out() { # runs_out COMMAND...: as run, but one that does not end is ended: status 124
	out=$(timeout 60 "$sjob" -c "$dir/conf" "$@" 2>"$dir/err")
	status=$?
}
plan() {
	echo "1..$n"
}
