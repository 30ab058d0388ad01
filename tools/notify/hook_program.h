/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A site's own program that is given findings, one at a time: for chat, tickets and pagers. */
#ifndef NOTIFY_HOOK_PROGRAM_H
#define NOTIFY_HOOK_PROGRAM_H

#include <jansson.h>

#include "joboutliers/err.h"

/* So many failures in a row end a run: what hangs for one finding hangs for the next, too. */
#define HOOK_FAILURES_MAX 3

/*
 * Whether the program may be run: a file that can be, and that nobody but root or who runs this can
 * change.  Returns 0, -EPERM, or what the system says.
 */
int hook_program_check(const char *path, struct jo_err *err);

/*
 * Run the program with the finding as one line of JSON on its standard input, a plain environment,
 * and timeout_s seconds, after which it is killed with all that it started.  Returns 0 when it
 * ended with status 0: it has the finding; or a negative errno.
 */
int hook_program_run(const char *path, int timeout_s, const json_t *finding, struct jo_err *err);

#endif
