# shellcheck shell=sh
# The schema of before, when each verdict was a row of columns, so that a test can change one; the
# next command that writes packs them again.  Source it.

schema=$(cd "$(dirname "$0")/../../tools/store/schema" && pwd)
unpacked_verdicts() { # unpacked_verdicts [SQL]: $dir/db as it was then, with these changes; $sjob is the tool
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
		echo 'DROP TABLE waiting; ALTER TABLE step ADD COLUMN is_judged INTEGER; ALTER TABLE span DROP COLUMN sender; DROP TABLE verdict; DROP TABLE judging; DROP TABLE verdict_text;'
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
