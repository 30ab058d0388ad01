/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file beside the database that says how the last night went.  nightly
 * keeps it locked while it runs, so that two nights do not overlap.
 */
#ifndef CMD_NIGHTLY_REPORT_H
#define CMD_NIGHTLY_REPORT_H

#include <stdint.h>

#include "joboutliers/err.h"

struct nightly_report {
	int64_t begin_unix_us, end_unix_us;
	int status; /* enum cmd_exit; -1 while the night lasts, or when it was broken off */
};

/*
 * Begin a night: lock the file for as long as *ret_fd is open, and write down
 * that the night has begun.  Returns 0, -EBUSY while another one lasts, or
 * another negative errno.
 */
int nightly_report_begin(const char *database, int64_t now_unix_us, int *ret_fd,
			 struct jo_err *err);

/* Write down how it went, and close fd.  Returns 0 or a negative errno. */
int nightly_report_end(int fd, const struct nightly_report *report, struct jo_err *err);

/* Read the last report.  Returns 0, -ENOENT when there was no night yet, or -EBADMSG. */
int nightly_report_read(const char *database, struct nightly_report *ret_report,
			struct jo_err *err);

#endif
