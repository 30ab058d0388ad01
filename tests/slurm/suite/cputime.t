#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# CPU time, against programs that say how much of it they took by their own clock.
# shellcheck disable=SC2154 # record() sets r_FIELD
. "$(dirname "$0")/lib.sh"

as-user alice srun -Q -J cpu-self burn_cpu 1000 >cpu-self.out &
as-user alice srun -Q -J cpu-tasks -N1 -n3 burn_cpu 700 >cpu-tasks.out &
few
as-user alice srun -Q -J cpu-child burn_cpu 1000 child >cpu-child.out &
as-user alice srun -Q -J cpu-left burn_cpu 1000 left >cpu-left.out &
wait

# exact NAME TASKS: what was recorded is what was burnt, and what it takes to start a task
exact() {
	burnt=$(awk '{ sum += $1 } END { print sum + 0 }' "$1.out")
	step "$1"
	ok "$1: user and system time are both known" \
		[ "${r_cpu_user_us-missing}" != missing ] && [ "${r_cpu_system_us-missing}" != missing ]
	between "$1: what was burnt, $burnt us" $((r_cpu_user_us + r_cpu_system_us)) \
		$((burnt * known / 1000)) $((burnt + $2 * start_us))
}

# The fork of slurmstepd, its last work before exec, and the program's start, of each task.
start_us=60000
known=995
if [ "$JO_CGROUP" = v2 ]; then
	start_us=600000
	# The clock of a User-Mode Linux stands still between its ticks of 10 ms, and where tasks
	# take turns its cgroups, unlike the tasks' own clocks, miss some of them: 5 to 12 in 100.
	known=800
fi

exact cpu-self 1
exact cpu-tasks 3
exact cpu-child 1
exact cpu-left 1

done_testing
