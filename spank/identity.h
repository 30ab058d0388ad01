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
 * Take in what was not known when the step began: Slurm 22.05 completes the
 * environment of a job script only when it starts it, with the user's name and
 * the count of restarts in it.
 */
void identity_complete(spank_t spank, struct jo_record *record);

#endif
