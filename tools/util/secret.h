/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that hold a password or a token. */
#ifndef UTIL_SECRET_H
#define UTIL_SECRET_H

#include <stddef.h>

#include "joboutliers/err.h"

/*
 * Read the begin of a file, as much as buf[size] holds with a NUL behind it.  It must be a file of
 * root or of who runs this, that nobody else may read; a FIFO makes nobody wait.  Returns 0 or a
 * negative errno, with buf of no use.  The caller makes the text unreadable when done with it.
 */
int secret_read(const char *path, char *buf, size_t size, struct jo_err *err);

#endif
