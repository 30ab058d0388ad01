#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The database is made, brought up to date and copied by a command of its own.  What is about a
# server alone is in tests/postgres/copy.t.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
db=$(db_at db)
newest=$(find "$schema" -name '[0-9]*.sql' | wc -l)

# ---- what is refused ----
refuses 2 '--create, --migrate or --copy: one of them is needed' database
refuses 2 'one at a time' database --create --copy /a /b
refuses 2 '--copy takes two databases, FROM and TO' database --copy "$db"
refuses 2 'the database is what Database names; /a is for --copy' database --migrate /a
refuses 2 'Database=./db: expected an absolute path or postgresql://...' database --copy ./db "$db"
refuses 1 "$db: there is no database yet; 'sjoboutliers database --create' makes it" database --migrate
refuses 1 "$db: cannot be copied to itself" database --copy "$db" "$db"

# ---- made ----
run database --create
is "$status" 0 "it is made: $(cat "$dir/err")"
has "database: $db: " 'by its name'
has "made, schema $newest" 'with the schema of this version'
is "$(sql 'SELECT count(*) FROM step')" 0 'and has no steps'
run database --create
is "$status $out" "0 database: $db: is there already, schema $newest" 'the second time it is there'
run database --migrate
is "$status $out" "0 database: $db: is up to date, schema $newest" 'and up to date'
run list
is "$status" 0 'it can be read from'
other=$(db_at foreign)
sql -d foreign 'CREATE TABLE t (x INTEGER)'
printf 'Database=%s\n' "$other" >"$dir/other"
"$sjob" -c "$dir/other" database --create >/dev/null 2>"$dir/err"
is "$? $(grep -c 'belongs to another program' "$dir/err")" '1 1' "another program's is not touched"
is "$(sql -d foreign 'SELECT count(*) FROM t')" 0 'and is as it was'

# ---- copied ----
awk 'BEGIN {
	print "job,start,wall_s,user,class,input_bytes"
	for (i = 0; i < 300; i++)
		printf "%d,%d,%d,root,sort%d,%d\n", 100 + i, 1771718400 + i * 1800, 60 + i % 7, i % 3, 1000000 * (1 + i % 5)
}' >"$dir/jobs.csv"
run import --csv "$dir/jobs.csv"
run check --all
copy=$(db_at copy)
run database --copy "$db" "$copy"
is "$status" 0 "it is copied: $(cat "$dir/err")"
has "database: $copy: " 'to its place'
has "each the same as in $db" 'and compared'
run export --json
was=$out
sed -i "s|^Database=.*|Database=$copy|" "$dir/conf"
run export --json
[ "$(printf '%s\n' "$out" | wc -l)" = 300 ] && [ "$out" = "$was" ]
ok $? 'all of it is there'
sql -d copy "UPDATE step SET wall_us = 1 WHERE (id & 68719476735) = 7"
refuses 1 'has rows of its own, and is not replaced' database --copy "$db" "$copy"
is "$(sql -d copy 'SELECT wall_us FROM step WHERE (id & 68719476735) = 7')" 1 'what is something else stays'
sql -d copy "INSERT INTO setting (key, value) VALUES ('copy of $db', 1)"
for command in list 'ingest' 'check' 'database --create' 'database --migrate'; do
	# shellcheck disable=SC2086 # words
	refuses 1 "$copy: a copy of $db is under way, or was broken off; 'sjoboutliers database --copy' of the two again goes on with it" $command
done
run doctor database
has "a copy of $db is under way" 'doctor says it, too'
run database --copy "$db" "$copy"
is "$status" 0 'and it comes to its end'
has ' of the run before were no longer in the source' 'what was not the same is gone'
is "$(sql -d copy 'SELECT wall_us FROM step WHERE (id & 68719476735) = 7')" "$(sql 'SELECT wall_us FROM step WHERE (id & 68719476735) = 7')" 'and as it was'
sed -i "s|^Database=.*|Database=$db|" "$dir/conf"

# ---- one database, two names ----
ln -s db "$dir/link"
ln "$dir/db" "$dir/hard" 2>/dev/null
for other in $(of_engine "$dir/link $dir/hard" "$db&application_name=other"); do
	refuses 1 "$db: cannot be copied to itself, of which $other is another name" database --copy "$db" "$other"
done
if is_file; then
	sed -i "s|^Database=.*|Database=$dir/link|" "$dir/conf"
	hold_lock check
	refuses 4 "$db.check: another check is at work" check
	free_lock
	chmod 644 "$dir/db"
	run ingest
	is "$(stat -c %a "$dir/db-wal" "$dir/db-shm" | sort -u)" 644 "by a link the file's log is given its mode"
	run doctor database
	is "$(echo "$out" | grep -c "chmod 640.* $dir/db-wal")" 1 'as doctor sees'
	chmod 640 "$dir/db"
	run nightly
	is "$(find "$dir" -name 'link?*')" '' 'and nothing is made beside the link'
	sed -i "s|^Database=.*|Database=$db|" "$dir/conf"
	rm -f "$dir/link" "$dir/hard"*
fi

# ---- a file that a backup left: who writes first changes its journal, and others wait ----
if is_file && command -v strace >/dev/null; then
	copy_db db backup
	copy_db backup db
	is "$(sql 'PRAGMA journal_mode')" delete 'a backup has no log beside it'
	mkfifo "$dir/go"
	{
		printf 'BEGIN IMMEDIATE;\n.shell touch %s/held\n' "$dir"
		read -r _ <"$dir/go"
		echo 'COMMIT;'
	} | sqlite3 "$dir/db" &
	holder=$!
	until_ok [ -e "$dir/held" ]
	traced -qq -o "$dir/locks" -e trace=fcntl "$sjob" -c "$dir/conf" check >"$dir/out" 2>"$dir/err" &
	checker=$!
	has_waited() { # or has ended, which it must not
		[ "$(grep -c EAGAIN "$dir/locks")" -gt 1 ] || ! kill -0 "$checker"
	}
	until_ok has_waited
	echo >"$dir/go"
	wait "$holder"
	wait "$checker"
	is "$? $(cat "$dir/err")" '0 ' 'who comes while another writes waits for it'
	is "$(sql 'PRAGMA journal_mode')" wal 'and leaves it with a log'
fi

# ---- when the last night ran goes with it, or the copy says why not ----
if is_file && command -v strace >/dev/null; then
	run nightly
	for fault in openat:error=EMFILE:when=2+ read:error=EIO; do
		traced -qq -o /dev/null -P "$dir/db.night" -e trace="${fault%%:*}" -e inject="$fault" \
			"$sjob" -c "$dir/conf" database --copy "$db" "$dir/noted" >"$dir/out" 2>"$dir/err"
		is "$? $(grep -c "$dir/db.night: " "$dir/err")" '1 1' "its note cannot be read ($fault): $(cat "$dir/err")"
	done
	run database --copy "$db" "$dir/noted"
	is "$status" 0 'the next run brings it'
	cmp -s "$dir/db.night" "$dir/noted.night"
	ok $? 'which it then has'
fi

# ---- of before: a file alone can be ----
if is_file; then
	is "$(stat -c %a "$dir/copy")" 640 'a copy has the mode of a database'
	is "$(find "$dir" -name 'foreign.*')" '' "and beside another program's nothing is made"
	at_schema_12
	run database --create
	has "database: $db: is there already, schema 12" 'of an older schema it is there as well'
	has "'sjoboutliers database --migrate' brings it there" 'and it says what is to be done'
	refuses 1 "$db: of an older version (schema 12, not $newest); the next 'sjoboutliers ingest' brings it up to date, or 'database --migrate'" list
	refuses 1 "of an older version (schema 12" database --copy "$db" "$dir/new"
	exec 8>"$dir/db.night"
	flock 8
	refuses 4 'another run holds it' database --migrate
	exec 8>&-
	is "$(sql 'PRAGMA user_version')" 12 'while something runs nothing is changed'
	run database --migrate
	is "$status $out" "0 database: $db: from schema 12 to $newest" 'it is brought up to date'
	run list -a -n -P -S 2020-01-01
	is "$(printf '%s\n' "$out" | wc -l)" 300 'with all it had'
	# Watched, where there is much to bring over.
	if [ -n "$(command -v script)" ]; then
		at_schema_12
		script -qec "$sjob -c $dir/conf database --migrate" /dev/null >"$dir/watched" 2>&1 </dev/null
		grep -q "from schema 12 to $newest" "$dir/watched"
		ok $? 'also where it is watched'
	fi
fi
plan
