#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A step whose slurmstepd is killed has begun and never ends.
# shellcheck disable=SC2154 # record() sets r_FIELD
. "$(dirname "$0")/lib.sh"

as-user alice srun -Q -J killed --input-size=5G sleep 300 >/dev/null 2>&1 &
srun=$!
record kind=start job_name=killed
job=$r_job_id
is "killed: the start record has the user" "$r_user" alice
is "killed: the start record has the size" "$r_input_bytes" $((5 * 1024 * MIB))

stepd=$(pgrep -f "^slurmstepd: \[$job\.0\]")
kill -KILL "$stepd"
ok "killed: slurmstepd is gone" until_true sh -c "! kill -0 $stepd 2>/dev/null"
as-user alice scancel "$job"
wait "$srun"
is "killed: no end record" "$("$here/records" -c kind=end "job_id=$job" step_id=0)" 0
is "killed: one start record" "$("$here/records" -c kind=start "job_id=$job" step_id=0)" 1

done_testing
