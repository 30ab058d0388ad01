#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# When memory is short the program says so and exits 1; what it had not committed never happened.
. "$(dirname "$0")/lib.sh"

if nm "$sjob" | grep -q __asan_init; then
	echo "1..0 # SKIP the address sanitizer needs memory without a limit"
	exit 0
fi
awk 'BEGIN {
	print "job,start,wall_s,user,class,input_bytes"
	for (i = 1; i <= 4000; i++)
		printf "%d,%d,%d,root,class%d,%d\n", i, 1771718400 + 60 * i, 100 + i % 7, i % 50, 1000000 * i
}' >"$dir/jobs.csv"
run import --csv "$dir/jobs.csv"
# From where the libraries can just be loaded upwards, so that the want comes at different places, in
# our own allocations and in GLib's.
enough=0 told=0 silent=0 other=
for limit_kib in $(seq 36000 2000 70000); do
	prlimit --as="$((1024 * limit_kib))" "$sjob" -c "$dir/conf" report -S 2026-01-01 --html "$dir/page" \
		>"$dir/out" 2>"$dir/err"
	case $? in
	0) enough=$((enough + 1)) ;;
	1) if grep -q "out of memory" "$dir/err"; then told=$((told + 1)); else silent=$((silent + 1)); cat "$dir/err" >&2; fi ;;
	127) ;; # not even its libraries could be loaded
	*) other="$other $limit_kib:$?" ;;
	esac
done
ok "$((enough > 0 ? 0 : 1))" "with enough memory it ends well"
ok "$((told > 0 ? 0 : 1))" "with less it says that it has none"
is "$silent" 0 "it never fails without saying so"
is "$other" "" "nor ends in another way"
plan
