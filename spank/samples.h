/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a step's samplers left in its folder, read as what it is: whatever the user put there. */
#ifndef SPANK_SAMPLES_H
#define SPANK_SAMPLES_H

#include <sys/types.h>

#include "joboutliers/err.h"
#include "joboutliers/record.h"

/* Whose files are read, and on which device they are. */
struct samples_from {
	int dir_fd;
	uid_t uid;
	dev_t dev;
	const char *not_native; /* why there are no samples of native programs, if there are none */
};

/*
 * Put the samples into the record, whose rate and run time are known, in bounded time.  Those of
 * Python, if it was seen for a tenth of the run time; else those of native programs, if
 * these are more: one profile is never made of both.  Returns 0, -ENODATA where there are none,
 * with the reason, or -ENOMEM.
 */
int samples_read(const struct samples_from *from, struct jo_record *record, struct jo_err *err);

#endif
