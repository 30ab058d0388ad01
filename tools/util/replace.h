/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Put a whole file in the place of an older one. */
#ifndef UTIL_REPLACE_H
#define UTIL_REPLACE_H

#include <stddef.h>
#include <sys/types.h>

#include "joboutliers/err.h"

/*
 * Make path a file of these bytes with this mode.  They are written beside it
 * under another name, and renamed when they are on the disk: whatever happens,
 * path is the old file or the new one, and nothing else stays behind.  A link
 * is followed, so it stays one; a device, a FIFO or a socket is written to and
 * keeps its mode.
 *
 * Returns 0 or a negative errno (-ENOSPC: the disk is full).
 */
int replace_file(const char *path, const void *bytes, size_t size, mode_t mode, struct jo_err *err);

/* The same where a user says to which file; "-": to standard output. */
int replace_or_print(const char *path, const void *bytes, size_t size, mode_t mode,
		     struct jo_err *err);

#endif
