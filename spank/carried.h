/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Four variables of the job's environment that carry a declaration from the
 * submit side to the step:
 *
 *	SLURM_JOBOUTLIERS_INPUT	 SOURCE:BYTES:SEEN, each but the first may be empty
 *	SLURM_JOBOUTLIERS_CLASS	 own:NAME or job:NAME
 *	SLURM_JOBOUTLIERS_ATTRS	 KEY=VALUE[,...], as joboutliers/attr.h has it
 *	SLURM_JOBOUTLIERS_PROFILE  samples a second, as profile_rate.h has it
 *
 * SEEN is what SJOB_INPUT_SIZE held at that moment.
 */
#ifndef SPANK_CARRIED_H
#define SPANK_CARRIED_H

#include <stdbool.h>
#include <stdint.h>

#include "joboutliers/attr.h"
#include "joboutliers/record.h"

#define CARRIED_INPUT "SLURM_JOBOUTLIERS_INPUT"
#define CARRIED_CLASS "SLURM_JOBOUTLIERS_CLASS"
#define CARRIED_ATTRS "SLURM_JOBOUTLIERS_ATTRS"
#define CARRIED_PROFILE "SLURM_JOBOUTLIERS_PROFILE"

#define CARRIED_INPUT_SIZE 64 /* a source's word and two numbers */
#define CARRIED_CLASS_SIZE (4 + JO_CLASS_SIZE) /* "own:" or "job:" before the class */

struct carried_input {
	enum jo_input_source source;
	int64_t bytes;
	int64_t seen_bytes; /* JO_MISSING: SJOB_INPUT_SIZE was not set */
};

/* False for what no plugin of ours wrote; *ret_input is then untouched. */
bool carried_input_read(const char *text, struct carried_input *ret_input);

/* The source must not be JO_INPUT_INVALID, which is not carried.  Returns text. */
char *carried_input_write(const struct carried_input *input, char text[CARRIED_INPUT_SIZE]);

/* The class in text, or NULL; *ret_is_own tells whether the step or its job has it. */
const char *carried_class_read(const char *text, bool *ret_is_own);

/* The class as carried_class_read has it back, into text.  Returns text. */
char *carried_class_write(const char *name, bool is_own, char text[CARRIED_CLASS_SIZE]);

#endif
