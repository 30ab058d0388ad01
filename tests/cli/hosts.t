#!/bin/sh
# Many at work on one database: several ingests, each with its own spools.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

first=$dir/spool second=$dir/second
mkdir -m 750 "$second"
database=$(sed -n 's/^Database=//p' "$dir/conf")
printf 'Database=%s\nSpool=%s\n' "$database" "$second" >"$dir/conf2"
printf 'Database=%s\nSpool=%s,%s\n' "$database" "$first" "$second" >"$dir/both"

put() { # put SPOOL NODE INDEX OF JOB...: the node's record of each job, which has OF nodes
	spool=$1 node=$2 index=$3 of=$4
	shift 4
	mkdir -p "$spool/$node/new" "$spool/$node/tmp"
	for job in "$@"; do
		printf '{"v":1,"kind":"end","cluster":"c1","node":"%s","job_id":%d,"step_id":0,"step_kind":"srun","node_index":%d,"node_count":%d,"uid":0,"partition":"main","job_name":"align%d","start_unix_us":%d000000,"wall_us":%d,"exit_status":0,"term_signal":0}\n' \
			"$node" "$job" "$index" "$of" $((job % 7)) $((1772366400 + job)) \
			$((60000000 + index * 1000000)) >"$spool/$node/new/$job.0"
	done
}
waiting() { find "$@" -path '*/new/*' -type f | wc -l; }
is_read() { # is_read SPOOL: an ingest has it; without trying the lock, which would be in its way
	[ -e "$1/.ingest" ] && grep -q ":$(stat -c %i "$1/.ingest") " /proc/locks
}
hold_writing() { # the database is written by another program until let_write
	rm -f "$dir/go" "$dir/held"
	mkfifo "$dir/go"
	if is_file; then
		(echo 'BEGIN IMMEDIATE; SELECT 1;' && read -r _ <"$dir/go" && echo 'COMMIT;') |
			sqlite3 "$dir/db" >"$dir/held" &
	else
		(echo 'BEGIN; SELECT pg_advisory_xact_lock(1784768111, 0);' && read -r _ <"$dir/go" && echo 'COMMIT;') |
			psql -qAtX -d "${server_name}_db" >"$dir/held" &
	fi
	holder=$!
	until_ok [ -s "$dir/held" ]
}
let_write() {
	echo >"$dir/go"
	wait "$holder"
}
start() { # start CONF: an ingest, in the background
	"$sjob" -c "$dir/$1" ingest >"$dir/$1.out" 2>"$dir/$1.err" &
}

# ---- a folder has one reader ----
put "$first" n1 0 1 1
run ingest
is "$out" "ingest: 1 record: 1 new, 0 changed, 0 known, 0 skipped, 0 bad" 'there is a database'
put "$first" n1 0 1 2
put "$second" n2 0 1 3
exec 9<>"$first/.ingest"
flock 9
refuses 4 "$first: another ingest is at work" ingest
is "$(waiting "$first")" 1 'what waits there is left to it'
out=$("$sjob" -c "$dir/both" ingest 2>"$dir/err")
is "$? $(waiting "$first") $(waiting "$second")" '4 1 0' 'another folder is read all the same'
grep -qF "$first: another ingest is at work" "$dir/err"
ok $? 'and that the first was not is told'
exec 9>&-
is "$(stat -c %a "$first/.ingest")" 600 'nobody else can open the lock'

# ---- on a file system whose locks another host does not see ----
[ "$(cat "$first/.ingest")" != "$(cat "$second/.ingest")" ]
ok $? 'each folder has a number'
cat "$second/.ingest" >"$dir/number"
put "$second" n2 0 1 4
cat "$first/.ingest" >"$second/.ingest"
hold_writing
start conf
one=$!
until_ok is_read "$first"
out=$("$sjob" -c "$dir/conf2" ingest 2>&1)
is "$? $(printf '%s\n' "$out" | grep -c 'another ingest is at work')" '4 1' 'by that number the database knows who reads it'
let_write
wait "$one"
is "$?" 0 'which goes on'
for number in '' x '99999999999
'; do
	printf %s "$number" >"$second/.ingest"
	put "$second" n2 0 1 4
	out=$("$sjob" -c "$dir/conf2" ingest 2>&1)
	is "$?" 0 "a number that is none ('$number') is replaced"
	grep -qxE '[0-9]{1,10}' "$second/.ingest"
	ok $? 'by one'
done
cat "$dir/number" >"$second/.ingest"
rm "$second/.ingest"
ln -s "$dir/elsewhere" "$second/.ingest"
out=$("$sjob" -c "$dir/conf2" ingest 2>&1)
is "$? $(ls "$dir/elsewhere" 2>/dev/null)" '1 ' 'a link is not followed'
rm "$second/.ingest"

# ---- two at once ----
known=$(sql 'SELECT count(*) FROM step')
for round in 1 2 3; do
	from=$((round * 10000))
	# shellcheck disable=SC2046 # lists of numbers
	{
		put "$first" n1 0 1 $(seq $((from + 1)) $((from + 300)))
		put "$second" n2 0 1 $(seq $((from + 1001)) $((from + 1300)))
		# A step of two nodes, whose records lie in different spools.
		put "$first" n1 0 2 $(seq $((from + 2001)) $((from + 2300)))
		put "$second" n2 1 2 $(seq $((from + 2001)) $((from + 2300)))
	}
	hold_writing
	start conf
	one=$!
	start conf2
	two=$!
	until_ok is_read "$first" && until_ok is_read "$second"
	let_write
	wait "$one"
	one=$?
	wait "$two"
	is "$one $?" '0 0' "both end well ($(cat "$dir/conf.err" "$dir/conf2.err"))"
	is "$(waiting "$first" "$second")" 0 'and have taken all there was'
done
is "$(sql 'SELECT count(*), count(DISTINCT job_id) FROM step')" "$((known + 2700))|$((known + 2700))" 'each step is there once'
is "$(sql "SELECT count(*) FROM step WHERE node_count = 2 AND node_ended_count = 2 AND wall_us >= 61000000")" 900 \
	'those of two nodes are of both'
is "$(sql 'SELECT count(*) FROM (SELECT text FROM name GROUP BY text HAVING count(*) > 1) AS t')" 0 'each name is there once'
is "$(sql 'SELECT count(*) FROM (SELECT class_id FROM step_group GROUP BY class_id, partition_id, user_id
	HAVING count(*) > 1) AS t')" 0 'and each group'
is "$(sql 'SELECT count(*) FROM step WHERE (id & 68719476735) > (SELECT count(*) FROM step)')" 0 'steps are counted without a gap'
is "$(sql 'SELECT sum(change_count) FROM step_group')" "$((known + 2700))" 'which has heard of every step'

# ---- logs, of which the database knows how far they were read ----
cat >"$dir/logs" <<END
[filter]
Files=$dir/filter.log
Pattern=^(?<end>\S+ \S+) took (?<wall_s>\S+)
END
echo '2026-02-01 10:00:00 took 12.5' >"$dir/filter.log"
echo "Logs=$dir/logs" >>"$dir/conf"
put "$first" n1 0 1 5
rm -f "$dir/go" "$dir/held"
mkfifo "$dir/go"
if is_file; then
	# shellcheck disable=SC2016 # for the inner shell
	flock "$dir/db.logs-lock" sh -c 'echo >"$1"; read -r _ <"$2"' sh "$dir/held" "$dir/go" &
else
	(echo 'SELECT 1 FROM (SELECT pg_advisory_lock(1784768111, 8)) AS t;' && read -r _ <"$dir/go") |
		psql -qAtX -d "${server_name}_db" >"$dir/held" &
fi
holder=$!
until_ok [ -s "$dir/held" ]
refuses 4 'another ingest reads the logs' ingest
is "$(waiting "$first")" 0 'records are taken all the same'
let_write
until_ok "$sjob" -c "$dir/conf" ingest >"$dir/out"
is "$(sed 's/.*; //' "$dir/out")" '1 line: 1 new, 0 changed, 0 known, 0 skipped, 0 bad' 'logs are read after it'

# ---- one mailer, wherever it runs ----
drop_db db
mkdir "$dir/box"
cat >"$dir/sendmail" <<END
#!/bin/sh
cat >"$dir/box/\$\$.eml"
[ ! -e "$dir/hold" ] || { : >"$dir/sending"; read -r _ <"$dir/send"; }
END
chmod 755 "$dir/sendmail"
mkfifo "$dir/send"
cat >"$dir/mailing" <<END
Database=$database
Spool=$first
MailDomain=example.org
AdminMail=admin@example.org
MailUsers=yes
MailTransport=sendmail
SendmailPath=$dir/sendmail
GnuplotPath=/nonexistent
END
awk 'BEGIN {
	print "job,start,wall_s,partition,user,class,input_bytes,ncpus"
	split("root daemon", users, " ")
	for (u = 1; u <= 2; u++)
		for (i = 0; i < 42; i++) {
			gib = 10 * (1 + i % 4)
			printf "%d,%d,%.1f,main,%s,align,%.0f,8\n", u * 100 + i, 1772236800 + i * 1800 + (i == 41) * 43200,
				gib * 120 * (1 + 0.01 * (i * 7 % 11 - 5)) * (i == 41 ? 5 : 1), users[u], gib * 2^30
		}
}' >"$dir/slow.csv"
mailing() { SJOBOUTLIERS_NOW=2026-03-02T06:00:00 "$sjob" -c "$dir/mailing" "$@"; }
mailing import --csv "$dir/slow.csv" >/dev/null
mailing check >/dev/null
received() { cat "$dir"/box/*.eml 2>/dev/null | grep -c "^To: .*$1@"; }
begin_mail() { # a mailer, which waits with its first mail until there is no $dir/hold
	: >"$dir/hold"
	mailing mail >"$dir/mail.out" 2>"$dir/mail.err" &
	mailer=$!
	until_ok [ -e "$dir/sending" ]
}
begin_mail
ok $? 'a mailer is at work'
for round in 1 2 3; do
	out=$(mailing mail 2>&1)
	is "$? $(printf '%s\n' "$out" | grep -c 'another run holds it')" '4 1' "another, of another connection, is told so ($round)"
done
is "$(find "$dir/box" -name '*.eml' | wc -l)" 1 'and sends nothing'
rm "$dir/hold"
echo >"$dir/send"
wait "$mailer"
is "$? $(received root) $(received daemon)" '0 1 1' 'the first goes on, and each user has one mail'
out=$(mailing mail)
is "$(received root) $(received daemon)" '1 1' 'one that comes later has nothing to send'

# The connections end between the mail server and the ledger: all but what was in its hands is sent once.
if ! is_file; then
	sql 'DELETE FROM finding; DELETE FROM message'
	rm -f "$dir"/box/*.eml "$dir/sending"
	begin_mail
	sql "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
		WHERE datname = current_database() AND application_name = 'sjoboutliers'" >/dev/null
	rm "$dir/hold"
	echo >"$dir/send"
	wait "$mailer"
	is "$? $(grep -c 'connection' "$dir/mail.err")" '1 1' "a ledger that is lost is told ($(cat "$dir/mail.err"))"
	mailing mail >"$dir/mail.out" 2>"$dir/mail.err"
	is "$? $(wc -l <"$dir/mail.err")" '0 0' 'the next run goes on'
	is "$(($(received root) + $(received daemon) + $(received admin) - $(sql 'SELECT sum(uncertain_count) FROM message')))" \
		"$(sql 'SELECT count(*) FROM message')" 'each mail came once, but for the one whose fate was not known'
	is "$(sql 'SELECT sum(uncertain_count) FROM message')" 1 'of which the ledger says so'

	# The lock is lost alone, and somebody else may have it.
	sql 'DELETE FROM finding; DELETE FROM message'
	rm -f "$dir"/box/*.eml "$dir/sending"
	begin_mail
	is "$(sql "SELECT count(pg_terminate_backend(pid)) FROM pg_locks
		WHERE locktype = 'advisory' AND objid = 3 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())")" \
		1 'one connection holds the lock, and is ended'
	rm "$dir/hold"
	echo >"$dir/send"
	wait "$mailer"
	is "$? $(wc -l <"$dir/mail.err")" '1 1' "who has lost it says so ($(cat "$dir/mail.err"))"
	is "$(find "$dir/box" -name '*.eml' | wc -l)" 1 'and sends nothing more'
	mailing mail >"$dir/mail.out" 2>"$dir/mail.err"
	is "$? $(sql 'SELECT sum(uncertain_count) FROM message')" '0 1' 'the next run sends the others, and the one whose fate was not known'
	is "$(($(received root) + $(received daemon) + $(received admin)))" "$(($(sql 'SELECT count(*) FROM message') + 1))" \
		'each mail came once, but for that one'
	is "$(cat "$dir"/box/*.eml | grep -i '^Message-Id:' | sort -u | wc -l)" "$(sql 'SELECT count(*) FROM message')" \
		'whose copies have one Message-ID'
fi
plan
