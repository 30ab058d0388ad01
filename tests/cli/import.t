#!/bin/sh
# import: CSV and sacct into the database, once, with the bad rows named.
. "$(dirname "$0")/lib.sh"

listed() { # listed COLUMNS [OPTION...]: the steps in the database
	columns=$1
	shift
	run list -P -n -S 2026-01-01 -o "$columns" "$@"
}

imported() { # imported ARGUMENT...: as run import, without the line of sums, which has its own test
	run import "$@"
	out=$(printf '%s\n' "$out" | sed '/ of like steps, /d')
}

# ---- refused before anything is done ----
all='expected --csv=FILE, --sacct, --nextflow=FILE, --snakemake=FILE, --swf=FILE, --otlp=FILE, --jsonl=FILE or --log=FILE'
refuses 2 "$all" import
refuses 2 "$all" import --csv=x --sacct
refuses 2 '--map goes with --csv' import --sacct --map=job=x
refuses 1 'open ' import --csv "$dir/missing.csv"
refuses 2 '--starttime goes with --sacct' import --csv=x -S 2026-01-01
for header in 'job,start' 'job,begin,wall_s' 'job,start,wall_s,job' 'job,start,wall_s,attr.a b' ''; do
	printf '%s\n1,1,1,1\n' "$header" >"$dir/h.csv"
	[ -n "$header" ] || : >"$dir/h.csv"
	imported --csv "$dir/h.csv"
	is "$status" 1 "header '$header' is refused"
	is "$(wc -l <"$dir/err")" 1 "with one line"
done
grep -q 'h.csv' "$dir/err"
ok $? "that names the file"

# ---- rows, good and bad ----
cat >"$dir/a.csv" <<'END'
wall_s,job,step,start,user,partition,class,input_bytes,mem_peak_bytes,ncpus,state,exit_code,attr.words,node
100.5,1,0,2026-03-01T12:00:00,ann,main,align,1000000,2G,4,,,30,n1
100,2_7,batch,2026-03-01T12:00:00Z,ann,main,"a ""b"", c",1e6,,4.0,TIMEOUT,0:15,,n1
50,3,,1772366400,ann,main,align,,,,CANCELLED by 0,,,n1
50,4.extern,,1772366400,ann,main,align,,,,,,,n1
50,5,,1772366400,ann,main,align,,,,PENDING,,,n1
,6,,1772366400,ann,main,align,,,,,,,n1
-1,7,,1772366400,ann,main,align,,,,,,,n1
nan,8,,1772366400,ann,main,align,,,,,,,n1
1,x9,,1772366400,ann,main,align,,,,,,,n1
1,10,,yesterday,ann,main,align,,,,,,,n1
1,11,,1772366400,ann,main,align,10Q,,,,,,n1
1,12,,1772366400,ann,main,align,,,1.5,,,,n1
1,13,,1772366400,ann,main,align,,,,SLEEPING,,,n1
1,14,,1772366400,ann,main,align,,,,,1:2:3,,n1
1,15,zero,1772366400,ann,main,align,,,,,,,n1
1,16
1,17,0,1772366400,ann,main,align,0,,,,,,n1
20,18,0,1772366400,bob,main,align,5,10,2,,,,n1
30,18,0,1772366400,bob,main,align,5,30,2,,,,n2
END
imported --csv "$dir/a.csv" --rejects "$dir/rejects.csv"
is "$status" 3 'bad rows have an exit status of their own'
is "$out" 'import: 19 rows: 5 new, 1 changed, 0 known, 2 skipped, 11 bad' 'every row is accounted for'
is "$(grep -c 'a.csv: row' "$dir/err")" 10 'bad rows are named'
has_line() { grep -qF -e "$1" "$dir/err"; }
has_line "row 7: wall_s: expected seconds such as 12.5, or a time such as 1-02:03:04, found '-1'"
ok $? 'with its number, its column, and what would be right'
is "$(wc -l <"$dir/rejects.csv")" 12 'and is written to the file of rejects'
listed job,state
has '1.0|COMPLETED' 'a row without state is completed'
has '2_7.batch|TIMEOUT' "an array's task keeps its name"
has '3.batch|CANCELLED' 'a row without a step is a batch step'
listed job,wall_s,mem_peak_sum_bytes -u bob
has '18.0|30|40' 'rows that differ in node alone are one step, as long as the longest'

is "$(sed -n 's/^\(1,16,*\)"\{0,1\}[^,]*row .*/\1/p' "$dir/rejects.csv")" '1,16,,,,,,,,,,,,,' \
	'with what there is of a row that is too short'
imported --csv "$dir/a.csv"
is "$out" 'import: 19 rows: 0 new, 0 changed, 6 known, 2 skipped, 11 bad' 'the same file again changes nothing'
printf 'job,start,wall_s,user,ncpus\n21,2026-03-01T10:00:00,1,dora,n/a\n' >"$dir/na.csv"
imported --csv "$dir/na.csv"
is "$status" 0 'what is written n/a is missing'
printf 'job,start,wall_s\n19,2026-03-02T10:00:00,1,2,3\n20,2027-03-02T10:00:00,1\n' >"$dir/odd.csv"
imported --csv "$dir/odd.csv" --rejects "$dir/rejects.csv"
is "$out" 'import: 2 rows: 0 new, 0 changed, 0 known, 0 skipped, 2 bad' 'what cannot be is not taken'
is "$(sed -n 2p "$dir/rejects.csv" | cut -d, -f-5)" '19,2026-03-02T10:00:00,1,2,3' \
	'a row that is too long is written as it is'
has_line 'row 2: start: 2027-03-02T10:00:00 is in the future'
ok $? 'a start in a year to come is none'
sed 's/^100.5,/101.5,/' "$dir/a.csv" >"$dir/b.csv"
imported --csv "$dir/b.csv"
is "$out" 'import: 19 rows: 0 new, 1 changed, 5 known, 2 skipped, 11 bad' 'a corrected row replaces the old one'
imported --csv - <"$dir/a.csv"
is "$status" 3 'standard input is a file too'

# ---- as spreadsheets and other programs write it ----
cat >"$dir/forms.csv" <<'END'
job;start;wall_s;user;account;qos;time_limit_s;tasks;cpu_s;max_rss_bytes;colour;attr.words;class;comment
41;2026-03-02T10:00:00;1-00:01:13;ann;bio;high;2-00:00:00;8;12,5;1,5G;red;3,5;a,b;for 1,5 of them
42;2026-03-02T10:00:00;17,25;-;NA;null;-;-;-;-;;;-;-
43;2026-03-02T10:00:00;1.234,5;ann;;;;;;;;;;
END
forms='41.batch|86473|ann|bio|high|172800|8|12.5|1610612736|words=3.5|a,b|for 1,5 of them'
imported --csv "$dir/forms.csv"
is "$status$out" '3import: 3 rows: 2 new, 0 changed, 0 known, 0 skipped, 1 bad' 'fields may be separated by ;'
is "$(wc -l <"$dir/err")" 2 'with one line for the bad row, and one'
grep -qxF "sjoboutliers: $dir/forms.csv: 1 column is not known here and left alone: colour" "$dir/err"
ok $? 'for the column that is not known'
printf 'job;start;wall_s;\n77001;2026-03-01T10:00:00;60;\n' >"$dir/ends.csv"
run import --csv "$dir/ends.csv"
is "$(cat "$dir/err")" "sjoboutliers: $dir/ends.csv: 1 column is not known here and left alone: one without a name" \
	"a line may end with what separates its fields"
run list -P -n -S 2000-01-01 -j 77001 -o job,wall
is "$out" "77001.batch|60" "and is taken"
columns=job,wall_s,user,account,qos,time_limit_s,tasks,cpu_s,max_rss_bytes,attrs,class,comment
listed $columns -j 41,42
has "$forms" 'numbers may have a comma, and a time is one'
has '42.batch|17.25||||||||||' 'what is missing is not there'
for form in tab bar utf16 gz; do
	case $form in
	tab) tr ';' '	' <"$dir/forms.csv" ;;
	bar) tr ';' '|' <"$dir/forms.csv" ;;
	utf16) { printf '\377\376'; sed 's/$/\r/' "$dir/forms.csv" | iconv -t UTF-16LE; } ;;
	gz) gzip <"$dir/forms.csv" ;;
	esac >"$dir/$form.csv"
	imported --csv "$dir/$form.csv"
	is "$out" 'import: 3 rows: 0 new, 0 changed, 2 known, 0 skipped, 1 bad' "as $form it is the same"
done
printf 'job,start,wall_s,class\n44,2026-03-02T10:00:00,5,a;b;c;d;e\n' >"$dir/few.csv"
imported --csv "$dir/few.csv" --delimiter=,
is "$status" 0 'or the delimiter is given'
refuses 1 "--delimiter: expected one of" import --csv "$dir/few.csv" --delimiter=x
many=$(seq -f 'c%g' -s, 20)
printf 'job,start,wall_s,%s\n' "$many" >"$dir/many.csv"
imported --csv "$dir/many.csv"
is "$(cat "$dir/err")" "sjoboutliers: $dir/many.csv: 20 columns are not known here and left alone: c1, c2, c3, c4, c5, c6, c7, c8 and 12 more" \
	'many are cut'
run export --csv -j 41
is "$(printf '%s\n' "$out" | sed -n '1s/,verdict.*//p')" \
	'job,step,cluster,partition,user,account,qos,job_name,comment,class,program,node,start,wall_s,time_limit_s,input_bytes,mem_peak_bytes,max_rss_bytes,mem_allocated_bytes,mem_limit_bytes,cpu_s,tasks,ncpus,state,exit_code,attr.words' \
	'export has all of it'

# ---- a look at it before ----
cat >"$dir/look.csv" <<'END'
job,start,wall_s,user,partition,class,input_bytes,state
END
for i in $(seq 40 59); do
	echo "7$i,2026-03-01T10:$i:00,$i.5,kim,main,class$((i > 48)),1G,COMPLETED"
done >>"$dir/look.csv"
echo '760,2026-03-01T10:00:00,x,kim,main,class0,1G,COMPLETED' >>"$dir/look.csv"
printf 'Database=%s/none/db\nSpool=%s/spool\n' "$dir" "$dir" >"$dir/conf-look"
mkdir "$dir/tmp"
out=$(TMPDIR="$dir/tmp" "$sjob" -c "$dir/conf-look" import --csv "$dir/look.csv" --dry-run 2>"$dir/err")
is "$?" 3 'a file can be looked at before'
is "$(printf '%s\n' "$out" | awk 'NR <= 6 { print $1, $2, $4 }')" 'JOB USER CLASS
740.batch kim class0
741.batch kim class0
742.batch kim class0
743.batch kim class0
744.batch kim class0' 'five of its rows are shown as they are understood'
has 'import: nothing was taken, but would be: 21 rows: 20 new, 0 changed, 0 known, 0 skipped, 1 bad' 'with what would become of it'
has 'import: 2 groups of like steps, 2 of them with the 8 that it takes to judge; next: the same without --dry-run' \
	'and what could be judged then'
out=$(TMPDIR="$dir/tmp" "$sjob" -c "$dir/conf-look" import --csv "$dir/look.csv" --dry-run -P -n -o job,input_bytes 2>"$dir/err")
is "$?$out" '3740.batch|1073741824
741.batch|1073741824
742.batch|1073741824
743.batch|1073741824
744.batch|1073741824' 'or for programs'
is "$(sed 1d "$dir/err")" 'sjoboutliers: nothing was taken, but would be: 21 rows: 20 new, 0 changed, 0 known, 0 skipped, 1 bad
sjoboutliers: 2 groups of like steps, 2 of them with the 8 that it takes to judge; next: the same without --dry-run' \
	'with the sums aside'
out=$(TMPDIR="$dir/tmp" "$sjob" -c "$dir/conf-look" import --csv "$dir/look.csv" --dry-run --json 2>"$dir/err")
is "$(printf '%s\n' "$out" | jq -r '.steps[0] | .job + " " + .class + " " + (.wall_s | tostring)')" '740.batch class0 40.5' 'as JSON, too'
refuses 2 'the output options go with --dry-run' import --csv "$dir/look.csv" -P
refuses 2 "nosuch" import --csv "$dir/look.csv" --dry-run -o nosuch
[ ! -e "$dir/none" ] && rmdir "$dir/tmp"
ok $? 'nothing is left of it'
mkdir "$dir/none"
out=$("$sjob" -c "$dir/conf-look" import --csv "$dir/look.csv" 2>"$dir/err")
is "$out" 'import: 21 rows: 20 new, 0 changed, 0 known, 0 skipped, 1 bad
import: 2 groups of like steps, 2 of them with the 8 that it takes to judge; next: sjoboutliers check' \
	'an import ends with the same'

# ---- many bad rows ----
{
	echo 'job,start,wall_s,class'
	for i in $(seq 23); do echo "$i,2026-03-01T10:00:00,$(printf '%0300d' 0)x,c"; done
} >"$dir/bad.csv"
imported --csv "$dir/bad.csv"
is "$(wc -l <"$dir/err")" 11 'ten bad rows are shown'
is "$(tail -n 1 "$dir/err")" 'sjoboutliers: and 13 more like it' 'and how many there were besides'
is "$(awk 'length > 260' "$dir/err")" '' 'each as long as can be read'

# ---- columns of other names ----
cat >"$dir/map.csv" <<'END'
JobNr,begin,elapsed,wall_s,size in
31,2026-03-02T10:00:00,17,0,5K
END
imported --csv "$dir/map.csv" --map='job=JobNr,start=begin,wall_s=elapsed,input_bytes=size in'
is "$status$out" '0import: 1 row: 1 new, 0 changed, 0 known, 0 skipped, 0 bad' 'columns are mapped'
listed job,wall_s,input_bytes -j 31
has '31.batch|17|5120' 'to what they are here'
for map in colour=JobNr job=Job job=JobNr,job=begin job; do
	imported --csv "$dir/map.csv" --map="$map"
	is "$status$(wc -l <"$dir/err")" 11 "--map=$map is refused with one line"
done

# ---- names and numbers that are too long ----
long=$(printf 'a|%0200d' 0)
printf 'job,start,wall_s,class\n7,2026-03-01T10:00:00,1,%s\n9223372036854775807+1,2026-03-01T10:00:00,1,x\n' "$long" >"$dir/long.csv"
imported --csv "$dir/long.csv"
is "$status" 3 "a component's number beyond the largest is refused"
grep -qF "expected a job such as 123, 123_4 or 123.batch, found '9223372036854775807+1'" "$dir/err"
ok $? 'with the reason'
is "$("$sjob" -c "$dir/conf" export --csv | grep -c 'a?0000')" 1 "a class that is cut has no '|' either"

# ---- sacct ----
cat >"$dir/sacct" <<'END'
JobIDRaw|JobID|Cluster|User|UID|Account|Partition|QOS|State|ExitCode|Start|ElapsedRaw|TimelimitRaw|NNodes|NodeList|AllocCPUS|NTasks|MaxRSS|UserCPU|SystemCPU|JobName
101|101|c1|eve||bio|main|normal|COMPLETED|0:0|2026-03-01T10:00:00|60|90|1|n1|4||||00:01:00|a|b
101.batch|101.batch|c1|||bio|||COMPLETED|0:0|2026-03-01T10:00:00|60||1|n1|4|1|1024K|00:50.500|00:01|batch
101.extern|101.extern|c1|||bio|||COMPLETED|0:0|2026-03-01T10:00:00|60||1|n1|4|1|0|00:00|00:00|extern
101.0|101.0|c1|||bio|||OUT_OF_ME+|0:125|2026-03-01T10:00:01|50||2|n[1-2]|8|2|1.5G|1-02:03:04|00:01|tool
103|102_1|c1|eve||bio|main|normal|TIMEOUT|0:0|2026-03-01T11:00:00|60|1|1|n1|4||||00:01:00|array
103.batch|102_1.batch|c1|||bio|||CANCELLED|0:15|2026-03-01T11:00:00|60||1|n1|4|1|1M|00:50|00:01|batch
104|102_[2-9]|c1|eve||bio|main|normal|PENDING|0:0|Unknown|0|1|1|None assigned|4||||00:00:00|array
105|105|c1|eve||bio|main|normal|RUNNING|0:0|2026-03-02T05:00:00|3600|UNLIMITED|1|n2|4||||00:00:00|long
105.0|105.0|c1|||bio|||RUNNING|0:0|2026-03-02T05:00:00|3600||1|n2|4|1||00:00:00|00:00:00|prog
106.0|106.0|c1|||bio|||COMPLETED|0:0|2026-03-02T05:00:00|3600||1|n2|4|1||00:00:00|00:00:00|orphan
garbage
END
imported --sacct="$dir/sacct"
is "$status" 3 'a bad line of sacct is told'
is "$out" 'import: 12 lines: 4 new, 0 changed, 0 known, 6 skipped, 2 bad' 'steps are taken, jobs tell who and where'
listed job,partition,class,state -u eve
has '101.batch|main|a?b|COMPLETED' "a job's name may hold anything"
has '101.0|main|a?b/tool|OUT_OF_MEMORY' 'a step is of the class of its job and program'
has '102_1.batch|main|array|CANCELLED' "an array's task keeps its name"
has '105.0|main|long/prog|RUNNING' 'what runs is there, too'
listed job,cpu_s -u eve
has '101.batch|51.5' 'CPU time is that of user and system together'
has '101.0|93785' 'of days too'
imported --sacct="$dir/sacct"
is "$out" 'import: 12 lines: 0 new, 0 changed, 4 known, 6 skipped, 2 bad' 'again changes nothing'

# ---- as others ask sacct ----
# Other columns, in another order, with a separator at each line's end, and a job's name within.
cat >"$dir/sacct-p" <<'END'
User|JobName|State|Elapsed|Suspended|Timelimit|Start|JobIDRaw|NCPUS|TotalCPU|MaxRSS|NTasks|NNodes|Planned|
fay|a|b|COMPLETED|00:01:00|00:00:30|1-00:00:00|2026-03-01T10:00:00|201|4|00:00.500|||1|x|
|batch|COMPLETED|00:01:00|00:00:30||2026-03-01T10:00:00|201.batch|4|01:30.500|1M|1|1|x|
|tool|COMPLETED|1-00:00:01|00:00:00||2026-03-01T10:00:00|201.0|4|01:30|1900M|8|1|x|
END
fay='201.batch|fay|a?b|60|30|86400|4|90.5
201.0|fay|a?b/tool|86401|0|86400|4|90'
columns=job,user,class,wall_s,suspended_s,time_limit_s,cpus,cpu_s
imported --sacct="$dir/sacct-p"
is "$status$out" '0import: 4 lines: 2 new, 0 changed, 0 known, 2 skipped, 0 bad' 'the header says what is where'
listed $columns -u fay
is "$out" "$fay" 'what stands in which column'
tr '|' '~' <"$dir/sacct-p" | sed 's/~$//; s/a~b/a|b/' >"$dir/sacct-tilde"
imported --sacct="$dir/sacct-tilde"
is "$out" 'import: 4 lines: 0 new, 0 changed, 2 known, 2 skipped, 0 bad' 'with another separator, and none at the end'
imported --sacct="$dir/sacct-p" --delimiter='|'
is "$status" 0 'or with the one that is given'
gzip <"$dir/sacct-p" | "$sjob" -c "$dir/conf" import --sacct=- >"$dir/out"
is "$(head -n 1 "$dir/out")" 'import: 4 lines: 0 new, 0 changed, 2 known, 2 skipped, 0 bad' 'packed, from standard input'
{ sed 's/^fay/gus/; s/|201/|301/' "$dir/sacct-p"; cat "$dir/sacct-p"; } >"$dir/sacct-both"
imported --sacct="$dir/sacct-both"
is "$out" 'import: 8 lines: 2 new, 0 changed, 2 known, 4 skipped, 0 bad' 'files that were put together have a header each'
{
	echo '401|401|c1|hal||bio|main|normal|COMPLETED|0:0|2026-03-01T10:00:00|60|00:00:00|90|1|n1|4|||00:01:00|00:00|headless'
	echo '401.batch|401.batch|c1|||bio|||COMPLETED|0:0|2026-03-01T10:00:00|60|00:00:00||1|n1|4|1|1M|00:50|00:01|batch'
} >"$dir/headless"
imported --sacct="$dir/headless"
is "$status$out" '0import: 2 lines: 1 new, 0 changed, 0 known, 1 skipped, 0 bad' 'without a header it is what we ask for'
sed '1s/JobIDRaw/JobID/; s/|201/|202_1/' "$dir/sacct-p" >"$dir/sacct-array"
imported --sacct="$dir/sacct-array"
is "$status$out" "3import: 4 lines: 0 new, 0 changed, 0 known, 1 skipped, 3 bad" "of an array's task JobID alone is not enough"

# Jobs without steps are told of, whatever line of a step of no job is among them.
{
	echo 'JobIDRaw|User|State|Start|ElapsedRaw|JobName'
	echo '511|ida|COMPLETED|2026-03-01T10:00:00|60|ids'
	echo '512.batch||COMPLETED|2026-03-01T10:00:00|60|batch'
} >"$dir/sacct-x"
refuses 1 'these are jobs without their steps' import --sacct="$dir/sacct-x"
sed 's/2026-03-01T/2027-03-01T/; s/512/511/' "$dir/sacct-x" >"$dir/sacct-future"
imported --sacct="$dir/sacct-future"
has_line 'sacct-future:3: start: 2027-03-01T10:00:00 is in the future'
ok $? 'a start in a year to come is none of sacct either'
{
	echo 'JobIDRaw,User,State,Start,ElapsedRaw,JobName,Comment'
	echo '513,ida,COMPLETED,2026-03-01T10:00:00,60,ids,"a, b"'
} >"$dir/sacct-quoted"
imported --sacct="$dir/sacct-quoted"
has_line ':2: 8 fields, the header has 7; quotes are not read'
ok $? 'of fields in quotes it is told that quotes are none'

# Whose a job is says the file, whatever number the name has here, or the number another name.
cat >"$dir/sacct-users" <<'END'
JobIDRaw|User|UID|State|Start|ElapsedRaw|JobName
501|ida|0|COMPLETED|2026-03-01T10:00:00|60|ids
501.batch||||COMPLETED|2026-03-01T10:00:00|60|batch
502||0|COMPLETED|2026-03-01T10:00:00|60|ids
502.batch|||COMPLETED|2026-03-01T10:00:00|60|batch
END
sed -i 's/^501.batch||||/501.batch|||/' "$dir/sacct-users"
imported --sacct="$dir/sacct-users"
listed job,user -j 501,502
has '501.batch|ida' "the owner is the name in the file, not its uid's name here"
has "502.batch|$(id -un 0)" 'unless there is none'

# Of eight tasks on one node MaxRSS is that of one: no job gets by with that much memory.
{
	echo 'JobIDRaw|User|Partition|State|Start|ElapsedRaw|NNodes|NTasks|MaxRSS|JobName'
	for i in $(seq 600 639); do
		echo "$i|jan|main|COMPLETED|$((1770000000 + i * 3600))|60|1|||mpi"
		echo "$i.batch|||COMPLETED|$((1770000000 + i * 3600))|60|1|1|$((100 + i % 7))M|batch"
		echo "$i.0|||COMPLETED|$((1770000000 + i * 3600))|60|1|8|$((1900 + i % 7))M|solve"
	done
} >"$dir/sacct-tasks"
printf 'Database=%s\nSpool=%s/spool\n' "$(db_at db-tasks)" "$dir" >"$dir/conf-tasks"
"$sjob" -c "$dir/conf-tasks" import --sacct="$dir/sacct-tasks" >/dev/null
out=$("$sjob" -c "$dir/conf-tasks" predict -u jan -p main --program solve)
has '#SBATCH --time=' 'how long steps of several tasks take is told'
printf '%s\n' "$out" | grep -q 'SBATCH.* --mem'
is $? 1 'but no memory that would end the job'
has '# no --mem: what is known is its largest process' 'which is said'

mkdir "$dir/bin"
# shellcheck disable=SC2016 # for that script
printf '#!/bin/sh\n[ "$1" != --helpformat ] || exec cat "%s/help"\necho "$@" >>"%s/args"\nsed "s/~/${3#--delimiter=}/g" "%s/told"\nexit $(cat "%s/rc")\n' "$dir" "$dir" "$dir" "$dir" >"$dir/bin/sacct"
sed 's/|/~/g; s/$/~/; s/a~b/a|b/' "$dir/sacct" >"$dir/told"
chmod +x "$dir/bin/sacct"
PATH=$dir/bin:$PATH
echo 0 >"$dir/rc"
echo 'Account  JobName' >"$dir/help"
imported --sacct -S 2026-02-12
is "$status" 3 'sacct is run where no file is given'
is "$(sed 's/.*JobName //' "$dir/args")" '-S 2026-02-12T00:00:00 -E 2026-02-19T00:00:00
-S 2026-02-19T00:00:00 -E 2026-02-26T00:00:00
-S 2026-02-26T00:00:00 -E 2026-03-02T06:00:00' 'for the time that is wanted, week by week'
imported --sacct -S 2026-02-25 -E 02/26
is "$(tail -n 1 "$dir/args" | sed 's/.*JobName //')" '-S 2026-02-25T00:00:00 -E 2026-02-26T00:00:00' 'up to when it is wanted'
is "$(grep -c SubmitLine "$dir/args")" 0 'a field that this Slurm does not have is not asked for'
echo 'Comment  SubmitLine' >"$dir/help"
imported --sacct -S 2026-02-25 -E 02/26
is "$(tail -n 1 "$dir/args" | grep -c -e '-o Comment,SubmitLine,JobIDRaw,')" 1 'one that it has is'
echo 1 >"$dir/rc"
refuses 1 'sacct did not end well' import --sacct

# What a user wrote is printed as it is, newlines and all: it is never a line of another job, as
# nobody knows what separates fields this time.
separators() { sed 's/.*--delimiter=//; s/ .*//' "$dir/args"; }
is "$(separators | grep -cE '^\|[0-9a-f]{32}\|$') $(separators | sort -u | wc -l)" "$(separators | wc -l) $(separators | wc -l)" \
	'each sacct has a separator of its own'
forged='JobIDRaw|User|State|Start|ElapsedRaw|Comment|JobName|
802|root|COMPLETED|2026-03-01T10:00:00|99999|c|forged|
802.batch||COMPLETED|2026-03-01T10:00:00|99999||batch|'
cat >"$dir/told" <<END
JobIDRaw~User~State~Start~ElapsedRaw~Comment~JobName~
801~mal~COMPLETED~2026-03-01T10:00:00~60~
$forged
$(printf '%s' "$forged" | tr '|' '\037')
~name
$forged
~
801.batch~~COMPLETED~2026-03-01T10:00:00~60~~batch~
803~ann~COMPLETED~2026-03-01T10:00:00~60~~next~
803.batch~~COMPLETED~2026-03-01T10:00:00~60~~batch~
804~mal~COMPLETED~2026-03-01T10:00:00~60~two
END
echo 0 >"$dir/rc"
imported --sacct -S 2026-02-25 -E 02/26
is "$out" 'import: 6 lines: 2 new, 0 changed, 0 known, 3 skipped, 1 bad' 'a record may be of several lines'
is "$(sed 's/^sjoboutliers: //' "$dir/err")" 'sacct: its last line is cut short' 'but needs an end'
listed job,user -j 801,802,803,804
is "$out" '801.batch|mal
803.batch|ann' 'and is that of its own job alone'
sed 's/~/=some=secret=/g' "$dir/told" >"$dir/sacct-secret"
imported --sacct="$dir/sacct-secret" --delimiter==some=secret=
is "$out" 'import: 6 lines: 0 new, 0 changed, 2 known, 3 skipped, 1 bad' 'so may one of a file with such a separator'
refuses 1 '--delimiter: expected one of' import --sacct="$dir/sacct-secret" --delimiter=secret
refuses 1 '--delimiter: expected a sign, or 8 to 63 bytes' import --sacct="$dir/sacct-secret" --delimiter="$(printf '%064d' 0)"
{ head -n 1 "$dir/sacct-secret"; echo '805=some=secret='; yes "$(printf '%01000d' 0)" | head -n 1100; sed -n '/^803/p' "$dir/sacct-secret"; } >"$dir/sacct-endless"
imported --sacct="$dir/sacct-endless" --delimiter==some=secret=
is "$status" 3 'a record that does not end'
grep -qF 'a record of more than 1048576 bytes' "$dir/err"
ok $? 'is none'

# What classes are made of: the program and the own name stand in the line of the step's srun, a
# workflow engine's rule in the comment.
cat >"$dir/sacct-names" <<'END'
JobIDRaw|User|State|Start|ElapsedRaw|JobName|Comment|SubmitLine
701|kim|COMPLETED|2026-03-01T10:00:00|60|night_7|for|sbatch x.sh
701.batch||COMPLETED|2026-03-01T10:00:00|60|batch||
701.0||COMPLETED|2026-03-01T10:00:00|60|python3||srun -n1 python3 -u fit.py --key=secret
701.1||COMPLETED|2026-03-01T10:00:00|60|inner||srun -J inner ./tool secret
702|kim|COMPLETED|2026-03-01T10:00:00|60|align||srun -J align ./tool
702.0||COMPLETED|2026-03-01T10:00:00|60|align||srun -J align ./tool
703|kim|COMPLETED|2026-03-01T10:00:00|60|3f2504e0-4f89-11d3-9a0c-0305e82c3301|rule_align_wildcards_A|sbatch
703.batch||COMPLETED|2026-03-01T10:00:00|60|batch||
END
imported --sacct="$dir/sacct-names"
listed job,class,attrs -j 701,702,703
is "$out" '701.batch|night|
701.1|inner/tool|
701.0|night/fit.py|
702.0|align/tool|
703.batch|rule_align|sample=A' 'as the plugin makes them'
sqlite3 "$dir/db" .dump | grep -c secret | sed 's/^0$/none/' >"$dir/out"
is "$(cat "$dir/out")" none 'and nothing else of a line is kept'

# ---- job numbers that came again are jobs of their own ----
cat >"$dir/again.csv" <<'END'
job,step,start,wall_s,user,class
4711,batch,2026-01-05T12:00:00Z,100,ann,again
4711,0,2026-01-05T12:00:01Z,50,ann,again
4711,1,2026-01-05T12:01:00Z,30,ann,again
4711,batch,2026-02-20T12:00:00Z,200,ann,again
4711,0,2026-02-20T12:00:01Z,60,ann,again
END
again="4711.batch|2026-01-05T12:00:00|100
4711.0|2026-01-05T12:00:01|50
4711.1|2026-01-05T12:01:00|30
4711.batch|2026-02-20T12:00:00|200
4711.0|2026-02-20T12:00:01|60"
imported --csv "$dir/again.csv"
is "$out" "import: 5 rows: 5 new, 0 changed, 0 known, 0 skipped, 0 bad" "a number of weeks ago is new"
imported --csv "$dir/again.csv"
is "$out" "import: 5 rows: 0 new, 0 changed, 5 known, 0 skipped, 0 bad" "and is known then"
listed job,start,wall_s -j 4711
is "$(printf '%s\n' "$out" | sort -t '|' -k2)" "$again" "list has both jobs"
run show 4711
is "$(printf '%s\n' "$out" | sed -n '/^STEP/,$p' | awk '{ print $1, substr($3, 1, 10) }' | tr '\n' ' ')" \
	"STEP START 4711.batch 2026-02-20 \`-4711.0 2026-02-20 4711.batch 2026-01-05 |-4711.0 2026-01-05 \`-4711.1 2026-01-05 " \
	"show has both, the newest first"
run expect -u ann 4711
is "$out" "expect: ann: 2 steps of job 4711 count as normal" "expect takes the newest"
run export --csv -j 4711
printf '%s\n' "$out" >"$dir/exported.csv"
printf 'Database=%s\nSpool=%s/spool\n' "$(db_at db2)" "$dir" >"$dir/conf2"
"$sjob" -c "$dir/conf2" import --csv "$dir/exported.csv" >/dev/null
is "$("$sjob" -c "$dir/conf2" list -P -n -S 2026-01-01 -o job,start,wall_s | sort -t '|' -k2)" "$again" \
	"and what is exported can be imported"


# ---- a look counts groups as the real import makes them
{
	echo 'JobIDRaw|JobID|User|State|Start|ElapsedRaw|JobName'
	for i in 1 2 3 4 5 6 7 8 9; do
		echo "88$i|88$i|zoe|COMPLETED|2026-02-0${i}T10:00:00|60|numbered_$i"
		echo "88$i.batch|88$i.batch||COMPLETED|2026-02-0${i}T10:00:00|60|batch"
	done
} >"$dir/numbered.txt"
printf 'Database=%s\nSpool=%s/spool\n' "$(db_at numbered.db)" "$dir" >"$dir/conf-numbered"
for look in --dry-run ''; do
	# shellcheck disable=SC2086 # one option or none
	out=$("$sjob" -c "$dir/conf-numbered" import --sacct="$dir/numbered.txt" $look 2>/dev/null)
	has 'import: 1 group of like steps, 1 of them with the 8 that it takes to judge' \
		"jobs that are numbered are of one class${look:+, as $look says}"
done
plan
