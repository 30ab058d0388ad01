/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One node's folder in a spool, and the place for what cannot be read.  Private to intake/. */
#ifndef INTAKE_SPOOL_FOLDER_H
#define INTAKE_SPOOL_FOLDER_H

#include <stddef.h>
#include <stdint.h>

#include "joboutliers/err.h"

struct spool_folder {
	const char *spool; /* path; the caller's */
	char *node;        /* the folder's name there */
};

/* Descriptor of SPOOL/NODE/new, following no link; or a negative errno. */
int spool_folder_open(const struct spool_folder *folder, struct jo_err *err);

/*
 * Put a line, or the thing itself (line NULL), of new_fd's NAME into SPOOL/bad,
 * with the reason beside it.  The same line again ends in the same files; another
 * thing of a name that is taken there gets a number behind it.
 * Returns 0 or a negative errno.
 */
int spool_folder_set_aside(const struct spool_folder *folder, int new_fd, const char *name,
			   int64_t line_number, const char *line, size_t len, const char *reason,
			   struct jo_err *err);

#endif
