/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the last run of each way out but mail went, for doctor and for the site's health. */
#ifndef STORE_OUTLET_H
#define STORE_OUTLET_H

#include <stdint.h>

#include "joboutliers/err.h"

struct store;

enum store_outlet_kind { STORE_OUTLET_HOOK, STORE_OUTLET_SPANS, STORE_OUTLET_COUNT };

struct store_outlet {
	int64_t ran_unix_us;           /* JO_MISSING: never, or not known to readers */
	int64_t done_count;            /* handed over in the last run */
	int64_t waiting_count;         /* left for the next one */
	int64_t lost_count;            /* given up, since ever */
	int64_t failing_since_unix_us; /* the first of the runs that failed since; JO_MISSING: the
					  last one did not */
	struct jo_err trouble;         /* of the last run that failed */
};

/* Read what is known of the way; returns 0 or a negative errno. */
int store_outlet_get(struct store *store, enum store_outlet_kind kind,
		     struct store_outlet *ret_outlet, struct jo_err *err);

/*
 * Enter a run: its time, and how many it handed over, left and gave up; trouble's code is 0 for one
 * that did not fail.  lost_count is added to what was lost before.
 */
int store_outlet_put(struct store *store, enum store_outlet_kind kind,
		     const struct store_outlet *run, struct jo_err *err);

#endif
