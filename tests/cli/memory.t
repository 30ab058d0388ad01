#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Memory is told by the cgroup's peak or by the largest process.  Whichever was judged is shown
# wherever the step is, and called by its name.
. "$(dirname "$0")/lib.sh"

# Three users of one class each: of root the largest process alone is known, of daemon the peak
# alone; of bin both, and cached files fill the cgroup to its limit; sys says besides what it
# allocates, and so does half of the jobs of sync.  The last job of each takes three times the memory.
cat >"$dir/make.awk" <<'EOF'
BEGIN {
	print "job,start,wall_s,partition,user,class,node,ncpus,input_bytes,mem_peak_bytes,max_rss_bytes,mem_limit_bytes,mem_allocated_bytes"
	split("root daemon bin sys sync", users, " ")
	for (u = 1; u <= 5; u++)
		for (i = 0; i <= 40; i++) {
			gib = 1 + i % 4
			mem = gib * 2 ^ 30 * (1 + 0.01 * ((i * 7 + u) % 9 - 4)) * (i == 40 ? 3 : 1)
			printf "%d,%d,%.1f,main,%s,work%d,n1,4,%.0f,%s,%s,%.0f,%s\n", 100 * u + i,
				1771718400 + i * 3600 + (i == 40 ? 6 * 86400 : 0), 100 * gib,
				users[u], u, gib * 2 ^ 30, u == 1 ? "" : sprintf("%.0f", u == 2 ? mem : 16 * 2 ^ 30),
				u == 2 ? "" : sprintf("%.0f", u == 4 ? 2 ^ 28 : mem), 16 * 2 ^ 30,
				u == 4 || (u == 5 && i % 2) ? sprintf("%.0f", mem) : ""
		}
}
EOF
awk -f "$dir/make.awk" >"$dir/jobs.csv"
run import --csv "$dir/jobs.csv"
is "$status" 0 "five histories"
run check
is "$status" 0 "are judged"

# ---- list
run list -a -j 140,240,340 -P -n -o job,memory_verdict,memory_bytes,memory_measure,mem_peak_bytes,max_rss_bytes
is "$out" "140.batch|high|3156800963|rss||3156800963
240.batch|high|3189013217|peak|3189013217|
340.batch|high|3221225472|rss|17179869184|3221225472" "list has the figure that was judged, and which it is"
run list -a -j 440,540 -P -n -o job,memory_verdict,memory_bytes,memory_measure,mem_peak_bytes,max_rss_bytes,mem_allocated_bytes
is "$out" "440.batch|high|3253437727|allocated|17179869184|268435456|3253437727
540.batch|high|3285649981|rss|17179869184|3285649981|" "what all of its programs say that they allocate is judged, and else not"
run list -a -j 140,240,340 -o job,memory_bytes
is "$(printf '%s\n' "$out" | sed 's/  */ /g; s/ $//')" "JOB MEMORY
140.batch 2.94 GiB rss
240.batch 2.97 GiB
340.batch 3.00 GiB rss
3 steps: 3 high, 0.3 core-hours" "and for people by its name, where it is not the peak"
run list -a -j 140 -P
has "|3156800963|high" "it is the memory of a list without columns"
run list -a -j 101 -P -n -o memory_bytes,memory_measure
is "$out" "2233382994|rss" "a step that could not be judged has what was measured"

# ---- show
run show 340
has "high: 3.00 GiB (largest process) is 3" "show names it"
has "by the largest process" "and says what it was judged by"
run show 240
has "high: 2.97 GiB is 3" "a peak needs no name"
run show 440
has "high: 3.03 GiB (allocations) is 3" "nor is what was allocated without its name"
has "by the allocations" "that it was judged by"
has "allocated 3.03 GiB" "which stands beside the peak"

# ---- plot
"$sjob" -c "$dir/conf" plot -j 340 --metric=memory --format=svg >"$dir/plot.svg"
points() { # how many points a drawing has
	grep -c '<use ' "$1"
}
"$sjob" -c "$dir/conf" plot -j 240 --metric=memory --format=svg >"$dir/peak.svg"
is "$(points "$dir/plot.svg")" "$(points "$dir/peak.svg")" "as many jobs are drawn as by their peaks"
[ "$(points "$dir/plot.svg")" -ge 40 ]
ok $? "all of them"
grep -q "memory (largest process)" "$dir/plot.svg"
ok $? "and the axis says what is shown"

# ---- report
run report -S 2026-02-01 --html "$dir/page.html"
is "$status" 0 "report"
is "$(grep -o '"measure":"[a-z ]*"' "$dir/page.html" | sort | uniq -c | sed 's/^ *//')" \
	'1 "measure":"allocations"
3 "measure":"largest process"' "the groups' levels are named"
is "$(grep -oE ',"largest process",[0-9.e-]+,' "$dir/page.html" | wc -l | tr -d ' ')" 3 "and their findings"

# ---- export
run export --csv -j 140,240,340,440
is "$(printf '%s\n' "$out" | awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "verdict.memory_measure") at = i }
	NR > 1 { print $1, $at }' | sort)" "140 rss
240 peak
340 rss
440 allocated" "export --csv says which was judged"
run export --json -j 340
has '"measure":"rss"' "and export --json"

# ---- predict
run predict -p main -u root -C work1 --input-size 1G
has "#SBATCH --time=" "predict says what to ask for"
is "$(printf '%s\n' "$out" | grep -c -e --mem=)" 0 "but no --mem from what one process held"
run predict -p main -u daemon -C work2 --input-size 1G
has " --mem=" "as it does from a peak"
run predict -p main -u root -C work1 --input-size 1G -P -n -o metric,measure
is "$out" "wall|clock
memory|rss" "and which measurement it is"
run predict -p main -u sys -C work4 --input-size 1G
has "# no --mem: what is known is what its program allocates" "nor does it from what a program allocates"

# ---- mail
printf 'MailDomain=cluster.example\nNotifyMinMemory=1M\n' >>"$dir/conf"
run mail --preview root
has "It used   2.94 GiB in its largest process" "the mail names what it is about"
has "work1 used 2.9 times the memory expected" "and tells it"
run mail --preview sys
has "It used   3.03 GiB as it allocated" "of allocations, too"
run mail --preview daemon
is "$(printf '%s\n' "$out" | grep -c "largest process")" 0 "of a peak it says no more"
has "It used   2.97 GiB" "than how much"

# ---- a database of before keeps what it knew: schema 4 had it in the verdict's detail alone
if is_file; then
at_schema_12
sql "UPDATE verdict SET measure = NULL, detail = json_set(coalesce(detail, '{}'), '\$.basis',
	CASE WHEN measure = 3 THEN 'rss' ELSE 'peak' END);
	DELETE FROM setting WHERE key = 'step_id_used';
	ALTER TABLE verdict DROP COLUMN level; ALTER TABLE verdict RENAME COLUMN alpha TO level;
	ALTER TABLE verdict DROP COLUMN near_count; ALTER TABLE verdict DROP COLUMN like_count;
	ALTER TABLE verdict DROP COLUMN measure; ALTER TABLE drift DROP COLUMN measure;
	DROP TABLE log_file;
	DROP INDEX step_history; ALTER TABLE step DROP COLUMN cpu_us; ALTER TABLE step_node DROP COLUMN cpu_us;
	CREATE INDEX step_history ON step (group_id, end_unix_us);
	ALTER TABLE step DROP COLUMN suspended_us; ALTER TABLE step_node DROP COLUMN suspended_us;
	ALTER TABLE step DROP COLUMN comment; ALTER TABLE step DROP COLUMN is_script;
	DELETE FROM setting WHERE key = 'class_names';
	DROP INDEX step_key; ALTER TABLE step DROP COLUMN life;
	CREATE UNIQUE INDEX step_key ON step (job_id, cluster_id, array_task_id, restart_count, step_id); PRAGMA user_version = 4;"
run check
is "$status" 0 "an older database is brought over"
run list -a -j 140,240,340 -P -n -o job,memory_measure
is "$out" "140.batch|rss
240.batch|peak
340.batch|rss" "with what its verdicts were about"
fi
plan
