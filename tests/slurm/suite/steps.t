#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Every kind of step: who and what it was, and how it ended.
# shellcheck disable=SC2154 # record() sets r_FIELD
. "$(dirname "$0")/lib.sh"

# batch NAME [OPTION...]: submit the script on standard input as alice, wait, print nothing
batch() {
	name=$1
	shift
	cat >"$name.sh"
	as-user alice sbatch --wait -J "$name" -o "$PWD/$name.out" "$@" "$name.sh" >/dev/null
}

as-user alice srun -Q -J plain -p long -A physics -N1 -n2 -c2 --mem=120M sh -c 'echo $SLURM_JOB_ID' >plain.out &
as-user alice srun -Q -J nothing true &
as-user alice srun -Q -J status sh -c 'exit 7' 2>/dev/null &
as-user alice srun -Q -J signal sh -c 'kill -SEGV $$' 2>/dev/null &
few
as-user alice srun -Q -J nodes -N2 -n3 true &
as-user alice srun -Q -J het -n1 true : -n1 true &
as-user bob srun -Q -J "bob's" touch_memory 1 &
few
as-user alice srun -Q -J cancelled -n1 sleep 600 2>/dev/null &
record kind=start job_name=cancelled
as-user alice scancel "$r_job_id"
few

batch batch <<'END' &
#!/bin/sh
srun true
sleep 1
END
batch array --array=3-4 <<'END' &
#!/bin/sh
true
END
few
batch overlap -n2 <<'END' &
#!/bin/sh
srun --overlap -n1 sleep 3 &
srun --overlap -n1 sleep 1 &
wait
END
batch requeued --requeue <<'END' &
#!/bin/sh
[ -z "$SLURM_RESTART_COUNT" ] || exit 0
scontrol requeue "$SLURM_JOB_ID"
sleep 600
END
few
printf 'true\nexit\n' |
	as-user alice script -qec 'salloc -J interactive' /dev/null >interactive.out 2>&1 &
as-user alice salloc -J inside sh -c 'srun true' >/dev/null 2>&1 &
wait

step plain
is "srun: job" "$r_job_id" "$(head -n 1 plain.out)"
is "srun: step" "$r_step_id" 0
is "srun: kind" "$r_step_kind" srun
is "srun: cluster" "$r_cluster" test
like "srun: node" "$r_node" 'n[12]'
is "srun: user" "$r_user" alice
is "srun: uid" "$r_uid" "$(id -u alice)"
is "srun: partition" "$r_partition" long
is "srun: account" "$r_account" physics
is "srun: program, without its arguments" "$r_program" sh
is "srun: tasks" "$r_task_count" 2
is "srun: processors" "$r_cpu_count" 4
is "srun: requested memory" "$r_mem_request_bytes" $((120 * MIB))
is "srun: node count" "$r_node_count" 1
is "srun: node index" "$r_node_index" 0
is "srun: exit status" "$r_exit_status" 0
is "srun: signal" "$r_term_signal" 0
is "srun: no array" "${r_array_job_id-missing}" missing
is "srun: no het job" "${r_het_job_id-missing}" missing
is "srun: no declared size" "${r_input_bytes-missing}" missing
job=$r_job_id
record kind=start "job_id=$job" step_id=0
is "srun: the start record has the user" "$r_user" alice
is "srun: the start record has no duration" "${r_wall_us-missing}" missing
is "srun: the extern step is no user's step" \
	"$("$here/records" -c "job_id=$job" step_id=4294967292)" 0

step "bob's"
is "another user" "$r_user" bob
is "another user's program" "$r_program" touch_memory

step nothing
between "zero seconds: a duration all the same" "$r_wall_us" 1 "$slow_us"

step status
is "exit status" "$r_exit_status" 7
step signal
is "ended by a signal" "$r_term_signal" 11

step cancelled
like "cancelled: a signal that says so" "$r_term_signal" 9 15
between "cancelled: as long as it ran" "$r_wall_us" 1 "$slow_us"

for node in 0 1; do
	record kind=end job_name=nodes step_id=0 node_index=$node
	is "two nodes: index $node of two" "$r_node_count" 2
	job=${job_of_nodes:-$r_job_id}
	is "two nodes: one job" "$r_job_id" "$job"
	job_of_nodes=$job
done

record kind=end job_name=het het_job_offset=0
is "heterogeneous: the first part leads" "$r_het_job_id" "$r_job_id"
leader=$r_job_id
record kind=end job_name=het het_job_offset=1
is "heterogeneous: the second follows" "$r_het_job_id" "$leader"
ok "heterogeneous: with a number of its own" [ "$r_job_id" != "$leader" ]

step batch $batch_step
is "batch: kind" "$r_step_kind" batch
# slurmd runs a copy of the script, under a name of its own.
is "batch: no program" "${r_program-missing}" missing
is "batch: user" "$r_user" alice
between "batch: time" "$r_wall_us" 1000000 "$slow_us"
job=$r_job_id
record kind=end "job_id=$job" step_id=0
is "batch: the srun inside" "$r_step_kind" srun
is "batch: it is the same job" "$r_job_name" batch

record kind=end job_name=array array_task_id=3
array=$r_array_job_id
record kind=end job_name=array array_task_id=4
is "array: the tasks share the array's number" "$r_array_job_id" "$array"

step overlap 0
first=$r_wall_us
step overlap 1
second=$r_wall_us
if [ "$second" -gt "$first" ]; then
	second=$first
	first=$r_wall_us
fi
between "overlapping steps: the one that slept for 3 s" "$first" 3000000 "$slow_us"
between "overlapping steps: the other one, in its own time" "$second" 1000000 $((first - 1))

record kind=end job_name=requeued "step_id=$batch_step" restart_count=0
job=$r_job_id
record kind=end job_name=requeued "step_id=$batch_step" restart_count=1
is "requeued: the same job again" "$r_job_id" "$job"

record kind=end job_name=interactive "step_id=$interactive_step"
is "interactive: kind" "$r_step_kind" interactive
is "interactive: user" "$r_user" alice
step inside
is "srun inside salloc: kind" "$r_step_kind" srun

done_testing
