/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How the last night went, which is known beside the database, also to those
 * who do not open it.
 */
#ifndef STORE_NIGHT_REPORT_H
#define STORE_NIGHT_REPORT_H

#include <stdint.h>

#include "joboutliers/err.h"
#include "run_lock.h"

struct store_night_report {
	int64_t begin_unix_us;
	int64_t end_unix_us; /* 0 while the night lasts, or when it was broken off */
	int status;          /* the exit status; -1 likewise */
};

/*
 * Begin a night on the database at path: take its lock, and report that it has
 * begun.  Returns 0 and the lock, which the caller releases; -EBUSY while
 * another night lasts; or another negative errno.
 */
int store_night_begin(const char *path, int64_t now_unix_us, struct store_lock **ret_lock,
		      struct jo_err *err);

/* Report how the night went whose lock this is.  Returns 0 or a negative errno. */
int store_night_put(struct store_lock *lock, const struct store_night_report *report,
		    struct jo_err *err);

/* The last report.  Returns 0, -ENOENT when there was no night yet, or -EBADMSG. */
int store_night_get(const char *path, struct store_night_report *ret_report, struct jo_err *err);

#endif
