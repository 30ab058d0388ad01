/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A step's place in a distributed trace, for programs that speak OpenTelemetry:
 * W3C trace context in the environment, and the same ids in the step's record.
 *
 *	TRACEPARENT		00-TRACE-SPAN-FLAGS; of the step's tasks, unless it is foreign
 *	SLURM_JOBOUTLIERS_TRACE	TRACE-SPAN of the step around, or TRACE alone from the submit
 *				side; survives every --export, and tells ours from foreign
 *
 * A trace's id is random.  Which trace a step is in is its environment's word, so
 * its user's.  Its span's id is not: each slurmstepd makes it of the trace and of
 * what Slurm says of the step, alike on all nodes, so that no step can take the
 * span of another.
 */
#ifndef SPANK_TRACE_H
#define SPANK_TRACE_H

#include <slurm/spank.h>
#include <stdbool.h>

#include "joboutliers/err.h"
#include "joboutliers/record.h"

/* "00-", an id and a dash twice, two digits of flags, and the NUL. */
#define TRACE_PARENT_SIZE (3 + JO_TRACE_ID_SIZE + JO_SPAN_ID_SIZE + 3)
/* An id, a dash, an id, and the NUL. */
#define TRACE_CARRIED_SIZE (JO_TRACE_ID_SIZE + JO_SPAN_ID_SIZE)

/* What the tasks of a step are told.  Zero is: nothing. */
struct trace {
	char parent[TRACE_PARENT_SIZE]; /* empty: what they have stays */
	char carried[TRACE_CARRIED_SIZE];
	bool drops_state; /* TRACESTATE belongs to no TRACEPARENT */
};

/*
 * Submit side: begin a trace for the steps of an srun or salloc that is in none
 * yet.  sbatch, which cannot be told from salloc here, does so in vain: a job
 * script begins its own, as each task of an array must.
 */
int trace_export(struct jo_err *err);

/*
 * In the step: decide its trace, span and parent, or what foreign span it
 * belongs to, and fill the record's fields of these.  Needs the record's ids, kind and
 * node count.  Returns 0 also where there is nothing to tell: several nodes that
 * no submit side of ours gave a trace.
 */
int trace_begin(struct trace *trace, spank_t spank, struct jo_record *record, struct jo_err *err);

/* In a task, as root: tell it. */
int trace_tell(const struct trace *trace, spank_t spank, struct jo_err *err);

#endif
