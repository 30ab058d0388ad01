#!/bin/sh
# nightly: all parts, one after the other, whatever came of the one before; one night at a time.
. "$(dirname "$0")/lib.sh"

run nightly
is "$status" 0 "a first night with nothing to do"
has "nightly 2026-03-02T06:00:00" "says when"
for part in ingest suspended requests check publish hook send mail prune; do
	has "$part" "and what came of $part"
done
is "$(wc -l <"$dir/err")" 0 "without a complaint"
run doctor
has "ok   night     the last nightly ran at 2026-03-02T06:00:00" "doctor knows of it"

exec 9>>"$dir/db.night"
flock 9
refuses 4 "another run holds it" nightly
flock -u 9
exec 9>&-

# A part that fails does not keep the others from being done.
chmod 777 "$dir/spool"
mv "$dir/spool" "$dir/away"
run nightly
is "$status" 1 "a spool that is gone is a failure"
has "ingest    FAILED: " "of ingest"
has "prune     0 steps" "and prune was done all the same"
grep -q "^sjoboutliers: ingest: " "$dir/err"
ok $? "standard error has the reason"
run doctor
has "warn night     the last nightly, at 2026-03-02T06:00:00, ended with status 1" "doctor tells of it"
mv "$dir/away" "$dir/spool"
chmod 750 "$dir/spool"

mkdir -p "$dir/spool/n1/new"
echo 'this is no record' >"$dir/spool/n1/new/1.json"
run nightly
is "$status" 3 "a bad record is set aside, which has a status of its own"
has "1 " "and is counted"

mv "$dir/db" "$dir/whole.db"
rm -f "$dir/db-wal" "$dir/db-shm"
printf 'this is no database at all, but long enough to be taken for one %0200d' 0 >"$dir/db"
run nightly
is "$status" 1 "a broken database fails what needs it"
is "$(printf '%s\n' "$out" | grep -c FAILED)" 4 "each part with its line"
plan
