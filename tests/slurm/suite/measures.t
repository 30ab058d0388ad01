#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What a step took, against programs whose needs are known.
# shellcheck disable=SC2154 # record() sets r_FIELD
. "$(dirname "$0")/lib.sh"

# The steps run side by side; each is looked at afterwards.
as-user alice srun -Q -J memory --mem=300M touch_memory 100 1 &
as-user alice srun -Q -J sleep sleep 3 &
few
as-user alice srun -Q -J cpu sh -c 'i=0; while [ $i -lt 100000 ]; do i=$((i + 1)); done' &
as-user alice srun -Q -J oom --mem=64M touch_memory 200 2>/dev/null &
as-user alice srun -Q -J oom-unseen --mem=64M sh -c 'touch_memory 200 | cat; exit 0' 2>/dev/null &
few

# A file that nobody has read yet, on a disk: on a tmpfs its pages would be the file itself.
# The project may lie where only root can read, so it is mounted to where alice can.
file=$JO_BUILD/slurm/unread.$$
trap 'umount unread; rm -f "$file"' EXIT
truncate -s 80M "$file"
: >unread
mount --bind "$file" unread
as-user alice srun -Q -J cache --mem=300M cat "$PWD/unread" >/dev/null &
wait

step memory
between "memory: the peak is what the program touched" \
	"$r_mem_peak_bytes" $((100 * MIB)) $((116 * MIB))
between "memory: so is the largest process" "$r_max_rss_bytes" $((100 * MIB)) $((104 * MIB))
is "memory: where it was read" "$r_mem_source" "cgroup_$JO_CGROUP"
is "memory: the limit" "$r_mem_limit_bytes" $((300 * MIB))
is "memory: the limit was not hit" "$r_mem_limit_hit_count" 0
is "memory: nothing was killed" "$r_oom_kill_count" 0

step cache
between "page cache: the peak holds the file" \
	"$r_mem_peak_bytes" $((80 * MIB)) $((100 * MIB))
between "page cache: the largest process does not" "$r_max_rss_bytes" 1 $((16 * MIB))

step sleep
# On a busy machine the tasks may start and be noticed late; they never take less.
between "time: a sleep of 3 s takes 3 s" "$r_wall_us" 3000000 "$slow_us"
between "time: a sleep needs no processor" $((r_cpu_user_us + r_cpu_system_us)) 0 1500000
between "time: it started a moment ago" "$r_start_unix_us" \
	$((($(date +%s) - 3600) * 1000000)) $(($(date +%s) * 1000000))

step cpu
between "time: a busy loop needs the processor for as long as it runs" \
	$((r_cpu_user_us + r_cpu_system_us)) 10000 "$((r_wall_us * 11 / 10))"

step oom
is "out of memory: killed" "$r_term_signal" 9
between "out of memory: counted" "$r_oom_kill_count" 1 9
between "out of memory: the peak is at the limit" \
	"$r_mem_peak_bytes" $((60 * MIB)) $((64 * MIB))
ok "out of memory: the limit was hit" [ "$r_mem_limit_hit_count" -gt 0 ]

step oom-unseen
is "out of memory in a pipe: exit status 0" "$r_exit_status" 0
is "out of memory in a pipe: no signal" "$r_term_signal" 0
between "out of memory in a pipe: counted all the same" "$r_oom_kill_count" 1 9

done_testing
