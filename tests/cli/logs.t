#!/bin/sh
# Logs: what programs logged, read by ingest each night, each line once whatever becomes of its file.
. "$(dirname "$0")/lib.sh"

mkdir "$dir/app"
log=$dir/app/filter.log
cat >"$dir/list" <<END
# what this site's programs log
[filter]
Files=$dir/app/filter.log*
Pattern=^(?<end>\S+ \S+) .*elapsed=(?<wall_s>\S+) size=(?<input_bytes>\d+) words=(?<attr_words>\d+)

[render]
Files=$dir/app/*.jsonl
Map=wall_s=took,end=time
END
echo "Logs=$dir/list" >>"$dir/conf"

hour=0
line() { # line [ELAPSED [WORDS]]: one more in the log, an hour later than the one before
	hour=$((hour + 1))
	printf '%s,123 INFO filter: elapsed=%s size=1000000 words=%s\n' \
		"$(date -u -d "2026-02-01 UTC + $hour hours" '+%Y-%m-%d %H:%M:%S')" "${1:-100.5}" "${2:-30}" >>"$log"
}
taken() { # taken NEW NAME: how many jobs of logs are new, and none that was known changes
	run ingest
	is "$(echo "$out" | sed 's/.*; .*: \(.*\) new, \(.*\) changed, \(.*\) known.*/\1 \2 \3/')" "$1 0 ${3:-0}" "$2"
}
quiet() { # quiet NAME: nothing was said on standard error
	[ ! -s "$dir/err" ]
	ok $? "$1"
	sed 's/^/# /' "$dir/err"
}

# ---- a list that is none ----
while IFS='|' read -r text list; do
	printf '%b' "$list" >"$dir/bad"
	sed "s|^Logs=.*|Logs=$dir/bad|" "$dir/conf" >"$dir/conf.bad"
	"$sjob" -c "$dir/conf.bad" ingest >"$dir/out" 2>"$dir/err"
	is $? 1 "a list with '$list' is refused"
	grep -qF -e "$text" "$dir/err"
	ok $? "and says: $text"
done <<'END'
bad: [a]: no Files, such as|[a]\nMap=wall_s=x\n
bad: [a]: File: no such key; there are Files, Pattern and Map|[a]\nFile=/x\n
bad: [a]: Files: expected absolute paths, found 'x'|[a]\nFiles=x\n
bad: [a]: pattern, at '': missing closing parenthesis|[a]\nFiles=/x\nPattern=(\n
bad: [a]: pattern: group 'y': no column 'y'|[a]\nFiles=/x\nPattern=(?<y>.)\n
bad: [a]: --map: no column 'y'|[a]\nFiles=/x\nMap=y=x\n
bad: Key file contains line|text\n
END
chmod o+w "$dir/list"
refuses 1 'list: everybody may write it: chmod o-w it' ingest
chmod o-w "$dir/list"

# ---- each line once ----
taken 0 'a log that is not there yet is no fault'
quiet 'and not worth a word'
for _ in 1 2 3; do line; done
printf 'begun, and no line yet' >>"$log"
taken 3 'lines are jobs'
run list -a -P -n -S 2026-01-01 -o class,user,start,wall_s,input_bytes,attrs,source
has "filter|$(id -un)|2026-02-01T00:58:19|100.5|1000000|words=30|log" 'of the section, and of the owner of the file'
taken 0 'and are not read again'
echo >>"$log"
line
taken 1 'what was added is'
printf '{"time":"2026-02-01T12:00:00Z","took":5}\n{"msg":"x"}\n' >"$dir/app/a.jsonl"
taken 1 'another kind of log has a section of its own'
run list -a -P -n -S 2026-01-01 -o class,source
has 'render|log' 'which is the class'

# ---- rotation, of each kind ----
line
mv "$log" "$log.1"
line
taken 2 'a log that was renamed is read to its end, and the new one'
quiet 'without a word'
gzip "$log.1"
line
taken 1 'one that was packed is known'
quiet 'without a word'
line
cp "$log" "$log.2"
: >"$log"
line
taken 2 'one that was copied and cut to nothing, too'
quiet 'without a word'
cp "$log" "$log.3"
: >"$log"
taken 0 'and when nothing was written since'
line
taken 1 'what is written then is new'
mv "$log.2" "$log.4"
taken 0 'one that is renamed for the second time is the same'
cp "$log.4" "$log.5"
taken 0 'a copy that is a second file has the same jobs' 3
run ingest
is "$(echo "$out" | sed 's/.*; //')" '0 lines: 0 new, 0 changed, 0 known, 0 skipped, 0 bad' 'of which nothing is read again'

# ---- a log that begins with the same line each time ----
rm -f "$log"*
echo '=== filter 1.0' >"$log"
line
line
taken 2 'a log with a title'
mv "$log" "$log.1"
echo '=== filter 1.0' >"$log"
line
line
line
taken 3 'and the next with the same one'
quiet 'without a word'
line
cp "$log" "$log.2"
echo '=== filter 1.0' >"$log"
line
taken 2 'also when it was copied'

# ---- replaced, shortened ----
head -n 1 "$log.2" >"$dir/short"
cat "$dir/short" >"$log.2"
run ingest
is "$status" 0 'a log that was shortened is no failure'
grep -qF "filter.log.2: was replaced or shortened since it was read" "$dir/err"
ok $? 'but told'
run ingest
quiet 'once'
echo 'something else, longer than what there was before' >"$dir/other"
for _ in 1 2 3 4 5 6; do cat "$dir/other"; done >"$log.1"
run ingest
grep -qF "filter.log.1: was replaced or shortened since it was read" "$dir/err"
ok $? 'as is one that was replaced'

# ---- what is not to be read ----
ln -s "$log" "$dir/app/filter.log.link"
mkfifo "$dir/app/filter.log.pipe"
mkdir "$dir/app/filter.log.d"
runs_out ingest
is "$status" 0 'links, pipes and folders are left alone'
quiet 'without a word'
line x9
line 100
run ingest
is "$status" 3 'a bad line has the exit status of bad input'
grep -qF 'filter.log:3: wall_s: expected seconds such as 12.5' "$dir/err"
ok $? 'and is told'
is "$(echo "$out" | sed 's/.*; .*: \(.*\) new.*/\1/')" 1 'the next one is taken'
printf 'cut off' | gzip | head -c 15 >"$dir/app/filter.log.9.gz"
line
run ingest
is "$status" 1 'a log that cannot be read is a failure'
grep -qF 'filter.log.9.gz' "$dir/err"
ok $? 'and is named'
rm "$dir/app/filter.log.9.gz"
taken 0 'all others had been read'
is "$status" 0 'and all is well without it'

# ---- the night: a run that filtered more words is found ----
rm -rf "$dir/app"
drop_db db
mkdir "$dir/app"
hour=0
for _ in 1 2 3 4 5 6 7 8 9 10; do
	for j in 100.5 98.2 103.1 101.9; do
		line "$j"
	done
done
run nightly
is "$status" 0 'a night with logs alone'
has '40 lines: 40 new' 'takes them'
line 580.4 174
run nightly
has 'wall time: 1 high' 'and finds the one that took long'
run show "$(sql 'SELECT job_id FROM step ORDER BY wall_us DESC LIMIT 1')"
has 'words was 174; in the ' 'and says in what it differs'
plan
