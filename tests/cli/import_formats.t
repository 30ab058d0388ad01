#!/bin/sh
# import of what workflow engines, archives and programs write: each format's real shape, and each
# wrong one with its line.
. "$(dirname "$0")/lib.sh"

listed() { # listed COLUMNS [OPTION...]: the steps in the database
	columns=$1
	shift
	run list -a -P -n -S 2025-01-01 -E 2027-01-01 -o "$columns" "$@"
}
fresh() { # fresh: an empty database
	drop_db db
}
imports() { # imports OPTION...: as run import, with the first line of the summary alone in $out
	run import "$@"
	out=$(printf '%s\n' "$out" | head -n 1)
}
twice() { # twice SUMMARY NAME OPTION...: the import's summary, and that it changes nothing again
	want=$1 name=$2
	shift 2
	imports "$@"
	is "$out" "import: $want" "$name"
	imports "$@"
	is "$(echo "$out" | sed 's/.*: \(.*\) new, \(.*\) changed.*/\1 \2/')" '0 0' "$name: again changes nothing"
}
tabs() { # tabs: a table with its columns at blanks, '~' for a blank within one
	sed 's/^ *//; s/  */\t/g; s/~/ /g'
}

# ---- the wrong file, or an option that does not go with it: one line, and nothing is taken ----
tabs >"$dir/trace.txt" <<'END'
task_id hash native_id name status exit submit duration realtime %cpu peak_rss peak_vmem rchar wchar
1 a1/b2c3d4 4711 PIPE:ALIGN:STAR~(sample_12) COMPLETED 0 2026-01-11~10:11:12.345 1m~10s 1m~2s 198.4% 1.2~GB 2.1~GB 3.5~GB 12.1~MB
2 a2/b2c3d5 4712 PIPE:ALIGN:STAR~(sample_13) FAILED 137 2026-01-11~10:11:12.345 2h~1m~3s 2h 98.4% 512~KB 2~GB 0 12.1~MB
3 a3/b2c3d6 4713 REPORT CACHED 0 2026-01-11~10:11:12.345 1.2s 350ms - - - - -
4 a4/b2c3d7 - REPORT COMPLETED 0 2026-01-11~10:11:12.345 1.2s 350ms - - - - -
5 a5/b2c3d8 - REPORT COMPLETED 0 2026-01-11~10:11:12.345 1.2s 3~parsecs - - - - -
6 a6/b2c3d9 - REPORT ABORTED - 2026-01-11~10:11:12.345 - - - - - - -
7 a7/b2c3da - REPORT DONE 0 2026-01-11~10:11:12.345 1.2s 350ms - - - - -
8 a8/b2c3db - REPORT
END
tabs >"$dir/bench.tsv" <<'END'
s h:m:s max_rss max_vms max_uss max_pss io_in io_out mean_load cpu_time
12.5000 0:00:12 100.00 200.00 1.00 1.00 0.00 0.39 0.00 0.00
END
cat >"$dir/log.swf" <<'END'
; Version: 2.2
; Computer: Some Machine
; UnixStartTime: 1768000000
;
     1 0 10 100 4 90 1024 8 200 -1 1 3 1 5 1 2 -1 -1
2 5 -1 100.5 -1 -1 -1 4 200 -1 0 3 1 -1 1 -1 -1 -1
3 5 -1 -1 4 -1 -1 4 200 -1 5 3 1 -1 1 2 -1 -1
4 5 1 10 4 -1 0 4 200 -1 2 3 1 -1 1 2 -1 -1
5 5 1 10 4 -1 0 4
6 5 1 1e300 4 -1 0 4 200 -1 1 3 1 -1 1 2 -1 -1
7 5 1 10 4 -1 0 4 200 -1 9 3 1 -1 1 2 -1 -1
8 5 1 10 4 0 0 4 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1
END
sed '/UnixStart/d' "$dir/log.swf" >"$dir/timeless.swf"
cut -f 1-6,8- "$dir/trace.txt" >"$dir/startless.txt"
printf '2026-01-01 12:00:00,123 INFO main: elapsed=12.5 input_size=456\n' >"$dir/app.log"
: >"$dir/empty"
echo '{"a":1}' >"$dir/some.jsonl"
printf 'job,start,wall_s\n' >"$dir/some.csv"
mkdir "$dir/none"
cp "$dir/app.log" "$dir/none"

while IFS='|' read -r text options; do
	# shellcheck disable=SC2046 # a list of words
	run import $(echo "$options" | sed "s|@|$dir/|g")
	is "$status" 1 "import $options"
	is "$(wc -l <"$dir/err")" 1 'is one line'
	grep -qF -e "$text" "$dir/err"
	ok $? "says: $text"
	[ -z "$(sed -n "\|$text|!p" "$dir/err")" ] || sed 's/^/# /' "$dir/err"
done <<'END'
bench.tsv: it looks like a benchmark of Snakemake, which --snakemake reads|--nextflow @bench.tsv
log.swf: it looks like a log in the Standard Workload Format, which --swf reads|--snakemake @log.swf
some.jsonl: it looks like JSON lines, which --jsonl reads|--swf @some.jsonl
some.csv: it looks like a CSV file, which --csv reads|--nextflow @some.csv
trace.txt: header: it looks like a trace of Nextflow, which --nextflow reads|--csv @trace.txt
bench.tsv: it looks like a benchmark of Snakemake, which --snakemake reads|--sacct=@bench.tsv
app.log: no trace of Nextflow: its header has no columns 'name' and 'realtime', between tabs|--nextflow @app.log
startless.txt: when a task began is not in this trace: add 'start' to Nextflow's trace.fields|--nextflow @startless.txt
open |--nextflow @missing
app.log: no benchmark of Snakemake: it begins with 's', 'h:m:s' and 'max_rss', between tabs|--snakemake @app.log
none: no file in it is a benchmark of Snakemake|--snakemake @none
--benchmark-path: no {rule}, which is the job's class|--snakemake @bench.tsv --benchmark-path {sample}.tsv
--benchmark-path: expected a path such as benchmarks/{rule}/{sample}.tsv|--snakemake @bench.tsv --benchmark-path {rule
bench.tsv: its path is not as --benchmark-path says|--snakemake @bench.tsv --benchmark-path x/{rule}.tsv
header: no column 'name'; name and input_bytes are needed|--nextflow @trace.txt --sizes @app.log
app.log: no Standard Workload Format: it begins with '; Version:'|--swf @app.log
timeless.swf: no '; UnixStartTime: SECONDS' before the first job|--swf @timeless.swf
app.log: no line says how long something took: --map wall_s=NAME|--jsonl @app.log
trace.txt: no line is a JSON object or has name=value in it; --log reads others|--jsonl @trace.txt
--map: there is no column 'took' for wall_s|--jsonl @app.log --map wall_s=took
--map: no column 'walls'; there are job,|--jsonl @app.log --map walls=elapsed
--log needs --pattern|--log @app.log
pattern: group 'y': no column 'y'; there are job,|--log @app.log --pattern (?<y>.)
pattern, at '': missing closing parenthesis|--log @app.log --pattern (
pattern: it has no named group|--log @app.log --pattern elapsed
app.log: the pattern matches none of 1 lines|--log @app.log --pattern took:(?<wall_s>.*)
END
[ ! -e "$dir/db" ] || listed job
is "$out" '' 'and nothing was taken'
refuses 2 '--csv has one file, and' import --csv "$dir/a" "$dir/b"
refuses 2 '--local goes with --nextflow' import --swf "$dir/log.swf" --local
refuses 2 '--sizes goes with --nextflow or --snakemake' import --swf "$dir/log.swf" --sizes x

# ---- Nextflow ----
twice '9 tasks: 3 new, 0 changed, 0 known, 3 skipped, 3 bad' 'a trace of Nextflow' --nextflow "$dir/trace.txt"
for text in "trace.txt:6: realtime: expected a duration such as 1h 2m 3s, 1.2s or 1200 (ms), found '3 parsecs'" \
	"trace.txt:8: status: expected COMPLETED or FAILED, found 'DONE'" 'trace.txt:9: 4 fields, the header has 14'; do
	grep -qF -e "$text" "$dir/err"
	ok $? "a bad row is told: $text"
done
me=$(id -un)
listed job,user,class,attrs,state,start,wall_s,cpu_s,mem_peak_bytes,input_bytes,input_source,source
has "4711.batch|$me|nf-PIPE_ALIGN_STAR|sample=sample_12|COMPLETED|2026-01-11T10:11:20|62|123.008|1288490189|3758096384|read|nextflow" \
	'the tag is an attribute, sizes are powers of 1024, what was read stands for the input'
has "4712.batch|$me|nf-PIPE_ALIGN_STAR|sample=sample_13|FAILED|2026-01-11T10:12:15|7200|7084.8|524288|0|read|nextflow" \
	'and a task that failed did'
has '.batch|'"$me"'|nf-REPORT||COMPLETED|2026-01-11T10:11:13|0.35|||||nextflow' 'one without a job number has one all the same'
job=$(echo "$out" | sed -n 's/\.batch.*nf-REPORT.*//p')
run show "$job"
is "$status" 0 'by which it is found'
run show 4711
has 'what it read: no size was declared' 'and it is said that nobody declared it'

fresh
cat >"$dir/raw.head" <<'END'
hash native_id process tag name status exit start realtime %cpu peak_rss rchar cpus memory time queue hostname
a1/b2c3d4 4711 STAR s,1 STAR~(s,1) COMPLETED 0 1768126272345 62000 198.4 1288490189 3758096384 4 2147483648 3600000 long n1
END
tabs <"$dir/raw.head" | gzip >"$dir/raw.txt.gz"
printf 'name,input_bytes\na1/b2c3d4,40G\nother,1\n' >"$dir/sizes.csv"
twice '2 tasks: 1 new, 0 changed, 0 known, 1 skipped, 0 bad' 'a raw trace, packed' --nextflow "$dir/raw.txt.gz" \
	--sizes "$dir/sizes.csv" --local
listed partition,node,class,attrs,start,wall_s,cpu_s,mem_peak_bytes,input_bytes,input_source,cpus,time_limit_s,mem_request_bytes
is "$out" 'long|n1|nf-STAR|sample=s;1|2026-01-11T10:11:12|62|123.008|1288490189|42949672960|option|4|3600|2147483648' \
	'has bytes, milliseconds and all that was asked for; a size that is given goes before what was read'
listed job
is "${#out}" 22 'what ran without Slurm has a made number, not that of some process'

# ---- Snakemake ----
fresh
mkdir -p "$dir/run/benchmarks/align" "$dir/run/logs"
cp "$dir/bench.tsv" "$dir/run/benchmarks/align/a.1.tsv"
sed 2p "$dir/bench.tsv" >"$dir/run/benchmarks/sort.b.txt"
printf 's\th:m:s\tmax_rss\tio_in\tcpu_time\n3.5\t0:00:03\tNA\tNA\tNA\n' >"$dir/run/benchmarks/none.tsv"
echo text >"$dir/run/logs/a.log"
find "$dir/run" -type f -exec touch -d 2026-02-01T12:00:00Z {} +
twice '7 runs: 4 new, 0 changed, 0 known, 3 skipped, 0 bad' 'all benchmarks below a folder' --snakemake "$dir/run"
listed class,attrs,start,wall_s,mem_peak_bytes,cpu_s,input_bytes
is "$(echo "$out" | sort)" "align|wildcards=a.1|2026-02-01T11:59:47|12.5|104857600||
none||2026-02-01T11:59:56|3.5|||
sort|wildcards=b|2026-02-01T11:59:47|12.5|104857600||
sort|wildcards=b|2026-02-01T11:59:47|12.5|104857600||" 'the path tells rule and wildcards, and what was not seen is missing'
touch -d 2026-02-09T12:00:00Z "$dir/run/benchmarks/align/a.1.tsv"
imports --snakemake "$dir/run/benchmarks/align/a.1.tsv" --benchmark-path 'benchmarks/{rule}/{sample}.{k,[0-9]}.tsv'
is "$out" 'import: 2 runs: 0 new, 1 changed, 0 known, 1 skipped, 0 bad' 'a file that was touched is no other job'
listed class,attrs,start
has 'align|k=1,sample=a|2026-02-09T11:59:47' 'a path as the Snakefile has it names the wildcards'
fresh
printf 's\th:m:s\tmax_rss\tio_in\tcpu_time\trule_name\twildcards\tthreads\tinput_size_mb\n' >"$dir/extended.tsv"
printf "3.5\t0:00:03\t1.0\t2.0\t3.0\tmap\t{'sample': 'it\\\\'s, a', \"k\": 3}\t4\t{'in/a.txt': 1.5, 'in/b.txt': 2}\n" \
	>>"$dir/extended.tsv"
touch -d 2026-02-01T12:00:00Z "$dir/extended.tsv"
twice '2 runs: 1 new, 0 changed, 0 known, 1 skipped, 0 bad' 'an extended benchmark' --snakemake "$dir/extended.tsv"
listed class,attrs,cpus,input_bytes,input_source
is "$out" "map|k=3,sample=it's; a|4|3670016|files" 'says all of that itself'
printf 's\th:m:s\tmax_rss\tio_in\tcpu_time\n3.5\t0:00:03\t1.0\t2.0\t3.0\n' >"$dir/read.tsv"
touch -d 2026-02-01T12:00:00Z "$dir/read.tsv"
run import --snakemake "$dir/read.tsv"
listed input_bytes,input_source,cpu_s
has '2097152|read|3' 'what was read from disks stands for an input of which nothing else is known'

# ---- the Standard Workload Format ----
fresh
twice '12 lines: 3 new, 0 changed, 0 known, 6 skipped, 3 bad' 'a log of an archive' --swf "$dir/log.swf"
for text in 'log.swf:9: 8 numbers, expected the 18 of a job' "log.swf:10: column 4: expected a number, found '1e300'" \
	'log.swf:11: status: expected -1 to 5, found 9'; do
	grep -qF -e "$text" "$dir/err"
	ok $? "a bad line is told: $text"
done
listed job,cluster,partition,account,qos,user,class,state,start,wall_s,cpus,cpu_s,mem_peak_bytes,time_limit_s,source
is "$(echo "$out" | sort)" "1.batch|Some Machine|partition2|group1|queue1|user3|app5|COMPLETED|2026-01-09T23:06:50|100|4|360|4194304|200|swf
2.batch|Some Machine||group1|queue1|user3||FAILED|2026-01-09T23:06:45|100.5|4|||200|swf
8.batch|Some Machine||||||UNKNOWN|2026-01-09T23:06:46|10|4||||swf" \
	'numbers become names, averages of a processor sums, and -1 is missing'

# ---- what has not begun yet ----
fresh
sed 's/UnixStartTime: 1768000000/UnixStartTime: 1868000000/' "$dir/log.swf" >"$dir/ahead.swf"
imports --swf "$dir/ahead.swf"
is "$out $(grep -c 'start: 2029-.* is in the future' "$dir/err")" \
	'import: 12 lines: 0 new, 0 changed, 0 known, 6 skipped, 6 bad 3' 'a start in a year to come is none of a log'
echo 'end=2027-02-01T12:00:00Z took=5' >"$dir/ahead.log"
run import --jsonl "$dir/ahead.log" --map wall_s=took
grep -qF 'ahead.log:1: start: 2027-02-01T11:59:55 is in the future' "$dir/err"
ok $? 'nor of a line that says so'
cat >"$dir/ahead.otlp" <<'END'
{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174","name":"x","startTimeUnixNano":"1868000000000000000","endTimeUnixNano":"1868000001000000000"}]}]}]}
END
run import --otlp "$dir/ahead.otlp"
grep -qF 'eee19b7ec3c1b174 ends in the future' "$dir/err"
ok $? 'nor of a span'

# ---- structured logs ----
fresh
cat >"$dir/jobs.jsonl" <<'END'
{"time":"2026-02-01T12:00:10Z","level":"info","msg":"begun"}
{"time":"2026-02-01T12:00:20Z","job":{"id":"77.0","took":12.3,"size":1000000,"ok":true},"words":[1],"attr.db":"nr"}
{"time":"2026-02-01T12:00:20Z","job":{"id":null,"took":1e1,"size":null,"ok":false}}
{"time":"2026-02-01T12:00:20Z","job":{"id":"x","took":1}}
{"time":
time=2026-02-01T12:00:30Z msg="it took \"long\"" job.took=12 job.size=5k

END
map=wall_s=job.took,job=job.id,input_bytes=job.size,end=time,attr.ok=job.ok
twice '7 lines: 3 new, 0 changed, 0 known, 2 skipped, 2 bad' 'JSON lines, and name=value' --jsonl "$dir/jobs.jsonl" --map "$map"
grep -qF "jobs.jsonl:4: job: expected a job such as 123, 123_4 or 123.batch, found 'x'" "$dir/err" &&
	grep -qF 'jobs.jsonl:5: no JSON at character' "$dir/err"
ok $? 'bad lines are told'
listed class,attrs,start,wall_s,input_bytes,source
is "$(echo "$out" | sort)" 'jobs|db=nr,ok=true|2026-02-01T12:00:07|12.3|1000000|jsonl
jobs|ok=false|2026-02-01T12:00:10|10||jsonl
jobs||2026-02-01T12:00:18|12|5120|jsonl' 'names within names, null is missing, and the file names the class'
listed job
has '77.0' 'a job number is taken where there is one'

# ---- the last line of a program: forty runs, and one with more words ----
fresh
cat >"$dir/word_filter.py" <<'END'
import logging, random, sys, time
logging.basicConfig(filename=sys.argv[1], format="%(asctime)s %(levelname)s %(name)s: %(message)s")
log = logging.getLogger("filter")
log.setLevel(logging.INFO)
logging.Formatter.converter = time.gmtime
random.seed(7)
for run in range(41):
    size, words = random.randrange(2 * 10**8, 4 * 10**9), 174 if run == 35 else 30
    took = size / 1e7 * (5.8 if words == 174 else 1) * random.lognormvariate(0, 0.04)
    end = 1767700000 + run * 61000 + took
    for at, text in ((end - took, "reading"), (end, f"elapsed={took:.2f} input_size={size} filter_words={words}")):
        record = log.makeRecord("filter", logging.INFO, "", 0, text, (), None)
        record.created, record.msecs = at, (at - int(at)) * 1000
        log.handle(record)
END
python3 "$dir/word_filter.py" "$dir/filter.log"
touch -d 2026-02-01T12:00:00Z "$dir/filter.log"
is "$(grep -c elapsed= "$dir/filter.log")" 41 'a program has logged a line for each run'
pattern='^(?<end>\S+ \S+) .* elapsed=(?<wall_s>\S+) input_size=(?<input_bytes>\d+) filter_words=(?<attr_filter_words>\d+)'
twice '82 lines: 41 new, 0 changed, 0 known, 41 skipped, 0 bad' 'they are jobs' --log "$dir/filter.log" --pattern "$pattern"
mv "$dir/filter.log" "$dir/filter.log.1"
gzip "$dir/filter.log.1"
imports --log "$dir/filter.log.1.gz" --pattern "$pattern"
is "$out" 'import: 82 lines: 0 new, 0 changed, 41 known, 41 skipped, 0 bad' 'and no others when the log is packed away'
run import --jsonl "$dir/filter.log.1.gz" --map wall_s=elapsed,input_bytes=input_size,attr.filter_words=filter_words
is "$status" 0 'name=value is read without a pattern'
fresh
imports --log "$dir/filter.log.1.gz" --pattern '^(?<end>\S+ \S+) .* elapsed=(?<took>\S+) input_size=(?<size>\d+) filter_words=(?<words>\d+)' \
	--map wall_s=took,input_bytes=size,attr.filter_words=words
is "$out" 'import: 82 lines: 41 new, 0 changed, 0 known, 41 skipped, 0 bad' 'groups may have names of their own'
run check
has 'wall time: 1 high, 0 low' 'the run with more words is found'
listed job,class,attrs -v high
has '|filter|filter_words=174' 'by its class and size'
run show "${out%%.batch*}"
has 'filter_words was 174; in the ' 'and in what it differs'

# ---- lines without a time, a hostile pattern, text that is none ----
fresh
echo 'took 5 s' >"$dir/plain.log"
touch -d 2026-02-01T12:00:05Z "$dir/plain.log"
twice '1 line: 1 new, 0 changed, 0 known, 0 skipped, 0 bad' 'a line without a time' --log "$dir/plain.log" --pattern 'took (?<wall_s>\d+) s'
is "$(grep -c 'lines do not say when they were' "$dir/err")" 1 'which is told once'
listed class,start
is "$out" 'plain|2026-02-01T12:00:00' 'ended when its file was written'
printf 'took 5 s\ntook 6 s\n' | "$sjob" -c "$dir/conf" import --log - --pattern 'took (?<wall_s>\d+) s' >/dev/null 2>"$dir/err"
is "$(grep -c 'start: it is empty' "$dir/err")" 2 'from standard input it has none'
awk 'BEGIN { while (i++ < 100000) printf "a"; print "c" }' >"$dir/long.log"
run import --log "$dir/long.log" --pattern '(?<wall_s>(a+)+)b'
grep -qF 'the pattern cannot be matched: match limit exceeded' "$dir/err" || [ "$status" = 1 ]
ok $? 'a pattern that tries for ever is ended'
printf '\377\376a\0' >"$dir/utf16"
run import --jsonl "$dir/utf16"
is "$status" 1 'no text is refused'
imports --jsonl "$dir/empty"
is "$out" 'import: 0 lines: 0 new, 0 changed, 0 known, 0 skipped, 0 bad' 'an empty file is no fault'
plan
