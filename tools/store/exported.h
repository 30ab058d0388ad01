/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which judged steps went out as spans.  What is not here is still to go: so a run that is killed
 * sends at most once more what was acknowledged meanwhile, and nothing is lost.
 */
#ifndef STORE_EXPORTED_H
#define STORE_EXPORTED_H

#include <stddef.h>
#include <stdint.h>

#include "joboutliers/err.h"

struct store;

enum store_exported_state {
	STORE_EXPORTED_TAKEN = 1,
	STORE_EXPORTED_REFUSED, /* for good */
	STORE_EXPORTED_OLD,     /* waited for too long */
};

/* Enter that this became of these steps, in one transaction. */
int store_exported_add(struct store *store, const int64_t *step_ids, size_t count,
		       enum store_exported_state state, struct jo_err *err);

/*
 * Give up judged steps that ended before this time and are not out.  The first call on a database
 * does so for all that it has, which nobody waits for: it returns 0.  Returns how many were given
 * up.
 */
int64_t store_exported_give_up(struct store *store, int64_t end_before_unix_us, struct jo_err *err);

/* How many judged steps that ended at this time or later are not out. */
int64_t store_exported_waiting(struct store *store, int64_t end_from_unix_us, struct jo_err *err);

/* Whether a step of this trace runs, or ended since then: 1 or 0. */
int store_trace_is_busy(struct store *store, const char *trace_id, int64_t since_unix_us,
			struct jo_err *err);

#endif
