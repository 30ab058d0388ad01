/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What goes into the store: records, and how the nodes of a step become one step (step/step.h). */
#ifndef STORE_ADD_H
#define STORE_ADD_H

#include <stddef.h>
#include <stdint.h>

#include "input.h"
#include "joboutliers/err.h"

struct store;

/* What became of the records; counts that are added to. */
struct store_added {
	int64_t new_count;       /* steps and node descriptions not known before */
	int64_t changed_count;   /* records that added to or replaced something known */
	int64_t duplicate_count; /* records that said nothing new */
};

/*
 * Take count records, in any order; *added is added to.  Call it between begin
 * and commit, with some thousands at a time.
 *
 * A step's key is (cluster, job, array task, step, restart), and its life where
 * job numbers came again: known_find in step_update.h says when a record is of
 * another life.  A node's row adds the node.  Of one node a start and an end make one row,
 * whichever comes first.  A second end from the plugin says nothing new and is not looked at; an
 * import's row replaces an earlier import's, and of a step that the plugin told of it says for how
 * long that was suspended, where the plugin could not (known_apply).  The step is merged again
 * when a node is added or changed, and is then not judged any more.
 *
 * State, when it is derived:
 *	RUNNING	not all node_count nodes have told an end
 *	OUT_OF_MEMORY	oom_kill_count > 0
 *	TIMEOUT	ended at or after the job's start (earliest start of a step of
 *		the job, in its life) plus time_limit_us; or by SIGTERM or SIGKILL within a
 *		minute before: the step itself cannot tell what sent the signal,
 *		and sees its start later than Slurm does
 *	CANCELLED	ended by SIGTERM or SIGKILL otherwise
 *	FAILED, COMPLETED	by exit status and signal; UNKNOWN without either
 */
int store_add(struct store *store, const struct store_input *inputs, size_t count,
	      int64_t now_unix_us, struct store_added *added, struct jo_err *err);

/*
 * As store_add(), of steps that are known: what else the records tell of them, whichever
 * run of the job it is, as they may not know how often it was requeued.  No step is added;
 * a record of one that is not known counts as a duplicate.
 */
int store_fill(struct store *store, const struct store_input *inputs, size_t count,
	       int64_t now_unix_us, struct store_added *added, struct jo_err *err);

#endif
