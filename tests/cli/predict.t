#!/bin/sh
# predict: rows of a file, one job with the line to ask for it, and what has no answer.
. "$(dirname "$0")/lib.sh"

awk 'BEGIN {
	print "job,start,wall_s,partition,user,class,input_bytes,mem_peak_bytes"
	for (i = 0; i < 40; i++) {
		gib = 1 + i % 4
		noise = 1 + 0.01 * (i * 7 % 11 - 5)
		printf "%d,%d,%.3f,main,ann,align,%.0f,%.0f\n", i + 1, 1767225600 + i * 3600,
			100 * gib * noise, gib * 2^30, gib * 2^30 * noise
	}
	for (i = 0; i < 3; i++)
		printf "%d,%d,60,main,bob,young,%.0f,\n", i + 100, 1767225600 + i * 3600, 2^30
	for (i = 0; i < 40; i++) {
		wild = exp((i * 7919 % 40 - 20) * 0.8)
		printf "%d,%d,%.3f,main,eve,wild,%.0f,\n", i + 200, 1767225600 + i * 3600, 1000 * wild, 2^30
		printf "%d,%d,%d,main,eve,a_class_with_a_name_that_is_longer_than_what_sixty_four_bytes_hold_%d,%.0f,\n",
			i + 300 + 100 * (i % 2), 1767225600 + i * 3600, 100 + 100 * (i % 2), i % 2, 2^30
	}
}' >"$dir/steps.csv"
run import --csv "$dir/steps.csv"
ok "$status" "a history is imported"

refuses 2 'either --csv, or a job' predict
refuses 2 'either --csv, or a job' predict --csv x -p main
refuses 2 'is no size' predict -C align --input-size 40Q
refuses 2 'is not a share' predict -C align --safety 1
refuses 1 'No such file' predict --csv "$dir/none"
printf 'partition,user,klass\n' >"$dir/bad.csv"
refuses 1 "no column 'klass'" predict --csv "$dir/bad.csv"
: >"$dir/empty.csv"
refuses 1 'expected a header line' predict --csv "$dir/empty.csv"
refuses 1 'no prediction: no earlier step is like it' predict -C nobody
refuses 1 'no prediction: its group has too few earlier steps' predict -C young -u bob --input-size 1G

cat >"$dir/ask.csv" <<'END'
input_bytes,class,user,partition,attr.db
2147483648,align,ann,main,
2147483648,align,ann,other,
1073741824,young,bob,main,x
214748364800,align,ann,main,
,align,ann,main,
END
run predict -P --csv "$dir/ask.csv"
ok "$status" 'a file of jobs is answered'
is "$(echo "$out" | head -1)" 'row|metric|expected|low|high|n|group|reason' 'the header is as agreed'
is "$(echo "$out" | sed 1d | awk -F'|' '{ print $1, $2, $6, $8 }')" "1 wall 40 
1 memory 40 
2 wall 0 unknown-group
2 memory 0 unknown-group
3 wall 0 too-few
3 memory 0 too-few
4 wall 40 outside-sizes
4 memory 40 outside-sizes
5 wall 0 no-input-size
5 memory 0 no-input-size" 'each row has its two lines, with a reason where there is no answer'
echo "$out" | awk -F'|' 'NR == 2 { exit !($3 > 195 && $3 < 205 && $4 < $3 && $3 < $5) }'
ok $? 'the expectation is that of the history'
echo "$out" | awk -F'|' 'NR == 2 { exit $7 !~ /align/ }'
ok $? 'and its group is named'

long=a_class_with_a_name_that_is_longer_than_what_sixty_four_bytes_hold_
cat >"$dir/odd.csv" <<END
input_bytes,class,user,partition,attr.db
,,,,
1073741824,,,,
,,,,x
1073741824,align,,,"a,b"
1073741824,"  align ",,,
1073741824,wild,,,
1073741824,${long}0,,,
1073741824,${long}1,,,
END
run predict -P -n --csv "$dir/odd.csv"
ok "$status" 'odd rows are answered, too'
is "$(echo "$out" | awk -F'|' '$2 == "wall" { print $1, $8, sprintf("%.0f", $3) }')" "1 which-group 0
2 which-group 0
3 which-group 0
4  100
5  100
6 too-noisy 0
7  100
8  200" 'names are read as import reads them, and what names no group has no answer'
refuses 1 'no prediction: it does not say which steps it is like' predict --input-size 1G
refuses 1 'no prediction: the earlier steps differ too much among themselves' predict -C wild --input-size 1G
has too-noisy 'with the reason in the table'
printf '%s\n' "$out" | grep -q SBATCH
is $? 1 'and no line to paste'
run predict -C "${long}1" --input-size 1G
ok "$status" 'a long class can be asked for as it was given'
refuses 1 'far outside those of the earlier steps, 1.00 GiB to 4.00 GiB' predict -C align --input-size 1T
refuses 2 'whole number' predict -C align --ncpus 1.5
run predict -P -n -C align --input-size 2G --ncpus 4 -o n,input_min,input_max
is "$(echo "$out" | head -1)" '40|1073741824|4294967296' 'the sizes an answer rests on can be had'
run predict --program nosuch
is "$status" 1 'a program that never ran has no answer'

printf 'class,input_bytes\nalign,1G\nalign,12Q\nalign\n"align","2G"\n' >"$dir/mixed.csv"
run predict -P -n --csv "$dir/mixed.csv"
is "$status" 3 'rows that cannot be read have an exit status'
is "$(sed 's/.*mixed.csv: //' "$dir/err")" "row 2: input_bytes: '12Q' is no size: expected a number with K, M, G, T, P or E (powers of 1024) or KB, MB, GB ... (powers of 1000), such as 40G
row 3 has 1 field, the header has 2" 'are told with what was wrong'
is "$(echo "$out" | awk -F'|' '$2 == "wall" { print $1, $8 }')" "1 
2 bad-row
3 bad-row
4 " 'and a reason; the others are answered'

run predict -p main -C align --input-size 2G
ok "$status" 'one job is answered'
echo "$out" | tail -1 | grep -qE '^#SBATCH --time=00:0[4-6]:00 --mem=(2[0-9]|3[0-9])[0-9][0-9]M$'
ok $? "with the line to ask for it: $(echo "$out" | tail -1)"
loose=$(echo "$out" | tail -1)
run predict -p main -C align --input-size 2G --safety 0.999
[ "$(echo "$out" | tail -1)" != "$loose" ]
ok $? 'and another one where more safety is wanted'
run predict -P -p main -C align --input-size 2G
is "$(echo "$out" | wc -l)" 3 'programs get two lines alone'

# ---- which group answers ----
# Newer than all others are steps that lack a name: they may be of anybody.
printf 'Database=%s\nSpool=%s/spool\n' "$(db_at db-like)" "$dir" >"$dir/conf-like"
awk 'BEGIN {
	print "job,step,start,wall_s,partition,user,class,job_name,program,max_rss_bytes"
	for (i = 0; i < 12; i++) {
		start = 1770000000 + i * 3600
		printf "%d,0,%d,100,main,ann,,align_%d,tool,1G\n", 1000 + i, start, i
		printf "%d,,%d,200,main,ann,,align_%d,,\n", 1100 + i, start + 1e5, i
		printf "%d,0,%d,300,,,,,tool,\n", 1200 + i, start + 2e5
		printf "%d,0,%d,400,main,,,solve,tool,\n", 1300 + i, start + 3e5
		printf "%d,0,%d,500,main,ann,,render,blender,\n", 1400 + i, start + 4e5
		printf "%d,0,%d,600,main,bob,shared,,,\n", 1500 + i, start
		printf "%d,0,%d,700,main,ann,,shared,,\n", 1600 + i, start + 1e5
	}
}' >"$dir/like.csv"
"$sjob" -c "$dir/conf-like" import --csv "$dir/like.csv" >/dev/null
answers() { # answers SECONDS OPTION...
	want=$1
	shift
	is "$("$sjob" -c "$dir/conf-like" predict -P -n -o expected "$@" 2>&1 | head -n 1)" "$want" "predict $*"
}
answers 100 -u ann -p main --program tool
answers 100 -u ann -p main -C align/tool
answers 100 -J align_99 --program tool
answers 200 -J align_99
answers 200 -C align
answers 300 -C tool
answers 400 -p main -J solve --program tool
answers 500 -u ann --program blender
answers 600 -u ann -p main -C shared
answers 700 -u ann -p main -J shared --program ''
printf 'job_name,program\nalign_77,tool\nalign_77,\n' >"$dir/names.csv"
is "$("$sjob" -c "$dir/conf-like" predict -P -n -o metric,expected --csv "$dir/names.csv" | grep wall)" 'wall|100
wall|200' 'a file may have names of jobs'
out=$("$sjob" -c "$dir/conf-like" predict --program nosuch 2>&1)
is "$?$(printf '%s\n' "$out" | tail -n 1)" '1sjoboutliers: no prediction: no earlier step is like it' \
	'a program that nobody ran is like none'
out=$("$sjob" -c "$dir/conf-like" predict -C align/tool)
is "$(printf '%s\n' "$out" | tail -n 2)" '# no --mem: what is known is its largest process, and --mem is for all of them together
#SBATCH --time=00:03:00' 'why no memory is asked for is said'
plan
