#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A site moved from a file to a server and back: the same rows and answers, whatever ends the copy on
# its way.
# shellcheck source=tests/postgres/copying.sh
. "$(dirname "$0")/copying.sh"
export SJOBOUTLIERS_NOW=2026-03-01T06:00:00

site() { # site DATABASE: a configuration for it, $dir/conf
	{ grep -v '^Database=' "$dir/good" && printf 'Database=%s\n' "$1"; } >"$dir/conf"
}
dump() { sqlite3 "$1" .dump; }

# ---- a site that has something in each table ----
cp "$dir/conf" "$dir/good"
mkdir "$dir/box"
cat >>"$dir/good" <<-END
	MailUsers=yes
	MailMap=$dir/map
	MailDomain=example.org
	MailTransport=sendmail
	SendmailPath=$dir/sendmail
	NotifyMinTime=1min
	NotifyMinCoreHours=0.01
END
printf '%s: %s@example.org\n' ann ann bob bob root root >"$dir/map"
# shellcheck disable=SC2016 # for the script
printf '#!/bin/sh\nexec cat >"%s/box/$$"\n' "$dir" >"$dir/sendmail"
chmod 755 "$dir/sendmail"
site "$dir/db"
awk -v nights=30 -f "$here/../compare/jobs.awk" >"$dir/jobs.csv"
run import --csv "$dir/jobs.csv"
# More steps than one transaction takes.
awk 'BEGIN {
	print "job,start,wall_s,user,class,input_bytes"
	for (i = 0; i < 12000; i++)
		printf "%d,%d,%d,ann,many%d,%d\n", 500000 + i, 1769800000 + i * 200, 60 + i % 7, i % 5, 1000000 * (1 + i % 5)
}' >"$dir/many.csv"
run import --csv "$dir/many.csv"
for i in 1 2 3 4 5 6 7 8 9 10; do mkdir -p "$dir/spool/n$i/new" "$dir/spool/n$i/tmp"; done
awk -v spool="$dir/spool" -v nights=30 -v first=27 -v last=29 -f "$here/../compare/records.awk"
printf '{"resourceSpans":[{"resource":{"attributes":[]},"scopeSpans":[{"spans":[{"traceId":"%032x","spanId":"%016x","name":"load","startTimeUnixNano":"1772200000000000000","endTimeUnixNano":"1772200005000000000"}]}]}]}\n' \
	7 8 >"$dir/spans"
run import --otlp "$dir/spans"
run mute -C cached
run nightly
is "$status" 3 "a site with a night, in which some records are bad: $(cat "$dir/err")"
# Where the site has nothing, rows of numbers, texts and bytes.
sqlite3 "$dir/db" "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'" >"$dir/tables"
while read -r table; do
	[ "$(sqlite3 "$dir/db" "SELECT count(*) FROM $table")" = 0 ] || continue
	sqlite3 "$dir/db" "SELECT 'INSERT INTO $table SELECT ' || group_concat(CASE type WHEN 'TEXT' THEN '''naïve ''||n'
		WHEN 'REAL' THEN 'n / 3.0' WHEN 'BLOB' THEN 'x''00ff0a''' ELSE 'n' END) ||
		' FROM (SELECT 31001 AS n UNION SELECT 31002 UNION SELECT 31003)' FROM pragma_table_info('$table')" |
		sqlite3 "$dir/db"
done <"$dir/tables"
# What is at the ends of what a column can have.
sqlite3 "$dir/db" "INSERT INTO setting VALUES ('least', -9223372036854775807), ('none', NULL), ('', 0);
	UPDATE drift SET log_ratio = 9e999, statistic = -1e-308 WHERE rowid = (SELECT min(rowid) FROM drift);
	INSERT INTO name (text) VALUES ('quote '' \" \\ tab	end'), ('ünïcödé 💾');
	INSERT INTO step_group (id, cluster_id, partition_id, account_id, qos_id, user_id, class_id, class_is_declared, program_id)
		VALUES (777, 9, 9, 9, 9, 9, 9, 0, 9);
	DELETE FROM step_group WHERE id = 777" 2>"$dir/err"
[ "$(wc -l <"$dir/tables")" -gt 20 ]
ok $? 'all tables'
while read -r table; do
	sqlite3 "$dir/db" "SELECT '$table' WHERE (SELECT count(*) FROM $table) = 0"
done <"$dir/tables" >"$dir/empty"
is "$(cat "$dir/empty")" '' 'and none is empty'
dump "$dir/db" >"$dir/db.sql"

# ---- what is refused ----
refuses 2 'one of them is needed' database
refuses 2 'one at a time' database --create --migrate
refuses 2 'two databases, FROM and TO' database --copy "$dir/db"
refuses 2 'two databases, FROM and TO' database --copy "$dir/db" "$dir/a" "$dir/b"
refuses 2 'what Database names' database --create "$dir/db"
refuses 1 'cannot be copied to itself' database --copy "$dir/db" "$dir/db"
refuses 1 'No such file' database --copy "$dir/none" "$dir/to"
refuses 1 'does not exist' database --copy "$(at none)" "$dir/to"
on_file() { sqlite3 "$dir/$1" "$2"; }
on_file foreign 'CREATE TABLE t (x)'
refuses 1 'belongs to another program' database --copy "$dir/db" "$dir/foreign"
refuses 1 'belongs to another program' database --copy "$dir/foreign" "$dir/to"
mkdir -m 755 "$dir/readers"
printf 'ReadersDatabase=%s/readers/db\n' "$dir" >>"$dir/conf"
run publish
refuses 1 'is a copy for readers, which has not all' database --copy "$dir/readers/db" "$dir/to"
refuses 1 'is a copy for readers' database --copy "$dir/db" "$dir/readers/db"
site "$dir/db"
is "$(find "$dir" -name 'to*')" '' 'and nothing is made'
on_file old 'PRAGMA application_id = 1785684591; PRAGMA user_version = 21; CREATE TABLE setting (key TEXT, value INTEGER)'
refuses 1 "of an older version (schema 21, not" database --copy "$dir/old" "$dir/to"
cp "$dir/db" "$dir/tampered"
on_file tampered "UPDATE step SET wall_us = 'long' WHERE job_id = 500007"
refuses 1 'row of (id) = (' database --copy "$dir/tampered" "$dir/to"
is "$(grep -c 'table step, .* holds a value that it cannot have' "$dir/err")" 1 'a value that is no number'
is "$(wc -l <"$dir/err")" 1 'in one line'

# ---- there and back ----
rm -f "$dir"/to*
run database --copy "$dir/db" "$(at there)"
is "$status" 0 "to a server, where the database is made: $(cat "$dir/err")"
digest=$(printf '%s\n' "$out" | sed -n 's/.*SHA-256 of all //p')
is "${#digest}" 64 'with a digest'
has "each the same as in $dir/db" 'and says so'
run database --copy "$(at there)" "$(at further)"
has "$digest" 'from server to server: the same digest'
run database --copy "$(at further)" "$dir/back"
has "$digest" 'and back'
dump "$dir/back" >"$dir/back.sql"
cmp "$dir/db.sql" "$dir/back.sql"
ok $? 'byte for byte what it was'
is "$(stat -c %a "$dir/back")" 640 'with the mode of a database'
run database --copy "$dir/db" "$dir/beside"
has "$digest" 'from file to file'
dump "$dir/beside" | cmp "$dir/db.sql" -
ok $? 'the same, too'
while read -r table; do
	[ "$(sqlite3 "$dir/db" "SELECT count(*) FROM $table")" = "$(on there "SELECT count(*) FROM $table")" ] || echo "$table"
done <"$dir/tables" >"$dir/differ"
is "$(cat "$dir/differ")" '' 'each table has as many rows'
answers() { # answers NAME: what the commands say, into $dir/NAME.*
	"$sjob" -c "$dir/conf" list -a -S 2020-01-01 -o all >"$dir/$1.list" 2>&1
	"$sjob" -c "$dir/conf" list --drift -S 2020-01-01 >>"$dir/$1.list" 2>&1
	for step in $(sqlite3 "$dir/db" "SELECT s.job_id FROM verdict AS v JOIN step AS s ON s.id = v.step WHERE kinds >= 4 GROUP BY kinds LIMIT 8;
		SELECT job_id FROM step_node JOIN step ON id = step WHERE step < 31000 LIMIT 2"); do
		"$sjob" -c "$dir/conf" show "$step"
	done >"$dir/$1.show" 2>&1
	"$sjob" -c "$dir/conf" export --csv >"$dir/$1.csv" 2>&1
	"$sjob" -c "$dir/conf" export --json >"$dir/$1.json" 2>&1
	"$sjob" -c "$dir/conf" report --html "$dir/$1.html" >/dev/null 2>&1
	# How much room it takes is another thing with each.
	sed -i 's/not judged yet, [0-9.]* MB/not judged yet, SIZE/' "$dir/$1.html"
	"$sjob" -c "$dir/conf" mute --list >"$dir/$1.mute" 2>&1
	"$sjob" -c "$dir/conf" doctor nodes 2>&1 | grep ' nodes ' >"$dir/$1.doctor"
	# Another night, whose first row of each table must get an id that is free.
	SJOBOUTLIERS_NOW=2026-03-02T06:00:00
	"$sjob" -c "$dir/conf" import --csv "$dir/more.csv" >"$dir/$1.more" 2>&1
	"$sjob" -c "$dir/conf" check -P -o all >>"$dir/$1.more" 2>&1
	"$sjob" -c "$dir/conf" mail >>"$dir/$1.more" 2>&1
	SJOBOUTLIERS_NOW=2026-03-01T06:00:00
}
printf '%s\n' job,start,wall_s,user,class,input_bytes 900001,2026-03-01T07:00:00,5000,ann,many1,2000000 \
	900002,2026-03-01T08:00:00,60,root,fresh,2000000 >"$dir/more.csv"
for name in db back there; do
	case $name in
	there) site "$(at there)" ;;
	*) site "$dir/$name" ;;
	esac
	answers $name
done
[ "$(wc -l <"$dir/db.list")" -gt 12000 ] && [ "$(wc -l <"$dir/db.show")" -gt 50 ] && grep -q '900001|batch' "$dir/db.more" && grep -q '1 sent' "$dir/db.more"
ok $? "there is something to say: $(cat "$dir/db.more")"
for what in list show csv json html mute doctor more; do
	for name in back there; do
		sed -i "s|$(at there)|DATABASE|g; s|$dir/back|DATABASE|g; s|$dir/db|DATABASE|g" "$dir/$name.$what" "$dir/db.$what"
		cmp "$dir/db.$what" "$dir/$name.$what" >"$dir/out" 2>&1
		ok $? "$name: $what is byte for byte the same $(cat "$dir/out")"
	done
done
# ---- what is there already ----
site "$dir/beside"
run database --copy "$dir/beside" "$(at further)"
is "$status $(printf '%s\n' "$out" | grep -c '^database: 0 of them copied by this run')" '0 1' 'a copy that is whole is found so'
refuses 1 'has rows of its own, and is not replaced' database --copy "$dir/db" "$(at further)"
refuses 1 'has rows of its own, and is not replaced' database --copy "$(at there)" "$dir/beside"

# ---- from here on a smaller one, which differs in nothing but how long it takes ----
mkdir "$dir/large"
mv "$dir"/beside* "$dir/large"
rm -f "$dir"/db "$dir"/db-* "$dir"/back*
awk -v nights=9 -f "$here/../compare/jobs.awk" >"$dir/jobs.csv"
site "$dir/db"
run import --csv "$dir/jobs.csv"
run check --all
dump "$dir/db" >"$dir/db.sql"
run database --copy "$dir/db" "$dir/back"
small=$(printf '%s\n' "$out" | sed -n 's/.*SHA-256 of all //p')

# ---- a site at work ----
exec 8>"$dir/db.check"
flock 8
refuses 4 'another check is at work' database --copy "$dir/db" "$(at busy)"
refuses 4 'another check is at work' database --migrate
exec 8>&-
psql -qAtX -d "${server_name}_further" -c 'SELECT pg_advisory_lock(1784768111, 1); SELECT pg_sleep(600)' >/dev/null 2>&1 &
holder=$!
until_so "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = '${server_name}_further' AND wait_event = 'PgSleep'"
refuses 4 'another ingest is at work' database --copy "$(at further)" "$dir/to"
admin "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${server_name}_further'" >/dev/null
wait "$holder"

# ---- killed anywhere, and run again ----
# killed FROM TO CALL: kill it at some of the calls it makes, then let it come to its end
calls() { # calls CALL FROM TO: how many it makes
	traced -qq -f -e "trace=$1" -o "$dir/trace" "$sjob" -c "$dir/conf" database --copy "$2" "$3" >/dev/null 2>&1
	wc -l <"$dir/trace"
}
shares='20 45 65 80 90 97'
can_trace=1
strace -o /dev/null true 2>/dev/null || can_trace=0
# shellcheck disable=SC2016 # no variables
killed() { # killed NAME CALL FROM TO TO-BESIDE DIGEST
	name=$1 call=$2 from=$3 to=$4
	total=$(calls "$call" "$from" "$5")
	[ "$total" -gt 20 ]
	ok $? "$name: it makes $total calls of $call"
	marked=0
	for share in $shares; do
		traced -qq -f -o /dev/null -e "trace=$call" -e "inject=$call:signal=KILL:when=$((total * share / 100))" \
			"$sjob" -c "$dir/conf" database --copy "$from" "$to" >/dev/null 2>&1
		[ $? = 137 ] || continue
		site "$to"
		run list -a -S 2020-01-01
		if grep -q "a copy of $from is under way, or was broken off" "$dir/err"; then
			marked=$((marked + 1))
			run check
			[ "$status" = 1 ] || echo "# check of a part exits $status"
		elif [ -n "$out" ] && ! grep -q '^0 steps' <<-END; then
			$out
		END
			# Killed behind its end: it is whole, or this fails.
			run database --copy "$from" "$to"
			has '0 of them copied by this run' "$name: what is not told so is whole: $(cat "$dir/err")"
		fi
		site "$dir/db"
	done
	[ "$marked" -ge 1 ]
	ok $? "$name: killed, and $marked times its part is told from a whole one"
	run database --copy "$from" "$to"
	is "$status" 0 "$name: run again it comes to its end: $(cat "$dir/err")"
	has "$6" "$name: with the digest"
}
if [ $can_trace = 1 ]; then
	killed 'to a server' sendto "$dir/db" "$(at again)" "$(at counted)" "$small"
	killed 'from a server' pwrite64 "$(at again)" "$dir/again" "$dir/counted" "$small"
	dump "$dir/again" | cmp "$dir/db.sql" -
	ok $? 'byte for byte what it was'
	# Several transactions of one table.
	shares='35 60 75'
	killed 'a large one' pwrite64 "$dir/large/beside" "$dir/large/again" "$dir/large/counted" "$digest"
else
	for what in 'to a server' 'from a server' 'a large one'; do
		n=$((n + 1))
		echo "ok $n - $what # SKIP strace is not here, or may not trace"
	done
fi

# ---- broken off, and something has changed since ----
# A row that takes no more keeps the copy where it is.
broken() { # broken NAME: a copy into this database of the server that stops in its table of verdicts
	site "$(at "$1")"
	run database --create
	on "$1" "ALTER TABLE verdict ADD CONSTRAINT full_up CHECK (step < 200)"
	site "$dir/db"
	run database --copy "$dir/db" "$(at "$1")"
	is "$status" 1 'a row that the server does not take'
	is "$(grep -c 'table verdict: .*full_up' "$dir/err") $(wc -l <"$dir/err")" '1 1' "is told in one line: $(cat "$dir/err")"
	on "$1" "ALTER TABLE verdict DROP CONSTRAINT full_up"
}
broken changed
cp "$dir/db" "$dir/other"
refuses 1 "has a copy of $dir/db that was broken off, and not of $dir/other" database --copy "$dir/other" "$(at changed)"
refuses 1 "a copy of $dir/db is under way, or was broken off" database --copy "$(at changed)" "$dir/to"
site "$(at changed)"
refuses 1 "a copy of $dir/db is under way, or was broken off" ingest
refuses 1 "a copy of $dir/db is under way, or was broken off" database --create
refuses 1 "a copy of $dir/db is under way, or was broken off" database --migrate
run doctor database
has "a copy of $dir/db is under way, or was broken off" 'doctor says it'
site "$dir/db"
sqlite3 "$dir/db" "UPDATE step SET comment = 'changed' WHERE id = 100; DELETE FROM step WHERE id = 150;
	INSERT INTO name (text) VALUES ('later')"
run database --copy "$dir/db" "$(at changed)"
is "$status" 0 "what has changed since is found: $(cat "$dir/err")"
has 'of the run before were no longer in the source' 'and told'
is "$(on changed "SELECT count(*), (SELECT comment FROM step WHERE id = 100), (SELECT count(*) FROM name WHERE text = 'later') FROM step")" \
	"$(sqlite3 "$dir/db" 'SELECT count(*) FROM step')|changed|1" 'it is a copy of what is there now'

# ---- a row that is not what was sent ----
site "$(at altered)"
run database --create
on altered "CREATE FUNCTION longer() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.wall_us = NEW.wall_us + 1; RETURN NEW; END';
	CREATE TRIGGER longer BEFORE INSERT ON step FOR EACH ROW WHEN (NEW.id = 77) EXECUTE FUNCTION longer()"
site "$dir/db"
run database --copy "$dir/db" "$(at altered)"
is "$status $(wc -l <"$dir/err")" '1 1' 'is found when both are read again'
grep -qF "database $(at altered): table step, row of (id) = (77): is not as in $dir/db; run the copy again" "$dir/err"
ok $? "with its table and key: $(cat "$dir/err")"
refuses 1 "a copy of $dir/db is under way, or was broken off" database --copy "$(at altered)" "$dir/to"
on altered 'DROP TRIGGER longer ON step'
run database --copy "$dir/db" "$(at altered)"
is "$status" 0 "and mended by the next run: $(cat "$dir/err")"

# ---- a server that goes ----
lost() { # lost NAME HOW FROM TO: the connection to the database NAME ends while it waits for a lock there
	hold_up "$1" verdict 'ACCESS EXCLUSIVE' "$3" "$4"
	victim=$(admin "$(of_copier pid "$1") LIMIT 1")
	case $2 in
	terminated) admin "SELECT pg_terminate_backend($victim)" >/dev/null ;;
	killed) kill -9 "$victim" ;;
	esac
	wait "$copier"
	is "$? $(wc -l <"$dir/err")" '1 1' "$2: one line and a status: $(cat "$dir/err")"
	until_so 'SELECT true' # after a crash the server starts anew
	let_go "$1"
	run database --copy "$3" "$4"
	is "$status" 0 "$2: and all of it the next time: $(cat "$dir/err")"
}
for how in terminated killed; do
	site "$(at "to_$how")"
	run database --create
	site "$dir/db"
	lost "to_$how" $how "$dir/db" "$(at "to_$how")"
	lost "to_$how" $how "$(at "to_$how")" "$dir/from_$how"
	dump "$dir/from_$how" >"$dir/from.sql"
	dump "$dir/db" | cmp - "$dir/from.sql"
	ok $? "$how: byte for byte"
done
# In the last commit, which the settings are in.
site "$(at commit)"
run database --create
on commit "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END';
	CREATE CONSTRAINT TRIGGER die AFTER INSERT ON setting DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.key = 'group_by') EXECUTE FUNCTION die()"
site "$dir/db"
refuses 1 'the connection was lost at the end of a change, which may be there or not' database --copy "$dir/db" "$(at commit)"
on commit 'DROP TRIGGER die ON setting'
run database --copy "$dir/db" "$(at commit)"
is "$status" 0 'and is made up for'

# ---- places that take nothing ----
site "$(at standby)"
run database --create
admin "ALTER DATABASE \"${server_name}_standby\" SET default_transaction_read_only = on"
site "$dir/db"
refuses 1 'this server only reads, as a standby does' database --copy "$dir/db" "$(at standby)"
admin "ALTER DATABASE \"${server_name}_changed\" SET default_transaction_read_only = on"
run database --copy "$(at changed)" "$dir/of_standby"
is "$status" 0 "a standby can be copied from: $(cat "$dir/err")"
if [ $can_trace = 1 ]; then
	traced -qq -f -o /dev/null -e trace=pwrite64 -e inject=pwrite64:error=ENOSPC:when=200+ \
		"$sjob" -c "$dir/conf" database --copy "$(at changed)" "$dir/full" >"$dir/out" 2>"$dir/err"
	is "$? $(grep -c 'no space left for it' "$dir/err") $(wc -l <"$dir/err")" '1 1 1' "a full disk: $(cat "$dir/err")"
	run database --copy "$(at changed)" "$dir/full"
	is "$status" 0 'and with room again it goes on'
fi

# ---- texts that are no UTF-8 ----
cp "$dir/back" "$dir/latin"
sqlite3 "$dir/latin" "INSERT INTO name (text) VALUES (CAST(x'6dfc6c6c6572' AS TEXT))"
run database --copy "$dir/latin" "$(at latin)"
has '1 text was not UTF-8: U+FFFD stands for what is not' 'a name of Latin-1 is told'
is "$(on latin "SELECT count(*) FROM name WHERE text = U&'m\\FFFDller'")" 1 'and replaced'
sqlite3 "$dir/latin" "INSERT INTO name (text) VALUES (CAST(x'6dfe6c6c6572' AS TEXT))"
refuses 1 'table name: ' database --copy "$dir/latin" "$(at latin2)"

# ---- who may not see all rows ----
admin 'CREATE ROLE jo_users'
admin 'CREATE ROLE jo_some LOGIN IN ROLE jo_users'
site "$(at latin)"
printf 'Readers=jo_users\n' >>"$dir/conf"
run ingest
is "$status" 0 "readers are let in: $(cat "$dir/err")"
refuses 1 'this role sees its own rows alone; the site is copied by' database --copy "$(at latin)&user=jo_some" "$dir/part"
is "$(find "$dir" -name 'part*')" '' 'and nothing is made'
for database in latin latin2; do on $database 'DROP OWNED BY jo_users, jo_some'; done
admin 'DROP ROLE jo_some'
admin 'DROP ROLE jo_users'

# ---- a server's database is made ----
site "$(at made)"
run database --create
is "$status $(echo "$out" | grep -c ': made, schema ')" '0 1' "where the role may: $(cat "$dir/err")"
is "$(admin "SELECT pg_encoding_to_char(encoding), datcollate, datctype FROM pg_database WHERE datname = '${server_name}_made'")" \
	'UTF8|C|C' 'as joboutliers-database(7) has it'
admin 'CREATE ROLE jo_weak LOGIN'
site "$(at weak)&user=jo_weak"
run database --create
is "$status" 1 'a role that may not'
is "$(cat "$dir/err")" "sjoboutliers: database $(at weak)&user=jo_weak: is not there, and the role jo_weak may make none; have the server's administrator run: createdb -O jo_weak -E UTF8 -l C -T template0 ${server_name}_weak" \
	'is told what to ask for, in one line'
createdb -O jo_weak -E UTF8 -l C -T template0 "${server_name}_weak"
run database --create
is "$status $(echo "$out" | grep -c ': tables made, schema ')" '0 1' 'after which its tables can be made'
admin "DROP DATABASE \"${server_name}_weak\""
admin 'DROP ROLE jo_weak'
conf_of_none="postgresql:///none?host=$dir"
site "$conf_of_none"
refuses 1 "$dir/.s.PGSQL.5432" database --create
plan
