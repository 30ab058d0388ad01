/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who a step is: from Slurm's handle where that can be trusted, else from its environment. */
#ifndef SPANK_IDENTITY_H
#define SPANK_IDENTITY_H

#include <slurm/spank.h>
#include <sys/types.h>

#include "args.h"
#include "joboutliers/err.h"
#include "joboutliers/record.h"

/*
 * Fill the record's identity and what the step was given.  Returns 0; 1 for a
 * step that is not a user's (extern and the like), or -ENODATA when Slurm does
 * not tell which step this is.
 */
int identity_read(spank_t spank, const struct args *args, struct jo_record *record, gid_t *ret_gid,
		  struct jo_err *err);

/*
 * What only a task's own environment tells, which Slurm completes in the task:
 * with the user's name and the count of restarts of a job script, and from 24.11
 * on with the job's end and its SLUID.  To be called there; leaves every other
 * field missing.
 */
void identity_read_in_task(spank_t spank, struct jo_record *ret_of_task);

/* Take in what a task knew and the step did not, or knew less well. */
void identity_complete(struct jo_record *record, const struct jo_record *of_task);

#endif
