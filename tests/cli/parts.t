#!/bin/sh
# check in parts: on one host or many, in any order, beside each other, killed and repeated, it leaves
# what one check leaves.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

refuses 2 "--part=0/4: expected K/N with 1 <= K <= N <= 256, such as 3/16" check --part 0/4
for part in 5/4 1/257 1/0 1 1/ /4 1/4x ' 1/4' +1/4 1/-4 99999/99999; do
	refuses 2 "--part=$part: expected K/N" check --part "$part"
done
refuses 2 '--part is about what is stored' check --part 1/4 --since 2026-01-01
refuses 2 '--part is about what is stored' check --part 1/4 --running
for count in 0 257 4x '' -1 1/4; do
	refuses 2 "--slurm=$count: expected a number of jobs from 1 to 256" check --slurm="$count"
done
refuses 2 '--slurm goes with neither --part, --since nor --running' check --slurm 4 --part 1/4
refuses 2 'options of sbatch need --slurm' check -- --partition=admin
refuses 2 'Too many arguments' check --slurm 4 word

# Fifty groups of a size-dependent time; one in 60 steps is slow, some groups move half-way, and a
# third of the classes is on two partitions, of which the young one borrows.
awk 'BEGIN {
	print "job,start,wall_s,partition,user,class,input_bytes,mem_peak_bytes,node"
	srand(7)
	for (night = 0; night < 18; night++)
		for (g = 0; g < 50; g++)
			for (i = 0; i < (g % 10 == 3 ? 8 : 1 + g % 4); i++) {
				job++
				gib = 1 + job % 4
				wall = 100 * gib * (1 + 0.03 * (rand() - 0.5)) * (1 + g / 10)
				if (job % 61 == 0) wall *= 4
				if (g % 10 == 3 && night >= 11) wall *= 1.7
				printf "%d,%d,%.3f,%s,u%d,class%d,%.0f,%.0f,n%d\n", job,
					1770854400 + night * 86400 + i * 5000 + g, wall,
					(g % 3 == 0 && night > 13) ? "young" : "main", g % 4, g, gib * 2^30,
					gib * 2^30 * (1 + 0.02 * rand()), job % 7
			}
}' >"$dir/steps.csv"
run import --csv "$dir/steps.csv"
ok "$status" "a history of $(($(wc -l <"$dir/steps.csv") - 1)) steps is imported"
copy_db db fresh
# Of no Slurm that is there, see tests/slurm/parts.t.
if is_file; then
	refuses 2 "--slurm needs a database that the nodes reach, as on a PostgreSQL server; of $dir/db --part judges" check --slurm 4
fi
anew() { copy_db fresh db; }
digest() { # what check leaves: verdicts as all that shows them has them, drifts, models; and what is left
	"$sjob" -c "$dir/conf" export --json
	sql "SELECT group_id, metric, begin_unix_us, since_unix_us, since_end_unix_us, until_unix_us, is_gradual,
		is_back, log_ratio, statistic, before_count, since_count, night_count, found_night, seen_night, measure
		FROM drift ORDER BY group_id, metric, begin_unix_us"
	sql "SELECT group_id, metric, format_version, change_count, end_before_unix_us, obs_count, $(
		if is_file; then echo 'hex(data)'; else echo "encode(data, 'hex')"; fi) FROM model ORDER BY 1, 2"
	sql 'SELECT count(*) FROM waiting'
}
is_same() { # is_same NAME
	digest >"$dir/parts"
	cmp -s "$dir/whole" "$dir/parts"
	ok $? "$1: what one check leaves, to the last bit"
	diff "$dir/whole" "$dir/parts" | head -5 | cut -c1-200 | sed 's/^/# /'
}
run check
ok "$status" "one check: $out"
digest >"$dir/whole"
judged=$(sql 'SELECT count(*) FROM verdict')
[ "$(sql 'SELECT count(*) FROM drift')" -gt 2 ] && [ "$(grep -c '"verdict":"high"' "$dir/whole")" -gt 20 ]
ok $? 'which has found drifts and slow steps'

# ---- in turn ----
anew
for part in 3/4 1/4 4/4 2/4; do
	run check --part "$part"
	is "$status" 0 "part $part: $out"
	echo "$out" >>"$dir/said"
done
is_same 'four parts in turn'
is "$(sed 's/^check: \([0-9]*\) steps.*/\1/' "$dir/said" | paste -sd+ | xargs -I{} sh -c 'echo $(({}))')" "$judged" \
	'each step is judged by one of them'
run check
is "$(echo "$out" | sed 's/;.*//')" 'check: 0 steps in 0 nights' 'and nothing is left for a whole one'

anew
for part in 2/3 7/7 1/2 1/256 200/256; do
	run check --part "$part"
	is "$status" 0 "part $part of other numbers: $out"
done
run check
is_same 'parts of several numbers, and one check of what is left'

# ---- at once ----
anew
parts=
for part in 5/6 1/6 6/6 2/6 4/6 3/6; do
	"$sjob" -c "$dir/conf" check --part "$part" >"$dir/part" 2>>"$dir/parts.err" &
	parts="$parts $!"
done
failed=0
for part in $parts; do
	wait "$part" || failed=$((failed + 1))
done
is "$failed $(cat "$dir/parts.err")" '0 ' 'six parts at once, none of which fails'
is_same 'six parts at once'

# ---- the same twice ----
anew
hold() { # hold FIRST LAST COMMAND...: while another program has these lanes of the lock, or all: - -
	first=$1 last=$2
	shift 2
	rm -f "$dir/go" "$dir/held"
	mkfifo "$dir/go"
	if is_file; then
		# 37 is F_OFD_SETLK.
		# shellcheck disable=SC2016 # for perl
		perl -e 'use Fcntl qw(:flock SEEK_SET F_SETLK F_WRLCK); my ($path, $first, $last, $held, $go) = @ARGV;
			open my $file, "+>>", $path or die; flock($file, $first eq "-" ? LOCK_EX : LOCK_SH) or die;
			$first eq "-" or fcntl($file, 37, pack("s s x![q] q q i x![q]", F_WRLCK, SEEK_SET, $first, $last - $first + 1, 0)) or die "lock: $!";
			open my $out, ">", $held; print $out "1\n"; close $out; open my $in, "<", $go; <$in>' \
			"$dir/db.check" "$first" "$last" "$dir/held" "$dir/go" &
	elif [ "$first" = - ]; then
		(echo 'SELECT 1 FROM (SELECT pg_advisory_lock(1784768111, 2)) AS t;' && read -r _ <"$dir/go") |
			psql -qAtX -d "${server_name}_db" >"$dir/held" &
	else
		(echo "SELECT pg_advisory_lock_shared(1784768111, 2) IS NOT NULL;
			SELECT pg_advisory_lock(1784768113, n) IS NOT NULL FROM generate_series($first, $last) AS n;" &&
			read -r _ <"$dir/go") | psql -qAtX -d "${server_name}_db" >"$dir/held" &
	fi
	holder=$!
	until_ok [ -s "$dir/held" ]
	"$@"
	echo >"$dir/go"
	wait "$holder"
}
# The second of four parts has the lanes 64 to 127.
hold 64 127 refuses 4 'another check is at work' check --part 2/4
hold 64 64 refuses 4 'another check is at work' check --part 1/3
hold 64 127 refuses 4 'another check is at work' check
hold - - refuses 4 'another check is at work' check --part 4/4
is "$(sql 'SELECT count(*) FROM verdict')" 0 'beside the same part, one that shares groups, and a whole check: nothing is judged'
hold 64 127 run check --part 1/4
is "$status" 0 'beside another part one goes on'

# ---- killed ----
if ! command -v strace >/dev/null; then
	echo '# no strace: no part is killed'
	plan
	exit 0
fi
anew
if is_file; then
	calls=pwrite64 moments='3 60 14 120 30 9 200'
else
	calls=sendto moments='3 400 40 1500 150 9 900'
fi
killed=0
for at in $moments; do
	part=$((1 + at % 3))/3
	traced -f -qq -o /dev/null -e trace=$calls -e inject=$calls:signal=KILL:when=$at \
		"$sjob" -c "$dir/conf" check --part "$part" >"$dir/out" 2>&1
	[ $? != 137 ] || killed=$((killed + 1))
done
[ "$killed" -gt 4 ]
ok $? "$killed parts are killed on their way"
left=$(sql 'SELECT count(*) FROM waiting')
[ "$left" -gt 0 ]
ok $? "and leave $left steps"
for part in 3/3 1/3 2/3; do
	run check --part "$part"
	is "$status" 0 "part $part is run again: $out"
done
is_same 'killed parts'

# ---- beside a command that groups the steps anew ----
# Stopped where a thread is to begin: then the groups were read, and nothing was stored.
start_stopped() { # start_stopped NAME COMMAND...: in the background, until $stopped gets SIGCONT
	name=$1
	shift
	: >"$dir/$name.trace"
	# shellcheck disable=SC2016 # for the shell that becomes the program
	traced -f -o "$dir/$name.trace" -e trace=clone,clone3 -e inject=clone,clone3:signal=STOP:when=1 \
		sh -c 'echo $$ >"$0.pid"; exec "$@"' "$dir/$name" "$sjob" -c "$dir/conf" "$@" \
		>"$dir/$name.out" 2>"$dir/$name.err" &
	until_ok grep -q 'stopped by SIGSTOP' "$dir/$name.trace"
	read -r stopped <"$dir/$name.pid"
}
if [ "$(nproc)" -lt 2 ]; then
	echo '# one processor, and so no thread: nothing is grouped anew beside it'
	plan
	exit 0
fi
anew
cat "$dir/conf" >"$dir/conf_anew"
echo 'GroupBy=partition,class' >>"$dir/conf_anew"
start_stopped one check --part 1/2
one=$!
stopped_one=$stopped
start_stopped two check --part 2/2
two=$!
"$sjob" -c "$dir/conf_anew" ingest >/dev/null
is "$?" 0 'another command groups the steps anew while two parts are judged'
cat "$dir/conf_anew" >"$dir/conf"
kill -CONT "$stopped_one" "$stopped"
wait "$one"
one=$?
wait "$two"
is "$one $? $(cat "$dir/one.err" "$dir/two.err")" '0 0 ' 'both end well'
is "$(grep -c 'begun anew, as another command changed GroupBy or ClassNames meanwhile' "$dir/one.out" "$dir/two.out" |
	sed 's/.*://' | paste -sd ' ')" '1 1' 'and say that they began anew'
is_as_by() { # is_as_by NAME: what is left is what one check leaves that knew the rule from the beginning
	digest >"$dir/parts"
	anew
	run check
	digest >"$dir/at_once"
	cmp -s "$dir/at_once" "$dir/parts"
	ok $? "$1: no verdict, drift or model is of a group that is no more"
	diff "$dir/at_once" "$dir/parts" | head -5 | cut -c1-200 | sed 's/^/# /'
}
is_as_by 'two parts'
anew
cat "$dir/conf" >"$dir/conf_anew"
echo 'ClassNames=whole' >>"$dir/conf_anew"
start_stopped one check
"$sjob" -c "$dir/conf_anew" ingest >/dev/null
kill -CONT "$stopped"
wait "$!"
is "$? $(cat "$dir/one.err")" '0 ' 'a whole check goes on, too'
cat "$dir/conf_anew" >"$dir/conf"
is_as_by 'a whole check'
anew
start_stopped one check --since 2026-02-27
sed 's/,class$//' "$dir/conf" >"$dir/conf_anew"
"$sjob" -c "$dir/conf_anew" ingest >/dev/null
kill -CONT "$stopped"
wait "$!"
is "$?" 1 'one that stores nothing fails'
grep -q 'meanwhile another command grouped the steps anew, with another GroupBy or ClassNames; run it again$' "$dir/one.err"
ok $? 'and says that it is to be run again'
plan
