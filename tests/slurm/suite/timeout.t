#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A job at its time limit.  Slurm counts limits in minutes and looks every half minute, so this
# test takes longer than all others and runs beside them.
# shellcheck disable=SC2154 # record() sets r_FIELD
. "$(dirname "$0")/lib.sh"

printf '#!/bin/sh\nsleep 600\n' >timeout.sh
as-user alice sbatch --wait -J timeout -t 1 -o /dev/null timeout.sh >/dev/null

step timeout $batch_step
like "time limit: ended by the signal that says so" "$r_term_signal" 9 15
# Slurm counts from when it granted the job, which a slow node begins later.
between "time limit: as long as it was let" "$r_wall_us" 30000000 "$slow_us"
# Before 24.11, Slurm tells the limit to no step: neither in its environment nor in its handle.
expected=60000000
release=$(scontrol --version | sed 's/[^0-9]*\([0-9]*\)\.\([0-9]*\).*/\1\2/')
[ "$release" -ge 2411 ] || expected=missing
is "time limit: as Slurm $release tells it" "${r_time_limit_us-missing}" "$expected"
is "time limit: the job's state" "$(scontrol show job "$r_job_id" | grep -o 'JobState=[A-Z]*')" \
	JobState=TIMEOUT

done_testing
