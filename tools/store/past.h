/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which of the steps that were not judged are to be, and which are history:
 * later ones are judged by them, and nobody waits for a verdict on them.
 */
#ifndef STORE_PAST_H
#define STORE_PAST_H

#include <stdint.h>

#include "joboutliers/err.h"

struct store;

/* When the last step ended that ended by now: 1, or 0 for none. */
int store_past_newest(struct store *store, int64_t now_unix_us, int64_t *ret_end_unix_us,
		      struct jo_err *err);

/*
 * Settle that what was not judged is to be when it ended at or after
 * from_unix_us (JO_MISSING: whenever it ended), and else is history.  A step
 * that was judged before, and changed since, is to be judged again whenever it
 * ended.  In transactions of its own; what a killed call left, the next does.
 * *ret_new_count gets how many became history.
 */
int store_past_settle(struct store *store, int64_t from_unix_us, int64_t *ret_new_count,
		      struct jo_err *err);

#endif
