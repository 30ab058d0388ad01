#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# profile, and what else is told of where a step's time went: show, list, export, the copy for readers.
. "$(dirname "$0")/lib.sh"

refuses 2 "expected a job" profile
refuses 2 "'x' is not a job" profile x
refuses 2 "a second job is one to compare with: --diff" profile 1 2
refuses 2 "expected one job, or with --diff two" profile --diff 1 2 3
refuses 2 "--folded and --svg exclude each other" profile --folded --svg=x 1
refuses 2 "what is folded or drawn has no columns" profile --folded --json 1
refuses 2 "what is folded or drawn has no columns" profile --svg=x -o self 1
refuses 1 "no database yet" profile 1

# Word filters of 1 GiB, which spend 31 % of a minute in line 21, with some scatter, and three of
# 10 GiB; then one that took 2.6 times as long and spent 78 % there, and one that took as long with
# the time where it always is.  180 ran under a shell, twice.
mkdir -p "$dir/spool/n1/new" "$dir/spool/n1/tmp"
cat >"$dir/make.py" <<'EOP'
import json, sys
spool = sys.argv[1] + "/n1/new/"
lines = ["<module> (word_filter.py:40);read_words (word_filter.py:10)",
         "<module> (word_filter.py:41);filter_words (word_filter.py:30);is_filtered (word_filter.py:21)",
         "<module> (word_filter.py:41);filter_words (word_filter.py:31);write (word_filter.py:5)"]
def put(job, wall_s, shares, gib=1, samples=600, step=0, kind="srun", **more):
    record = {"v": 1, "kind": "end", "cluster": "c1", "node": "n1", "job_id": job, "step_id": step,
              "step_kind": kind, "restart_count": 0, "node_index": 0, "node_count": 1,
              "user": "ann", "partition": "main", "job_name": "words", "class_name": "words",
              "program": "word_filter.py", "input_bytes": gib << 30, "cpu_count": 1,
              "start_unix_us": (1771600000 + job * 3600 + (kind == "srun")) * 1000000, "wall_us": int(wall_s * 1e6),
              "exit_status": 0, "term_signal": 0}
    if shares:
        counts = [int(samples * share) for share in shares]
        counts[0] += samples - sum(counts)
        order = sorted(range(3), key=lambda i: -counts[i])
        record.update(profile_kind="python", profile_rate_hz=10, profile_samples=samples,
                      profile="".join("%s %d\n" % (lines[i], counts[i]) for i in order if counts[i]))
    record.update(more)
    open("%s%d.%d" % (spool, job, step), "w").write(json.dumps(record, separators=(",", ":")) + "\n")
for i in range(24):
    off = (i * 7 % 11 - 5) / 250
    put(100 + i, 60 * (1 + (i * 5 % 7 - 3) / 100), [0.30 - off, 0.31 + off, 0.39])
for i in range(3):
    put(130 + i, 600 + i, [0.80, 0.10, 0.10], gib=10)
put(150, 156, [0.08, 0.78, 0.14], samples=1560)
put(151, 156, [0.30, 0.31, 0.39], samples=1560)
put(152, 60, None, profile_missing="no Python ran")
put(153, 60, None)
put(154, 60, None, profile_kind="python", profile_samples=7, profile="\u001b[2Jnone\n")
put(155, 4, [0.2, 0.4, 0.4], samples=10)
put(156, 60, None, gib=5, profile_kind="perf", profile_samples=60,
    profile='<b>"x" & y</b> (\u001b[2J;a.c:1);\u202e|f 50\n[other] 10\n')
put(180, 200, [1, 0, 0], step=4294967291, kind="batch", samples=900)
put(180, 60, [0.5, 0.3, 0.2], step=0, samples=300)
put(180, 60, [0.2, 0.3, 0.5], step=1, samples=300)
# Programs of C++, sixteen normal ones and one that took longer; of another no lines were looked up.
def native(job, wall_s, grid, write, kind="perf", frame="ns::Grid<double>::operator() (grid.h:31)"):
    put(job, wall_s, None, class_name="solver", program="solver", profile_kind=kind, profile_rate_hz=10,
        profile_samples=grid + write,
        profile="main (main.cc:9);%s %d\nmain (main.cc:9);(anonymous namespace)::write (io.cc:7) %d\n" % (frame, grid, write))
for i in range(16):
    native(190 + i, 60 + i % 6 / 10, 300 + 3 * (i % 6), 300 - 3 * (i % 6))
native(210, 156, 1300, 260)
native(211, 156, 1300, 260, "perf-functions", "ns::Grid<double>::operator() (solver)")
EOP
python3 "$dir/make.py" "$dir/spool"
run ingest
is "$status" 0 "records with profiles are taken"
is "$(find "$dir/spool" -path '*/new/*' | wc -l)" 0 "all of them, whatever the profile"
run check
is "$status" 0 "steps are judged"

# ---- refusals that depend on the job
refuses 1 "sjoboutliers: nothing is known of job 7" profile 7
refuses 1 "job 152 was not sampled: no Python ran" profile 152
refuses 1 "job 153 was not sampled, as nobody asked for it: srun --job-profile" profile 153
refuses 1 'job 154 was not sampled: not readable: line 1 of the profile, "?[2Jnone"' profile 154
refuses 1 "job 180 has 3 steps that were sampled: name one, such as 180.batch" profile --folded 180
refuses 1 "job 180 has 3 steps that were sampled" profile --diff 150 180
refuses 1 "job 152 was not sampled: no Python ran" profile --diff 150 152
refuses 1 "no normal job of this size has samples to compare 156.0 with: name one" profile --diff 156
refuses 2 "no column 'colour'" profile -o colour 150
refuses 1 "$dir/none/x.svg" profile --svg="$dir/none/x.svg" 150

# ---- the table
run profile 150
is "$status" 0 "profile"
is "$(printf '%s\n' "$out" | sed 's/  *$//')" "150.0: 1560 samples by python, 10 a second
  78 % in is_filtered, word_filter.py:21 (in normal jobs of this size 31 %), 1 min 43 s more

  SELF  TOTAL FUNCTION     LINE
77.9 % 77.9 % is_filtered  word_filter.py:21
14.0 % 14.0 % write        word_filter.py:5
 8.1 %  8.1 % read_words   word_filter.py:10
 0.0 % 91.9 % <module>     word_filter.py:41
 0.0 % 77.9 % filter_words word_filter.py:30
 0.0 % 14.0 % filter_words word_filter.py:31
 0.0 %  8.1 % <module>     word_filter.py:40" "tells the line that gained, and all of them"
run profile -n -P 150 -o self_samples,total_samples,function,line --sort=-total
is "$(printf '%s\n' "$out" | head -2)" "0|1434|<module>|41
1216|1216|is_filtered|21" "columns, sorted"
run profile --json 150
is "$(printf '%s\n' "$out" | python3 -c 'import json, sys
lines = json.load(sys.stdin)["lines"]
print(len(lines), lines[0]["job"], lines[0]["function"], lines[0]["line"], round(lines[0]["self"], 3))')" \
	"7 150.0 is_filtered 21 0.779" "JSON"
run profile 180
is "$(printf '%s\n' "$out" | grep samples)" "180.batch: 900 samples by python, 10 a second
180.0: 300 samples by python, 10 a second
180.1: 300 samples by python, 10 a second" "of several steps each has its own"
run profile -n -P -o job 180
is "$(printf '%s\n' "$out" | sort | uniq -c | sed 's/^ *//')" "7 180.0
7 180.1
2 180.batch" "and programs get them in one listing"
run profile 180.1
has "180.1: 300 samples" "one of them"

# ---- what cannot be compared says why
run profile 151
has "no line took more than in 24 normal jobs of this size" "where all took longer, no line is named"
run profile 155
has "  40 % in is_filtered, word_filter.py:21; 10 samples are too few to compare" "too few samples"
run profile 130
has "  80 % in read_words, word_filter.py:10; it takes 3 normal jobs of this size with a profile to compare it with" \
	"too few peers of its size"
run profile 156
has '  83 % in ???|f; it takes 3' "hostile names cannot drive the terminal"
printf '%s\n' "$out" | LC_ALL=C grep -q '[^ -~]'
is $? 1 "in no line"
run profile -n -P -o function,place 156
has '????f|' "nor make fields"

# ---- native programs
run profile 210
has "210.0: 1560 samples by perf, 10 a second
  83 % in ns::Grid<double>::operator(), grid.h:31 (in normal jobs of this size 51 %), 1 min" "a line of C++"
has "16.7 %  16.7 % (anonymous namespace)::write" "and another, in parentheses"
run profile --folded 210
has "main (main.cc:9);(anonymous namespace)::write (io.cc:7) 260" "folded"
run profile --diff --svg="$dir/210.svg" 210
(cd "$dir" && "$sjob" -c "$dir/conf" profile --diff --svg=- 210 | cmp -s - "$dir/210.svg" && [ ! -e ./- ])
ok $? "- is standard output"
is "$status" 0 "drawn beside its peers"
grep -qF 'ns::Grid&lt;double&gt;::operator() (grid.h:31): 83.3 %' "$dir/210.svg"
ok $? "with its name"
run profile 211
has "83 % in ns::Grid<double>::operator(), solver; it takes 3 normal jobs of this size with a profile" \
	"one without lines is compared with none that has them"
run show 210
has "  time went  83 % in ns::Grid<double>::operator(), grid.h:31 (in normal jobs of this size 51 %)" "show names the line"

# ---- beside another
run profile --diff 150
has "150.0: 1560 samples by python, 10 a second, beside 24 normal jobs of this size" "beside its peers"
has " +47.1 77.9 % 30.9 % 77.9 % is_filtered  word_filter.py:21" "line by line"
run profile --diff 150 180.1
has "beside 180.1" "beside another job"
has " +47.9 77.9 % 30.0 % 77.9 % is_filtered  word_filter.py:21" "line by line"
run profile --diff -P 150
has "job|self|total|self_samples|total_samples|function|file|line|other_self|other_total|gained" \
	"and for programs"

# ---- folded text
run profile --folded 150
is "$out" "<module> (word_filter.py:41);filter_words (word_filter.py:30);is_filtered (word_filter.py:21) 1216
<module> (word_filter.py:41);filter_words (word_filter.py:31);write (word_filter.py:5) 218
<module> (word_filter.py:40);read_words (word_filter.py:10) 126" "folded"
run profile --folded --diff 150 180.1
has "is_filtered (word_filter.py:21) 90 1216" "with both counts, as difffolded.pl has them"

# ---- drawn
run profile --svg="$dir/150.svg" 150
is "$status $out" "0 " "drawn"
is "$(stat -c %a "$dir/150.svg")" 644 "a file as others"
cat >"$dir/svg.py" <<'EOP'
import re, sys, xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
ns = "{http://www.w3.org/2000/svg}"
boxes = {}
for box in root.iter(ns + "g"):
    rect = box.find(ns + "rect")
    name, tip = box.find(ns + "title").text.rsplit(": ", 1)
    boxes[name] = (float(rect.get("x")), float(rect.get("width")), int(rect.get("y")), rect.get("fill"), tip)
print(len(boxes), not any(e.tag == ns + "script" for e in root.iter()))
whole = boxes["all"][1]
for name in sys.argv[2:]:
    x, width, y, fill, tip = boxes[name]
    print(name, round(width / whole, 3), tip)
    print([n for n, b in boxes.items() if b[0] <= x and b[0] + b[1] >= x + width - 0.2 and b[2] == y + 17])
EOP
is "$(python3 "$dir/svg.py" "$dir/150.svg" "is_filtered (word_filter.py:21)")" \
	"8 True
is_filtered (word_filter.py:21) 0.779 77.9 %, 1216 samples
['filter_words (word_filter.py:30)']" "each box has its share, and stands on what called it"
run profile --svg="$dir/diff.svg" --diff 150
is "$(python3 "$dir/svg.py" "$dir/diff.svg" "is_filtered (word_filter.py:21)" | sed -n 1,2p)" \
	"8 True
is_filtered (word_filter.py:21) 0.779 77.9 %, 1216 samples; there 30.9 %" "beside its peers"
run profile --svg="$dir/156.svg" 156
is "$(python3 "$dir/svg.py" "$dir/156.svg" '<b>"x" & y</b> (?[2J' | sed -n 1,2p)" "5 True
<b>\"x\" & y</b> (?[2J 0.833 83.3 %, 50 samples" "and names are text"
fill=$(grep -o 'is_filtered (word_filter.py:21): .*fill="[^"]*"' "$dir/150.svg" | grep -o 'rgb[^"]*')
run profile --svg="$dir/100.svg" 100
grep 'is_filtered (word_filter.py:21): ' "$dir/100.svg" | grep -qF "$fill"
ok $? "a function has one colour in all drawings"

# ---- show, list, export
run show 150
has "  time went  78 % in is_filtered, word_filter.py:21 (in normal jobs of this size 31 %), 1 min 43 s more" \
	"show names the line"
run show 152
has "  time went  not sampled: no Python ran" "and why there is none"
run show 153
printf '%s\n' "$out" | grep -q "sampled"
is $? 1 "where nobody asked there is nothing to say"
run show --json 150
is "$(printf '%s\n' "$out" | python3 -c 'import json, sys
step, = json.load(sys.stdin)["steps"]
where = step["where"]
line = where["gained"][0]
print(step["profile_kind"], step["profile_rate_hz"], step["profile_samples"], where["peer_count"])
print(line["function"], line["file"], line["line"], round(line["share"], 2), round(line["usual_share"], 2),
      round((line["us"] - line["usual_us"]) / 1e6), line["p_value"] < 0.05, len(where["gained"]))
print(where["heaviest"]["function"], "usual_share" in where["heaviest"])')" \
	"python 10 1560 24
is_filtered word_filter.py 21 0.78 0.31 103 True 1
is_filtered False" "and for programs"
run list -a -j 150,152,153 -n -P -o job,profile,profile_samples,profile_rate_hz,profile_missing
is "$out" "150.0|python|1560|10|
152.0||||no Python ran
153.0||||" "list has columns"
run list -a --profiled -n -P -S 2026-02-01 -o job
is "$(printf '%s\n' "$out" | grep -c .)" 52 "and lists what was sampled alone"
printf '%s\n' "$out" | grep -q '^15[234]'
is $? 1 "and nothing else"
run export --json -j 150
has '"profile_samples":1560' "export has them"

# ---- report
run report -S 2026-02-01 --html "$dir/page.html"
is "$status" 0 "the report is written"
grep -qF "of its time 78 % in is_filtered, word_filter.py:21 (in normal jobs of this size 31 %), 1 min 43 s more" "$dir/page.html"
ok $? "and names the line beside what differs"
grep -qF "of its time 83 % in ns::Grid&lt;double&gt;::operator(), grid.h:31 (in normal jobs of this size 51 %), 1 min 39 s more" "$dir/page.html"
ok $? "of native programs, too"
grep -qF '"211.0"' "$dir/page.html"
ok $? "and has the job of which no lines were looked up"
grep -qF "operator(), solver" "$dir/page.html"
is $? 1 "which is not compared with those that have lines"

# ---- mail
printf 'MailDomain=cluster.example\nNotifyMinTime=10s\nNotifyMinCoreHours=0\nNotifyAlpha=0.005\n' >>"$dir/conf"
run mail --preview ann
has "Time went  78 % in is_filtered, word_filter.py:21 (in normal jobs of this" "the mail names the line"
has "sjoboutliers profile --diff 150.0" "and how to see more"
has "Time went  83 % in ns::Grid<double>::operator(), grid.h:31 (in normal" "that of a native program, too"
has "210.0, 211.0" "and has the job of which no lines were looked up"
printf '%s\n' "$out" | grep -qF 'operator(), solver'
is $? 1 "without a line, as nothing of its kind is there to compare with"
echo "MailTemplates=$(cd "$(dirname "$0")/../../etc" && pwd)/mail-templates.de" >>"$dir/conf"
run mail --preview ann
has "78 % in is_filtered, word_filter.py:21 (in normalen Jobs" "in the site's words"

if is_file; then
# ---- who may not open the database has the copy for readers
mkdir -m 755 "$dir/public"
printf 'ReadersDatabase=%s/public/readers.db\n' "$dir" >>"$dir/conf"
run publish
is "$status" 0 "a copy is made"
mv "$dir/db" "$dir/away"
run profile 150
has "  78 % in is_filtered, word_filter.py:21 (in normal jobs of this size 31 %)" "profiles are in it"
mv "$dir/away" "$dir/db"
fi

# ---- the text is the user's, in the database too
sql "UPDATE profile SET stacks = substr(stacks, 1, 1) WHERE step = (SELECT id FROM step WHERE job_id = 150)"
refuses 1 "damaged: a profile cannot be unpacked" profile 150
plan
