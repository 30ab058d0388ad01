#!/bin/sh
# publish and the copy for readers: users see jobs without the database, which has more and
# which they could keep from being written; and the copy is whole or the one before.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

if [ "$(id -u)" != 0 ] || ! command -v setpriv >/dev/null; then
	echo "1..0 # SKIP needs root, to be several users"
	exit 0
fi
site=$dir/site public=$dir/public copy=$dir/public/readers.db
chmod 711 "$dir"
mkdir -m 750 "$site"
mkdir -m 755 "$public"
mkdir -m 1733 "$dir/requests"
mkdir -m 777 "$dir/out"
cat >"$dir/sendmail" <<-END
	#!/bin/sh
	exit 75
END
chmod +x "$dir/sendmail"
cat >"$dir/conf" <<-END
	Database=$site/db
	Spool=$dir/spool
	Requests=$dir/requests
	ReadersDatabase=$copy
	MailUsers=yes
	MailDomain=hidden.example.org
	MailFrom=jobs@example.org
	SendmailPath=$dir/sendmail
END
# The build's folder may be nobody's business, so users run a copy.
cp "$sjob" "$dir/sjob"

as() { # as USER COMMAND...: the tool, run by USER; its output in $out
	user=$1
	shift
	out=$(setpriv --reuid="$user" --regid=nogroup --clear-groups "$dir/sjob" -c "$dir/conf" "$@" 2>"$dir/err")
	status=$?
}
says() { # says TEXT NAME: the last run said so on standard error
	grep -qF -e "$1" "$dir/err"
	ok $? "$2"
}
silent() { # silent NAME: the last run said nothing there
	is "$(cat "$dir/err")" "" "$1"
}

# ---- a site: daemon's 40 jobs and one that took long, mail that waits, and wishes
awk 'BEGIN {
	print "job,start,wall_s,partition,user,class,node,input_bytes,ncpus"
	for (i = 1; i <= 40; i++)
		printf "%d,2026-02-%02dT%02d:00:00,%d,main,daemon,align,n1,%d,8\n",
			i, 1 + i / 2, i % 24, 900 + i, 1000000000 + i
	print "41,2026-03-01T10:00:00,30000,main,daemon,align,n1,1000000000,8"
	print "42,2026-03-01T11:00:00,100,main,bin,sort,n2,5000,1"
}' >"$dir/history.csv"
run import --csv "$dir/history.csv"
is "$status" 0 "there are jobs"
run check
run mute -u daemon --class hushhush --partition quietpart
is "$status" 0 "somebody muted a class that has no job yet"
run mute -u slowreader --weekly
run expect -u bin 42
is "$status" 0 "and expects a job"
run mail
"$sjob" -c "$dir/conf" mute --list -P >"$dir/mutes"
grep -q hushhush "$dir/mutes"
ok $? "all of it is in the database"

sqlite3 "$site/db" "UPDATE step SET trace_id = 'trace-of-' || job_id, span_id = 'span-of-' || job_id,
	parent_span_id = 'parent-of', link_trace_id = 'linked-trace', link_span_id = 'linked-span'"

as daemon list -P
is "$status" 1 "before there is a copy, users see nothing"
says "$copy: the copy for readers is not there yet" "which is said"
run doctor
has "warn readers   $copy: is not there yet" "doctor warns of it"

# ---- the copy
run publish
is "$status" 0 "publish makes it"
has "publish: $copy: " "and says where"
is "$(stat -c '%a %u' "$copy")" "644 0" "everybody may read it"
is "$(od -An -tu1 -j18 -N2 "$copy" | tr -d ' ')" "11" "and nobody needs a log beside it"
is "$(ls "$public")" readers.db "nothing else is left there"
run doctor
has "ok   readers   $copy: as of 2026-03-02T06:00:00" "doctor has seen it"
for word in hidden.example.org hushhush quietpart slowreader trace-of- span-of- parent-of \
	linked-trace linked-span; do
	cat "$site/db" "$site/db-wal" 2>/dev/null | grep -qaF "$word"
	ok $? "the database has $word"
	grep -qaF "$word" "$copy"
	is $? 1 "the copy does not"
done
sqlite3 "$site/db" "UPDATE step SET trace_id = NULL, span_id = NULL, parent_span_id = NULL,
	link_trace_id = NULL, link_span_id = NULL"

# ---- what readers see
setpriv --reuid=daemon --regid=nogroup --clear-groups cat "$site/db" >/dev/null 2>&1
is $? 1 "users cannot read the database"
as daemon list -S 2026-03-01
is "$status" 0 "they list"
has "align" "their jobs"
printf '%s\n' "$out" | grep -q sort
is $? 1 "and unless asked to, no others"
is "$(cat "$dir/err")" "sjoboutliers: as of 2026-03-02T06:00:00" "with the time of the copy, once"
for command in 'list -a -P -S 2026-01-01' 'list --json -S 2026-03-01 -u daemon' \
	'list --drift -P -u daemon' 'check --since 2026-03-01 -P -o all' 'check --running -P' 'export --csv' 'export --json' \
	'predict -P -p main -u daemon -C align --input-size 1e9'; do
	# shellcheck disable=SC2086 # words
	as daemon $command
	silent "programs are told nothing by '$command'"
	theirs="$status $out"
	# shellcheck disable=SC2086
	run $command
	is "$theirs" "$status $out" "and get what the site does"
	is "$status" 0 "which is something"
done
for command in 'show 41' 'predict -p main -u daemon -C align --input-size 1e9' \
	"report -S 2026-03-01 --html $dir/out/page.html"; do
	# shellcheck disable=SC2086
	as daemon $command
	is "$status $(cat "$dir/err")" "0 sjoboutliers: as of 2026-03-02T06:00:00" "'$command'"
done
grep -q 'not known to readers' "$dir/out/page.html"
ok $? "of mails the page does not say that there are none"
as daemon export --openmetrics "$dir/out/jobs.prom"
grep -q pending_mails "$dir/out/jobs.prom"
is "$status $?" "0 1" "nor do the numbers"
grep -q 'joboutliers_database_steps 42' "$dir/out/jobs.prom"
ok $? "which are there else"
chmod 755 "$site"
chmod 644 "$site/db"
mv "$site/db-wal" "$dir/out/"
rm -f "$site/db-shm"
as daemon list -S 2026-03-01
is "$status $(cat "$dir/err")" "0 sjoboutliers: as of 2026-03-02T06:00:00" \
	"a database that is open is of no use to them without its log"
mv "$dir/out/db-wal" "$site/"
chmod 640 "$site/db"
chmod 750 "$site"
run list -a -P -S 2026-03-01
silent "who may open the database is told nothing"

# ---- what they do not
for command in 'mute --list' check prune 'prune -n' 'mail --dry-run' replay publish ingest \
	'mute -u daemon'; do
	# shellcheck disable=SC2086
	as daemon $command
	is "$status" 1 "'$command' is not for them"
	says "this is for those who look after it" "and says so"
done

# ---- a host where the database is not
sed "s|^Database=.*|Database=$dir/elsewhere/db|" "$dir/conf" >"$dir/login.conf"
mv "$dir/conf" "$dir/site.conf"
cp "$dir/login.conf" "$dir/conf"
as daemon list -S 2026-03-01
is "$status $(cat "$dir/err")" "0 sjoboutliers: as of 2026-03-02T06:00:00" "there they list by the copy"
has "align" "the same jobs"
as daemon check --running -P
is "$status $(cat "$dir/err")" "0 " "and judge what runs"
run list -S 2026-03-01
is "$status" 0 "root does, too"
as daemon check
is "$status" 1 "what changes the database is for where it is"
says "$dir/elsewhere/db: there is no database here; on the host that takes the records" "which is said"
sed -i "s|^ReadersDatabase=.*|ReadersDatabase=$dir/elsewhere/readers.db|" "$dir/conf"
as daemon list
is "$status" 1 "without the copy they see nothing"
says "there is no database yet, or not here; 'sjoboutliers ingest' makes it, and 'publish' $dir/elsewhere/readers.db" \
	"and learn what is missing"
mv "$dir/site.conf" "$dir/conf"
as bin expect 41
is "$status" 1 "a job of somebody else's"
says "is not a job of 'bin'" "is refused at once"
as bin expect 4711
is "$status" 0 "but one that the copy does not know may have ended since"

# ---- a reader who means harm
hold() { # hold: nobody locks what it can open below the folder, and says so in $dir/out/held
	rm -f "$dir/out/held"
	setpriv --reuid=nobody --regid=nogroup --clear-groups perl -e '
		use Fcntl qw(:flock F_SETLK F_RDLCK SEEK_SET);
		my ($out, @open) = (shift);
		foreach my $path (@ARGV) {
			open(my $file, "<", $path) or next;
			flock($file, LOCK_EX | LOCK_NB);
			my $whole = pack("s s x4 q q i x4", F_RDLCK, SEEK_SET, 0, 0, 0);
			fcntl($file, F_SETLK, $whole);
			push @open, $file;
		}
		open(my $held, ">", "$out.new");
		print $held scalar(@open), "\n";
		close($held);
		rename("$out.new", $out);
		sleep(600);' "$dir/out/held" "$site"/* "$copy" &
	reader=$!
	for _ in $(seq 200); do
		[ -e "$dir/out/held" ] && break
		sleep 0.05
	done
}
release() {
	kill "$reader"
	wait "$reader" 2>/dev/null
}
trap 'kill "$reader" 2>/dev/null; rm -rf "$dir"' EXIT
# The way it was: a folder that is open, and a lock that can be read.
chmod 711 "$site"
run ingest
chmod 644 "$site/db.ingest"
hold
is "$(cat "$dir/out/held")" 2 "of an open lock and the copy"
run ingest
is "$status" 4 "the lock can be held, and ingest does not run"
is "$(stat -c %a "$site/db.ingest")" 600 "but it closes the lock to others"
release
run nightly
is "$(stat -c '%n %a' "$site"/db.* | sed 's|.*/||' | tr '\n' ',')" \
	"db.check 600,db.ingest 600,db.mail-lock 600,db.night 600,db.past-lock 600,db.readers-lock 600," "no lock is open"
hold
is "$(cat "$dir/out/held")" 1 "then the copy alone can be opened"
for command in ingest check publish nightly; do
	run $command
	is "$status" 0 "and locks on it do not keep $command from its work"
done
printf '%s\n' "$out" | grep -q "^publish  *$copy: "
ok $? "a night makes the copy"
release
chmod 750 "$site"

# ---- a copy that does not become whole
cp "$copy" "$dir/before.db"
same() { # same NAME: the copy is the one before
	cmp -s "$copy" "$dir/before.db"
	ok $? "$1"
}
for _ in 1 2 3; do
	# Less than the empty tables take; the signal ends it as kill -9 would.
	sh -c "ulimit -f 64; '$sjob' -c '$dir/conf' publish; exit \$?" >/dev/null 2>&1
	is "$?" 153 "killed while it writes"
	same "the old copy is there"
	is "$(find "$public" -type f | wc -l)" 2 "and one file beside it"
done
is "$(stat -c %a "$copy.new")" 600 "which nobody can read"
out=$(
	trap '' XFSZ
	ulimit -f 64
	"$sjob" -c "$dir/conf" publish 2>&1
)
is "$?" 1 "what cannot be written is a failure"
has "sjoboutliers: the copy for readers: " "with its reason"
same "the old copy is there"
is "$(ls "$public")" readers.db "and nothing beside it"
if unshare -m true 2>/dev/null; then
	out=$(unshare -m sh -c "mount -t tmpfs -o size=64k,mode=755 none $public && cd / &&
		'$sjob' -c '$dir/conf' publish; ls -A $public" 2>&1)
	has "the copy for readers takes up to " "a full disk is seen before"
	is "$(printf '%s\n' "$out" | wc -l)" 1 "and nothing is left on it"
fi

# ---- slips
sed "s|^ReadersDatabase=.*|ReadersDatabase=$site/db|" "$dir/conf" >"$dir/slip"
cp "$site/db" "$dir/before.db"
out=$("$sjob" -c "$dir/slip" publish 2>&1)
is "$?" 1 "the database itself is not replaced"
has "$site/db: is the database itself" "which is said"
cmp -s "$site/db" "$dir/before.db"
ok $? "and it is as it was"
echo precious >"$public/page"
sed "s|^ReadersDatabase=.*|ReadersDatabase=$public/page|" "$dir/conf" >"$dir/slip"
out=$("$sjob" -c "$dir/slip" publish 2>&1)
has "$public/page: is no copy for readers, so it is not replaced" "nor is another file"
is "$(cat "$public/page")" precious "which stays"
chmod 777 "$public"
run publish
is "$status" 1 "where others may write, none is made"
grep -qF "others may write to this folder" "$dir/err"
ok $? "and the right way is said"
chmod 755 "$public"
sed "s|^Database=.*|Database=$copy|" "$dir/conf" >"$dir/slip"
out=$("$sjob" -c "$dir/slip" ingest 2>&1)
is "$?" 1 "nothing is written to a copy"
has "is a copy for readers" "and why"

# ---- doctor
run doctor
printf '%s\n' "$out" | grep -q 'warn database'
is $? 1 "all is well with the database"
chmod 644 "$site/db"
run doctor
has "chmod 640 $site/db, and give readers a copy of their own by ReadersDatabase=PATH" "a database that is open"
chmod 640 "$site/db" "$site/db-wal"
chmod 644 "$site/db-shm"
run doctor
has "chmod 640 $site/db-shm, and" "or its index"
chmod 640 "$site/db-shm"
chmod 600 "$copy"
run doctor
has "warn readers   $copy: users cannot read it: chmod 644 $copy" "a copy that is closed"
chmod 644 "$copy"
chmod 750 "$public"
run doctor
has "warn readers   $copy: users cannot reach it through $public" "or its folder"
chmod 755 "$public"
SJOBOUTLIERS_NOW=2026-03-04T18:00:01
run doctor
has "warn readers   $copy: is as of 2026-03-02T06:00:00, 60 hours ago" "one that is two nights old"
SJOBOUTLIERS_NOW=2026-03-02T06:00:00
sed -i "s|^ReadersDatabase=.*|ReadersDatabase=$site/db|" "$dir/conf"
run doctor
has "warn readers   $site/db: is no copy for readers" "and what is none"
as daemon list
is "$status" 1 "which users do not read either"

sed -i '/^ReadersDatabase/d' "$dir/conf"
run publish
is "$status $out" "0 publish: readers have no copy: ReadersDatabase is not set" "a site without one"
as daemon list
says "database $site/db: Permission denied" "tells users what it always did"

# ---- a site whose users may see everything: the database's own mode decides ----
chmod 755 "$site"
chmod 644 "$site/db"
as daemon list
is "$status" 1 "the log beside it has the mode of before"
says "may not be read; the next ingest gives it the database's own mode" "which users are told"
run ingest
is "$(stat -c '%a' "$site/db" "$site/db-wal" "$site/db-shm" | tr '\n' ' ')" "644 644 644 " "ingest gives it the new one"
as daemon list -P -S 2026-01-01 -u daemon
theirs="$status $(cat "$dir/err") $out"
run list -P -S 2026-01-01 -u daemon
is "$theirs" "0  $out" "and users read the database"
# While something is being written, and after it was copied back into the file.
mkfifo "$dir/words"
sqlite3 "$site/db" <"$dir/words" >"$dir/writer.out" 2>&1 &
writer=$!
exec 8>"$dir/words"
echo "PRAGMA wal_autocheckpoint = 0; INSERT INTO outlet VALUES (7, 1, 1, 1, 1, NULL, NULL);
	BEGIN IMMEDIATE; SELECT 'ready';" >&8
until_ok grep -q ready "$dir/writer.out"
as daemon list -P -S 2026-01-01 -u daemon
is "$status $(cat "$dir/err") $out" "$theirs" "beside a writer"
exec 8>&-
wait "$writer"
sqlite3 "$site/db" 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
rm -f "$site/db-wal" "$site/db-shm"
as daemon list
is "$status" 1 "without any log"
says "there is no log beside it, and who may not write there can make none; the next ingest leaves one" "they learn who makes it"
run ingest
rm -f "$site/db-shm"
as daemon list
is "$status" 1 "without its index"
says "there is no log beside it, and who may not write there can make none; the next ingest leaves one" "the same"
if strace -o "$dir/trace" true 2>/dev/null; then
	traced -qq -o "$dir/trace" -P "$site/db-shm" -e trace=pwrite64 -e inject=pwrite64:error=ENOSPC \
		"$sjob" -c "$dir/conf" list >/dev/null 2>"$dir/err"
	is "$? $(grep -c 'no space left for it' "$dir/err")" '1 1' "a disk without room for it is said to be full"
fi
for command in ingest check prune nightly; do
	run $command
	as daemon list -P -S 2026-01-01 -u daemon
	is "$status $(cat "$dir/err") $out" "$theirs" "after $command they read again"
done
chmod 640 "$site/db"
run ingest
is "$(stat -c '%a' "$site/db" "$site/db-wal" "$site/db-shm" | tr '\n' ' ')" "640 640 640 " "and it can be closed again"
ln -s "$dir/conf" "$site/link"
mv "$site/db-wal" "$dir/out/"
rm -f "$site/db-shm"
ln -s "$dir/conf" "$site/db-shm"
chmod 644 "$dir/conf"
run ingest
is "$(stat -c %a "$dir/conf")" 644 "no mode is changed through a link"
plan
