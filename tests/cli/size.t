#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What a site's history takes, with all that was said of it.
. "$(dirname "$0")/lib.sh"

steps=12000
# Twelve thousand steps of 20 groups in 40 nights, as the plugin records them, each twentieth too long.
mkdir -p "$dir/spool/n1/new"
awk -v n=$steps 'BEGIN {
	seed = 7
	for (i = 0; i < n; i++) {
		seed = seed * 16807 % 2147483647
		u = seed / 2147483647
		size = 1e9 + (i * 7919 % 1000) * 4e7
		wall = (600 + size / 1e8) * (1 + 0.1 * u) * (i % 977 == 0 ? 4 : 1) * 1e6
		mem = (2e8 + size / 2) * (1 + 0.05 * u)
		printf "{\"v\":1,\"kind\":\"end\",\"cluster\":\"c1\",\"node\":\"n%03d\",\"job_id\":%d,\"step_id\":0,\"step_kind\":\"srun\"," \
			"\"restart_count\":0,\"node_index\":0,\"node_count\":1,\"uid\":0,\"user\":\"root\",\"account\":\"bio\"," \
			"\"partition\":\"main\",\"qos\":\"normal\",\"job_name\":\"align_%d\",\"class_name\":\"class%d\"," \
			"\"class_is_declared\":1,\"program\":\"align\",\"task_count\":1,\"cpu_count\":8,\"mem_request_bytes\":%.0f," \
			"\"time_limit_us\":86400000000,\"input_bytes\":%.0f,\"input_source\":\"option\",\"attr.words\":\"%d\"," \
			"\"start_unix_us\":%.0f,\"wall_us\":%.0f,\"exit_status\":0,\"term_signal\":0,\"mem_peak_bytes\":%.0f," \
			"\"mem_source\":\"cgroup_v2\",\"max_rss_bytes\":%.0f,\"mem_limit_bytes\":%.0f,\"mem_limit_hit_count\":0," \
			"\"oom_kill_count\":0,\"cpu_user_us\":%.0f,\"cpu_system_us\":%.0f,\"read_bytes\":%.0f,\"write_bytes\":%.0f," \
			"\"major_fault_count\":%d,\"psi_cpu_some_us\":%.0f,\"psi_memory_some_us\":0,\"psi_memory_full_us\":0," \
			"\"psi_io_some_us\":%.0f,\"psi_io_full_us\":%.0f}\n",
			i % 200, 1000000 + i, i % 1000, i % 20, 2 ^ 40, size, i % 90,
			(1772323200 - 40 * 86400 + i * 40 * 86400 / n - 20000) * 1e6, wall, mem, mem * 0.7, 2 ^ 40,
			wall * 7, wall / 9, size, size / 3, i % 100, u * 1e6, u * 1e8, u * 1e7
	}
}' >"$dir/spool/n1/new/1"
used_bytes() { # what the used pages take
	sqlite3 "$dir/db" 'SELECT (page_count - freelist_count) * page_size
		FROM pragma_page_count, pragma_freelist_count, pragma_page_size'
}
echo job,start,wall_s >"$dir/none.csv"
run import --csv "$dir/none.csv"
empty=$(used_bytes)
bytes_a_step() {
	echo $((($(used_bytes) - empty) / steps))
}
run ingest
is "$status" 0 "a history comes in"
before=$(bytes_a_step)
run check --all
is "$status" 0 "and is judged"
after=$(bytes_a_step)
echo "# $before bytes a step before, $after after"
is "$(sqlite3 "$dir/db" 'SELECT count(*) FROM verdict')" $steps "all of it"
[ "$after" -le 470 ]
ok $? "a step of the plugin with three verdicts, all indexes and the models takes 470 bytes at most"
[ $((after - before)) -le 110 ]
ok $? "what is said of it adds 110 at most"

# ---- of what is normal all is told as of what is high
run list -a -S 2026-01-01 -v high -n -P -o job
high=$(printf '%s\n' "$out" | head -n 1)
run list -a -S 2026-02-25 -v normal -n -P -o job
normal=$(printf '%s\n' "$out" | head -n 1)
for step in "$high" "$normal"; do
	run show "$step"
	printf '%s\n' "$out" | grep -q 'Judged against [0-9]* earlier steps of class class[0-9]*, partition main, cluster c1 '
	ok $? "show says what $step was judged against"
	printf '%s\n' "$out" | grep -q 'normal: .* to '
	ok $? "and what is normal"
done
run list -a -S 2026-02-25 -v normal -P -o wall_expected,wall_low,wall_high,wall_ratio,wall_score,cpu_ratio,memory_ratio
is "$(printf '%s\n' "$out" | awk -F'|' 'NR > 1 { n++; for (i = 1; i <= NF; i++) if ($i == "") bad++; if ($2 > $1 || $1 > $3) bad++ } END { print (n > 1000), bad + 0 }')" \
	"1 0" "and list has all its figures"

# ---- a long list takes no more memory than a short one, but for what is kept of the file
if nm "$sjob" | grep -q __asan_init; then
	echo "# the address sanitizer needs memory without a limit"
else
	lists_within() { # lists_within KIB ARG...: whether the list's lines come
		limit=$((1024 * $1))
		shift
		prlimit --as=$limit "$sjob" -c "$dir/conf" list -a -P "$@" >"$dir/list" 2>/dev/null
	}
	kib=20000
	until lists_within $kib -S 2026-02-28 || [ $kib -gt 300000 ]; do kib=$((kib + 1000)); done
	short=$(wc -l <"$dir/list")
	file_kib=$(($(used_bytes) / 1024))
	for args in '' '-u root' '-C class3,class4' '-v normal,high' '-v high'; do
		# shellcheck disable=SC2086 # words
		lists_within $((kib + file_kib + 2000)) -S 2026-01-01 $args
		ok $? "list ${args:-of all} in the memory of $short lines"
		echo "# $(wc -l <"$dir/list") lines"
	done
	# of a file of 50 MB no more than 16 is kept
	sqlite3 "$dir/db" 'UPDATE step SET comment = hex(randomblob(2000))'
	lists_within $((kib + 16384 + 4000)) -S 2026-01-01
	ok $? "list of all in that memory and 16 MB, of a file of $(($(used_bytes) / 1000000)) MB"
	is "$(wc -l <"$dir/list")" $((steps + 1)) "with all of them"
	sqlite3 "$dir/db" 'UPDATE step SET comment = NULL'
fi

# ---- a history that is imported knows less of each step
"$sjob" -c "$dir/conf" export --csv >"$dir/history.csv"
rm -f "$dir"/db*
run import --csv "$dir/none.csv"
empty=$(used_bytes)
run import --csv "$dir/history.csv"
run check --all
is "$(sqlite3 "$dir/db" 'SELECT count(*) FROM verdict')" $steps "as many are imported and judged"
after=$(bytes_a_step)
echo "# $after bytes a step"
[ "$after" -le 420 ]
ok $? "an imported step takes 420 at most"
plan
