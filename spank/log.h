/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The plugin's one way to the log; only Slurm's entry points (plugin.c) use it. */
#ifndef SPANK_LOG_H
#define SPANK_LOG_H

#include "joboutliers/err.h"

/*
 * One line to the user of srun, sbatch or salloc, or into slurmd's log.  In a
 * step it is written at level "info": an "error" of slurmstepd would appear in
 * the user's output, and a user can do nothing about a full spool.
 */
void log_failure(const struct jo_err *err);

#endif
