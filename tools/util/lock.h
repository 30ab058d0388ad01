/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One run at a time: a file that is locked as long as its holder lives. */
#ifndef UTIL_LOCK_H
#define UTIL_LOCK_H

#include "joboutliers/err.h"

/*
 * Take the lock at path, which is made (mode 0600) when it is missing and is
 * never removed.  The kernel gives it back when the process ends, however it
 * does.
 *
 * Returns 0 with the descriptor to close, which may also be read and written; -EBUSY when another
 * process has it; or the errno of opening it.
 */
int lock_take(const char *path, int *ret_fd, struct jo_err *err);

#endif
