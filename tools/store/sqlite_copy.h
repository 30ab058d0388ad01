/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file of a copy for readers: it grows under another name, and takes its
 * own when it is whole.  Private to sqlite.c.
 */
#ifndef STORE_SQLITE_COPY_H
#define STORE_SQLITE_COPY_H

#include <stdint.h>

#include "joboutliers/err.h"

/* "jobr" in ASCII, the application id of a copy: no other file is ever replaced by one. */
#define SQLITE_COPY_ID 0x6a6f6272

/*
 * Make an empty file beside path, over what a killed run left, for a copy of
 * database that takes so many bytes.  Returns 0 with its name, which the caller
 * frees; or why no copy can be made there.
 */
int sqlite_copy_start(const char *database, const char *path, int64_t bytes, char **ret_beside,
		      struct jo_err *err);

/* How large it is by now. */
int64_t sqlite_copy_size(const char *beside);

/* Sync it, let everybody read it, and give it its name. */
int sqlite_copy_put(const char *beside, const char *path, struct jo_err *err);

/* Remove it. */
void sqlite_copy_drop(const char *beside);

#endif
