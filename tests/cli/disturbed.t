#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A machine that is busy with other things for days: jobs take longer by the clock, and no more CPU
# time.  What one of them does by itself is told all the same.
. "$(dirname "$0")/lib.sh"

# Word filters, two a day for twenty days, which spend 31 % of their time in line 21.  The machine is
# busy in the last six, when they take SLOWER times as long; then comes one that does WORK times the
# work in line 21, and one that needs five times the memory.
mkdir -p "$dir/spool/n1/new" "$dir/spool/n1/tmp"
cat >"$dir/make.py" <<'EOP'
import json, sys
SLOWER, WORK = 1.6, 3.2
spool = sys.argv[1] + "/n1/new/"
lines = ["<module> (word_filter.py:40);read_words (word_filter.py:10)",
         "<module> (word_filter.py:41);filter_words (word_filter.py:30);is_filtered (word_filter.py:21)",
         "<module> (word_filter.py:41);filter_words (word_filter.py:31);write (word_filter.py:5)"]
def put(job, day, hour, size, cpu_s, wall_s, shares, words=30, memory=1, user="ann", name="filter"):
    samples = int(10 * cpu_s)
    counts = [int(samples * share) for share in shares]
    counts[0] += samples - sum(counts)
    record = {"v": 1, "kind": "end", "cluster": "c1", "node": "n%d" % (1 + job % 2), "job_id": job,
              "step_id": 0, "step_kind": "srun", "restart_count": 0, "node_index": 0,
              "node_count": 1, "user": user, "partition": "main", "job_name": name,
              "class_name": name, "program": "word_filter.py", "input_bytes": int(size * 1e6),
              "cpu_count": 4, "start_unix_us": (1771545600 + day * 86400 + hour * 3600) * 1000000,
              "wall_us": int(wall_s * 1e6), "cpu_us": int(cpu_s * 1e6),
              "mem_peak_bytes": int(memory * (100 + 2 * size) * (1 << 20)), "attr.filter_words": str(words),
              "exit_status": 0, "term_signal": 0, "profile_kind": "python", "profile_rate_hz": 10,
              "profile_samples": samples,
              "profile": "".join("%s %d\n" % one for one in zip(lines, counts) if one[1])}
    open("%s%d" % (spool, job), "w").write(json.dumps(record, separators=(",", ":")) + "\n")
for i in range(40):
    size = 16 ** (i * 17 % 40 / 39)
    noise = 1 + (i * 11 % 9 - 4) / 200
    off = (i * 7 % 11 - 5) / 250
    cpu_s = (20 + 40 * size) * noise
    wall_s = cpu_s * (1.05 + 0.02 * (i * 5 % 7))
    put(100 + i, i // 2, 8 + 4 * (i % 2), size, cpu_s, wall_s * (SLOWER if i >= 28 else 1),
        [0.30 - off, 0.31 + off, 0.39])
# bob's do as much more work in line 21 since the same day.
for i in range(40):
    size = 16 ** (i * 17 % 40 / 39)
    off = (i * 7 % 11 - 5) / 250
    does = 1.8 if i >= 28 else 1
    cpu_s = (20 + 40 * size) * does * (1 + (i * 11 % 9 - 4) / 200)
    put(200 + i, i // 2, 8 + 4 * (i % 2), size, cpu_s, cpu_s * (1.05 + 0.02 * (i * 5 % 7)),
        [(0.30 - off) / does, (0.31 + off + does - 1) / does, 0.39 / does], user="bob", name="sorter")
usual = 20 + 40 * 8
more = 0.31 + WORK - 1
put(150, 20, 1, 8, WORK * usual, SLOWER * WORK * usual * 1.1, [0.30 / WORK, more / WORK, 0.39 / WORK], words=174)
put(151, 20, 2, 8, usual, SLOWER * usual * 1.1, [0.30, 0.31, 0.39], memory=5)
EOP
python3 "$dir/make.py" "$dir/spool"
export SJOBOUTLIERS_NOW=2026-03-12T06:00:00
printf 'MailDomain=cluster.example\nNotifyMinTime=10s\nNotifyMinCoreHours=0\nNotifyMinMemory=16M\n' >>"$dir/conf"
run ingest
is "$status" 0 "records of a busy machine are taken"
run check
is "$status" 0 "and judged"
run list -n -P --allusers -v high -o job,wall_verdict,cpu_verdict,memory_verdict
is "$(printf '%s\n' "$out" | sort)" "150.0|high|high|normal
151.0|normal|normal|high" "what is odd is found"
run list --drift -n -P -u ann -o since,metric,direction,cause
is "$out" "2026-03-06T08:00:00|wall|slower|wait" "by the clock the level moved, and jobs wait"
run show 139
has "its kind of job is 1.6 times slower since 2026-03-06 (14 jobs since, 28 before), with the same CPU time: they wait" \
	"show says so of each"
"$sjob" -c "$dir/conf" mail --preview ann 2>/dev/null | tr -s ' \n' ' ' >"$dir/mail"
out=$(cat "$dir/mail")
has "filter/word_filter.py takes 1.6 times as long since 2026-03-06, with the same CPU time: it waits" "and so does the mail"
has "a machine, a file server or a network that is busier than it was would explain it" "that it is not the work"
has "it did more work (job 150.0); 78 % in is_filtered, word_filter.py:21 (in normal jobs of this size 31 %), 23 min more" \
	"the job that did more is in it, with the line where the time went"
"$sjob" -c "$dir/conf" mail --preview bob 2>/dev/null | tr -s ' \n' ' ' >"$dir/mail"
out=$(cat "$dir/mail")
has "sorter/word_filter.py takes 1.8 times as long since 2026-03-06, with 1.8 times the CPU time: it does more work" \
	"a level that moved by more work says that"
has "Time went in the first of them 63 % in is_filtered, word_filter.py:21 (in normal jobs" "and where it is done"

# ---- a site's own words
echo "MailTemplates=$(cd "$(dirname "$0")/../../etc" && pwd)/mail-templates.de" >>"$dir/conf"
"$sjob" -c "$dir/conf" mail --preview ann 2>/dev/null | tr -s ' \n' ' ' >"$dir/mail"
out=$(cat "$dir/mail")
has "mit gleich viel CPU-Zeit: er wartet" "likewise in German"
has "(Job 150.0); 78 % in is_filtered, word_filter.py:21" "with the line"

run report -S 2026-02-20 --html "$dir/page.html"
grep -qF 'slower, with the same CPU time: they wait' "$dir/page.html"
ok $? "and so is the level in the report"
plan
