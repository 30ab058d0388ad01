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

hold_lock night
refuses 4 "another run holds it" nightly
free_lock

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

break_db
run nightly
is "$status" 1 "a broken database fails what needs it"
# The lock of a night is a file beside the one, and in the other's database.
is "$(printf '%s\n' "$out" | grep -c FAILED)" "$(of_engine 4 0)" "each part that could begin with its line"
plan
