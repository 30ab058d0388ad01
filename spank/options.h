/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options that the plugin adds to srun, sbatch and salloc. */
#ifndef SPANK_OPTIONS_H
#define SPANK_OPTIONS_H

#include <slurm/spank.h>
#include <stdbool.h>

#include "joboutliers/err.h"

enum option {
	OPTION_INPUT_SIZE,
	OPTION_INPUT_FILES,
	OPTION_JOB_CLASS,
	OPTION_JOB_ATTR,
	OPTION_JOB_PROFILE,
	OPTION_COUNT,
};

/* Make Slurm know the options; it calls `callback` with an enum option as val. */
int options_register(spank_t spank, spank_opt_cb_f callback, struct jo_err *err);

/* Whether it may be given without one. */
bool options_is_argument_optional(enum option option);

/*
 * The variable in which Slurm hands an option of a job to the srun, sbatch and
 * salloc that run inside it.
 */
const char *options_inherited_variable(enum option option);

#endif
