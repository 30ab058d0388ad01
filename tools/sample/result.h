/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a task's samples say, as the file that the plugin reads. */
#ifndef SAMPLE_RESULT_H
#define SAMPLE_RESULT_H

#include "joboutliers/err.h"
#include "sample/counts.h"
#include "sample/spots.h"

/*
 * Write the stacks, under the names that their places have, or why there is nothing to
 * tell; `kind` is JO_NATIVE_KIND or JO_NATIVE_KIND_FUNCTIONS.  The file is there whole or
 * not at all.
 */
int result_write(const char *path, const char *kind, const struct counts *counts,
		 const struct spots *spots, struct jo_err *err);

/* Write why there are no samples. */
int result_write_missing(const char *path, const char *reason, struct jo_err *err);

#endif
