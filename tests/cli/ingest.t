#!/bin/sh
# ingest: every record once and nothing lost, whatever is wrong with the spool or the database.
. "$(dirname "$0")/lib.sh"
chmod 755 "$dir"
cp "$sjob" "$dir/sjoboutliers"
sjob=$dir/sjoboutliers
db=$dir/db spool=$dir/spool

record() { # record JOB NODE: a line of the plugin's
	printf '{"v":1,"kind":"end","cluster":"c1","node":"%s","job_id":%d,"step_id":0,"step_kind":"srun","node_index":0,"node_count":1,"user":"ann","partition":"main","class_name":"align","input_bytes":1000,"start_unix_us":1772366400000000,"wall_us":%d000000,"exit_status":0,"term_signal":0}\n' \
		"$2" "$1" "$1"
}
put() { # put SPOOL NODE JOB...: the records of jobs, as the plugin leaves them
	to=$1 node=$2
	mkdir -p "$to/$node/new" "$to/$node/tmp"
	shift 2
	for job in "$@"; do
		record "$job" "$node" >"$to/$node/new/$job.0"
	done
}
jobs() { # the jobs in the database, in one line
	"$sjob" -c "$dir/conf" list -a -n -P -S 2026-01-01 -o job | sort -n | tr '\n' ' '
}
files() { # what waits in the spool, in one line
	(cd "$spool" && find . -path './*/new/*' | sort | tr '\n' ' ')
}
keeps() { # keeps STATUS TEXT WHAT: ingest fails, says TEXT, and leaves the spool as it is
	before=$(cd "$spool" && find . -type f -exec cksum {} + | sort)
	want=$1 text=$2 what=$3
	run ingest
	is "$status" "$want" "$what: exits $want"
	is "$(grep -c . "$dir/err")" 1 "$what: one line"
	grep -qF -e "$text" "$dir/err"
	ok $? "$what: says '$text' and not: $(cat "$dir/err")"
	is "$(cd "$spool" && find . -type f -exec cksum {} + | sort)" "$before" \
		"$what: the spool is untouched"
}
takes() { # takes SUMMARY WHAT: the next ingest works again
	run ingest
	is "$status" 0 "$2: exits 0"
	is "$out" "ingest: $1" "$2: takes what waited"
	is "$(files)" "" "$2: and the spool is empty"
}

if is_file; then
# Another program keeps the database for longer than anybody waits: begun first, looked at last.
mkdir -p "$dir/held/spool"
printf 'Database=%s/held/db\nSpool=%s/held/spool\n' "$dir" "$dir" >"$dir/held/conf"
put "$dir/held/spool" n1 901
"$sjob" -c "$dir/held/conf" ingest >/dev/null
put "$dir/held/spool" n1 902
mkfifo "$dir/held/in" "$dir/held/out"
sqlite3 "$dir/held/db" <"$dir/held/in" >"$dir/held/out" &
exec 8>"$dir/held/in" 7<"$dir/held/out"
echo 'BEGIN IMMEDIATE; SELECT 1;' >&8
read -r _ <&7
{
	"$sjob" -c "$dir/held/conf" ingest >/dev/null 2>"$dir/held/err"
	echo $? >"$dir/held/status"
} 7<&- 8>&- &
held=$!
fi

# ---- what it does when all is well ----
run ingest
is "$status" 0 "an empty spool is fine"
is "$out" "ingest: 0 records: 0 new, 0 changed, 0 known, 0 skipped, 0 bad" "and says so"
if is_file; then
is "$(stat -c %a "$db")" 640 "the database is made, for nobody else"
fi
put "$spool" n1 1 2 3
put "$spool" n2 4
touch "$spool/n2/tmp/5.0"
takes "4 records: 4 new, 0 changed, 0 known, 0 skipped, 0 bad" "records of two nodes"
is "$(jobs)" "1.0 2.0 3.0 4.0 " "the steps are there"
[ -e "$spool/n2/tmp/5.0" ]
ok $? "what is still being written is left alone"
rm "$spool/n2/tmp/5.0"
put "$spool" n1 1 2
takes "2 records: 0 new, 0 changed, 2 known, 0 skipped, 0 bad" "the same records again"
is "$(jobs)" "1.0 2.0 3.0 4.0 " "are the same steps"

# ---- bad lines, foreign things ----
put "$spool" n1 5
echo 'garbage' >"$spool/n1/new/6.0"
record 7 n1 | tr -d '\n' >"$spool/n1/new/7.0"
record 8 n1 | sed 's/"v":1/"v":99/' >"$spool/n1/new/8.0"
{ record 9 n1; printf '{"v":1,\000}\n'; record 10 n1; } >"$spool/n1/new/9.0"
ln -s /etc/passwd "$spool/n1/new/link"
mkfifo "$spool/n1/new/fifo"
echo 'of somebody else' >"$spool/README"
mkdir "$spool/lost+found" "$spool/.snapshot"
ln -s n1 "$spool/n3"
run ingest
is "$status" 3 "bad lines have a status of their own"
is "$out" "ingest: 9 records: 3 new, 0 changed, 0 known, 0 skipped, 6 bad" "all is counted"
is "$(files)" "" "nothing is left in the spool"
is "$(jobs)" "1.0 2.0 3.0 4.0 5.0 9.0 10.0 " "good lines beside bad ones are taken"
is "$(wc -l <"$dir/err")" 6 "each bad one is told"
while read -r name reason; do
	[ -e "$spool/bad/n1.$name" ] || [ -L "$spool/bad/n1.$name" ]
	ok $? "$name is set aside"
	grep -qF "$reason" "$spool/bad/n1.$name.reason"
	ok $? "with its reason: $(cat "$spool/bad/n1.$name.reason")"
	grep -qF "$spool/n1/new/${name%.[12]}: " "$dir/err"
	ok $? "which standard error has, too"
done <<-END
	6.0.1 line 1: byte
	7.0.1 cut short
	8.0.1 version 99, expected at most 1: the plugin is newer than this program
	9.0.2 line 2: byte
	link expected a record
	fifo expected a record
END
is "$(cat "$spool/bad/n1.6.0.1")" "garbage" "as it was"
[ -e "$spool/README" ] && [ -d "$spool/lost+found" ] && [ -L "$spool/n3" ]
ok $? "what is no node's folder is left alone"
run ingest
is "$status $out" "0 ingest: 0 records: 0 new, 0 changed, 0 known, 0 skipped, 0 bad" "the next run hears of none of it"
rm -r "$spool/README" "$spool/n3" "$spool/bad"

# ---- spools ----
put "$spool" n1 11
put "$dir/second" n1 12
put "$dir/second" n4 13
sed "s|^Spool=.*|&,$dir/gone,$dir/second|" "$dir/conf" >"$dir/three" && cp "$dir/conf" "$dir/one"
cp "$dir/three" "$dir/conf"
refuses 1 "open folder $dir/gone: No such file" ingest
is "$(jobs)" "1.0 2.0 3.0 4.0 5.0 9.0 10.0 11.0 12.0 13.0 " "a spool that is gone does not stop the others"
echo x >"$dir/gone"
refuses 1 "open folder $dir/gone: Not a directory" ingest
rm "$dir/gone"
ln -s nowhere "$dir/gone"
refuses 1 "open folder $dir/gone: No such file" ingest
rm "$dir/gone"
mkdir "$dir/gone"
put "$dir/gone" n5 14
run ingest
is "$status $(jobs)" "0 1.0 2.0 3.0 4.0 5.0 9.0 10.0 11.0 12.0 13.0 14.0 " "once it is back, it is taken"
cp "$dir/one" "$dir/conf"

# A node's folder that is replaced by a link leads nowhere.
mkdir -p "$dir/private/new"
record 15 n6 >"$dir/private/new/15.0"
ln -s "$dir/private" "$spool/n6"
mkdir "$spool/n7"
ln -s "$dir/private/new" "$spool/n7/new"
run ingest
is "$status" 1 "a link in place of new/ is an error"
grep -qF "$spool/n7/new" "$dir/err"
ok $? "that names it"
[ -e "$dir/private/new/15.0" ]
ok $? "and nothing behind links is read or removed"
rm -r "$spool/n6" "$spool/n7"

if is_file; then
# ---- another run ----
put "$spool" n1 20
exec 9>>"$db.ingest"
flock 9
keeps 4 "$db.ingest: another ingest is at work" "a run beside another"
exec 9>&-
takes "1 record: 1 new, 0 changed, 0 known, 0 skipped, 0 bad" "after it"

# ---- the database ----
put "$spool" n1 21 22
sqlite3 "$db" "PRAGMA wal_checkpoint(TRUNCATE)" >/dev/null
cp "$db" "$dir/good.db"
restore() {
	rm -rf "$db" "$db-wal" "$db-shm"
	cp "$dir/good.db" "$db"
}
head -c 100 /dev/zero | dd of="$db" conv=notrunc status=none
keeps 1 "$db" "its first bytes overwritten"
restore
# Every page after the first, from its header on.
size=$(stat -c %s "$db")
head -c $((size - 4096)) /dev/zero | tr '\0' '\377' | dd of="$db" bs=4096 seek=1 conv=notrunc status=none
keeps 1 "$db" "its pages overwritten"
restore
truncate -s 8192 "$db"
keeps 1 "$db" "cut short"
restore
yes 'This is a letter.' | head -c 8192 >"$db"
keeps 1 "$db" "a text in its place"
rm -f "$db"
mkdir "$db"
keeps 1 "$db: not a regular file" "a folder in its place"
restore
sqlite3 "$db" 'PRAGMA user_version = 1000'
keeps 1 "$db: made by a newer version of this program" "of a newer version"
restore
sqlite3 "$dir/foreign.db" 'CREATE TABLE t (x)'
cp "$dir/foreign.db" "$db"
keeps 1 "$db: belongs to another program" "another program's"
cmp -s "$dir/foreign.db" "$db"
ok $? "which stays as it is, to the byte"
sed "s|^Database=.*|Database=$dir/no/folder/db|" "$dir/one" >"$dir/conf"
keeps 1 "$dir/no/folder/db" "no folder for it"
cp "$dir/one" "$dir/conf"
restore

# Files that may not grow are what a full disk is to a program.
put "$spool" n1 $(seq 101 400)
for blocks in 1 100; do
	before=$(files)
	(
		trap '' XFSZ
		ulimit -f $blocks
		exec "$sjob" -c "$dir/conf" ingest
	) >"$dir/out" 2>"$dir/err.full"
	is "$?" 1 "a full disk, after $blocks blocks: exits 1"
	grep -qF -e "$db" "$dir/err.full"
	ok $? "and names the file: $(cat "$dir/err.full")"
	is "$(files)" "$before" "the spool is untouched"
done
takes "302 records: 302 new, 0 changed, 0 known, 0 skipped, 0 bad" "a good database, with room"
is "$(sqlite3 "$db" 'PRAGMA integrity_check')" ok "that is whole"

rm -f "$db" "$db-wal" "$db-shm"
put "$spool" n1 1 2
takes "2 records: 2 new, 0 changed, 0 known, 0 skipped, 0 bad" "a missing database is made"

# What one may not write; root may everything, so somebody else tries.
put "$spool" n1 31
if [ "$(id -u)" = 0 ]; then
	chown -R 65534:65534 "$spool" "$db"
	chmod 777 "$dir"
	rm -f "$db-wal" "$db-shm" "$db.ingest"
	printf '#!/bin/sh\nexec setpriv --reuid=65534 --regid=65534 --clear-groups %s "$@"\n' \
		"$sjob" >"$dir/as-nobody"
	chmod 755 "$dir/as-nobody"
	sjob=$dir/as-nobody
fi
chmod 440 "$db"
keeps 1 "$db" "a database that is read-only"
chmod 640 "$db"
chmod 555 "$dir"
keeps 1 "$db" "a folder that is read-only"
chmod 777 "$dir"
chmod 555 "$spool/n1/new"
run ingest
is "$status" 1 "a spool that is read-only: exits 1"
grep -qF "remove $spool/n1/new/31.0: Permission denied" "$dir/err"
ok $? "and names the file: $(cat "$dir/err")"
chmod 755 "$spool/n1/new"
takes "1 record: 0 new, 0 changed, 1 known, 0 skipped, 0 bad" "all of them writable"
mkdir "$spool/n8" "$spool/n8/new"
chmod 000 "$spool/n8/new"
put "$spool" n1 32
run ingest
is "$status $(files)" "1 " "a node's folder that cannot be read does not stop the others"
grep -qF "$spool/n8/new: Permission denied" "$dir/err"
ok $? "and is named"
chmod 755 "$spool/n8/new"
fi

# ---- a step that never ends ----
mkdir -p "$spool/n9/new"
printf '{"v":1,"kind":"start","cluster":"c1","node":"n9","job_id":7001,"step_id":0,"step_kind":"srun","node_count":1,"uid":0,"time_limit_us":3600000000,"start_unix_us":%s000000}\n' \
	"$(date -d 2026-03-01T05:00 +%s)" >"$spool/n9/new/7001.0"
chmod 777 "$spool/n9/new"
SJOBOUTLIERS_NOW=2026-03-02T05:59:00
run ingest
run list -a -n -P -j 7001 -o state
is "$out" RUNNING "a step without an end runs until a day after its limit"
SJOBOUTLIERS_NOW=2026-03-02T06:01:00
run ingest
run list -a -n -P -j 7001 -o state
is "$out" LOST "and is lost then"

if is_file; then
# ---- the one that waited ----
wait "$held"
is "$(cat "$dir/held/status")" 4 "a database that another program keeps: exits 4"
grep -qF "$dir/held/db" "$dir/held/err" && grep -qF locked "$dir/held/err"
ok $? "and says so: $(cat "$dir/held/err")"
[ -s "$dir/held/spool/n1/new/902.0" ]
ok $? "the record waits"
echo 'COMMIT;' >&8
exec 8>&- 7<&-
sjob=$dir/sjoboutliers
is "$("$sjob" -c "$dir/held/conf" ingest)" "ingest: 1 record: 1 new, 0 changed, 0 known, 0 skipped, 0 bad" "and is taken afterwards"
fi
# ---- a job number that came again, a month later, on a node that is at work again
line=$(record 40 n1)
echo "$line" >"$spool/n1/new/40.0"
run ingest
echo "$line" | sed 's/1772366400000000/1769688000000000/; s/1000,"start/2000,"start/' >"$spool/n1/new/40.1"
echo "$line" | sed 's/1772366400000000/1774958400000000/; s/1000,"start/3000,"start/' >"$spool/n1/new/40.2"
run ingest
is "$out" "ingest: 2 records: 2 new, 0 changed, 0 known, 0 skipped, 0 bad" "a number again is a job of its own"
run list -a -n -P -S 2026-01-01 -E 2027-01-01 -j 40 -o input_bytes
is "$(echo "$out" | sort | tr '\n' ' ')" "1000 2000 3000 " "and all of them are there"

plan
