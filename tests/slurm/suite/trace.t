#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Trace contexts: what the tasks of each kind of step find is what its record says; a job's steps
# share a trace, and nothing that a user sets makes a step another's span.
# shellcheck disable=SC2154 # record() sets r_FIELD
. "$(dirname "$0")/lib.sh"

foreign=00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01
cat >context.sh <<'END'
#!/bin/sh
echo "${TRACEPARENT-none}" >>"$1"
END
chmod 755 context.sh

# The script, a step of one node, one of two, one without the environment
cat >job.sh <<'END'
#!/bin/sh
echo "$TRACEPARENT" >"$SLURM_JOB_NAME.script"
srun -n1 -N1 ./context.sh "$SLURM_JOB_NAME.0"
srun -N2 ./context.sh "$SLURM_JOB_NAME.1"
srun -n1 -N1 --export=NONE "$PWD/context.sh" "$SLURM_JOB_NAME.2"
TRACEPARENT=${TRACEPARENT%-*-*}-1234567890abcdef-00 srun -n1 -N1 ./context.sh "$SLURM_JOB_NAME.3"
END
as-user alice env -u TRACEPARENT sbatch --wait -N2 -J traced -o "$PWD/traced.out" job.sh >/dev/null &
as-user alice env "TRACEPARENT=$foreign" sbatch --wait -N2 -J linked -o "$PWD/linked.out" job.sh >/dev/null &
as-user alice srun -Q -N2 -J alone-traced ./context.sh alone &
as-user alice salloc -J allocated-traced sh -c 'srun true; srun true' >/dev/null 2>&1 &
cat >array.sh <<'END'
#!/bin/sh
true
END
as-user alice sbatch --wait --array=1-2 -J array-traced -o /dev/null array.sh >/dev/null &
wait

# told FILE TASKS [FLAGS]: what the tasks of the step found is what its record says
told() {
	is "$1: all its tasks have one context" "$(sort "$1" | uniq -c | tr -s ' ')" \
		" $2 00-$r_trace_id-$r_span_id-${3:-01}"
}

step traced $batch_step
trace=$r_trace_id
script=$r_span_id
ok "a script has ids" [ "${#trace} ${#script}" = '32 16' ]
is "a script that is in no trace has no parent" "${r_parent_span_id-none}" none
is "and its program is told" "$(cat traced.script)" "00-$trace-$script-01"
for number in 0 2 3; do
	step traced $number
	is "step $number is in the script's trace" "$r_trace_id" "$trace"
	case $number in
	3)
		is "below the span that a program opened" "$r_parent_span_id" 1234567890abcdef
		told traced.3 1 00
		;;
	*)
		is "below its span" "$r_parent_span_id" "$script"
		told traced.$number 1
		;;
	esac
done
for node in 0 1; do
	record kind=end job_name=traced step_id=1 node_index=$node
	is "two nodes: node $node is in the trace" "$r_trace_id" "$trace"
	told traced.1 2
done
record kind=start job_name=traced step_id=0
is "a start record has the trace" "$r_trace_id" "$trace"

step linked $batch_step
is "a foreign context is a link's trace" "$r_link_trace_id" 4bf92f3577b34da6a3ce929d0e0e4736
is "and span" "$r_link_span_id" 00f067aa0ba902b7
ok "the step has a trace of its own" [ "$r_trace_id" != "$r_link_trace_id" ]
is "its program finds what it was given" "$(cat linked.script)" "$foreign"
linked=$r_trace_id
step linked 0
is "and so does a step" "$(cat linked.0)" "$foreign"
is "which is in the job's trace" "$r_trace_id" "$linked"
is "and has the link" "$r_link_span_id" 00f067aa0ba902b7
step linked 2
is "a step without the environment has no link" "${r_link_trace_id-none}" none
is "but the job's trace" "$r_trace_id" "$linked"
told linked.2 1


for node in 0 1; do
	record kind=end job_name=alone-traced step_id=0 node_index=$node
	ok "no job around: node $node has a trace" [ -n "$r_trace_id" ]
	told alone 2
done

step allocated-traced 0
trace_of_allocation=$r_trace_id
ok "the steps of an salloc have a trace" [ -n "$trace_of_allocation" ]
step allocated-traced 1
is "and share it" "$r_trace_id" "$trace_of_allocation"

record kind=end job_name=array-traced array_task_id=1
first=$r_trace_id
record kind=end job_name=array-traced array_task_id=2
ok "the tasks of an array have a trace each" [ "$r_trace_id" != "$first" ]

# Who knows the context of another's step, and says that it is one's own.
record kind=end job_name=traced step_id=1 node_index=0
victim=$r_span_id
as-user bob env "SLURM_JOBOUTLIERS_TRACE=$trace-$victim" "TRACEPARENT=00-$trace-$victim-01" \
	srun -Q -N2 -J claims-trace ./context.sh claimed &
as-user bob env SLURM_JOBOUTLIERS_TRACE="$(head -c 100000 /dev/zero | tr '\0' a)" \
	TRACEPARENT="$(printf '00-%%n%%s\033[2J')" srun -Q -n1 -J nonsense-trace ./context.sh nonsense &
wait
record kind=end job_name=claims-trace node_index=0
ok "a claim makes no step another's span" [ "$r_span_id" != "$victim" ]
is "and its record says whose step it is" "$r_uid" "$(id -u bob)"
record kind=end job_name=nonsense-trace
told nonsense 1
is "nonsense is no link" "${r_link_trace_id-none}" none

done_testing
