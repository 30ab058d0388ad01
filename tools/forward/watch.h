/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A run is two processes: the worker, which touches spool and target and may
 * come to hang in either so that not even SIGKILL ends it, and the one that was
 * started, which touches neither, waits as long as was said, and tells.  What
 * hangs keeps the spool's lock, so no second one comes to hang beside it.
 */
#ifndef FORWARD_WATCH_H
#define FORWARD_WATCH_H

#include "forward/summary.h"

/* A worker that is asked to end needs no longer for the record at hand, unless it hangs. */
#define WATCH_GRACE_US (5 * 1000000)

struct watch {
	int64_t time_limit_us;
	char **command;                    /* to run beside the worker, or NULL */
	int command_in_fd, command_out_fd; /* its ends of two pipes; -1 without one */
	int worker_in_fd, worker_out_fd;   /* the worker's; all four are closed here */
	void (*work)(void *context, struct forward_summary *report);
	void *context;
};

/* Memory for a report, zeroed, that forked processes share; NULL for none. */
struct forward_summary *watch_report(void);

/*
 * Do the work, and fill the report.  A command that is sjobforward itself says
 * by its status that it left something foreign, or that another run is at work:
 * both become the report's.  Any other status but 0 is a complaint.
 * Returns 0, or a negative errno when nothing was begun.
 */
int watch_run(const struct watch *watch, struct forward_summary *report, struct jo_err *err);

#endif
