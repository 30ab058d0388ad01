#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A step that is suspended and resumed: how long it ran, where the kernel counts what it froze.
# shellcheck disable=SC2154 # record() sets r_FIELD
. "$(dirname "$0")/lib.sh"

as-user alice srun -Q -J suspended -p long sh -c 'until [ -e is_over ]; do sleep 0.5; done' &
record kind=start job_name=suspended step_id=0
job=$r_job_id
is_in() { [ "$(squeue -h -j "$job" -o %T)" = "$1" ]; }
# The folder of the tasks on v2, of the step on v1.
is_frozen() {
	case $JO_CGROUP in
	v1) grep -q FROZEN /sys/fs/cgroup/freezer/*/uid_*/"job_$job/step_0/freezer.state" ;;
	*) grep -q 'frozen 1' /sys/fs/cgroup/system.slice/*/"job_$job/step_0/user/cgroup.events" ;;
	esac
}

until_true is_in RUNNING
scontrol suspend "$job"
ok "suspended: Slurm freezes its control group" until_true is_frozen
counts=no
for file in /sys/fs/cgroup/system.slice/*/"job_$job/step_0/user/cgroup.stat.local"; do
	[ ! -e "$file" ] || counts=yes
done
frozen_since=$(date +%s)
until_true sh -c "[ \$(date +%s) -ge $((frozen_since + 17)) ]"
: >is_over
scontrol resume "$job"
wait

step suspended
is "suspended: it ended as it would have" "$r_exit_status" 0
between "suspended: the whole time is in wall_us" "$r_wall_us" 17000000 "$slow_us"
if [ $counts = yes ]; then
	between "suspended: how long it was frozen" "$r_suspended_us" 16000000 "$r_wall_us"
else
	is "suspended: this kernel counts no frozen time, and none is recorded" \
		"${r_suspended_us-missing}" missing
fi

done_testing
