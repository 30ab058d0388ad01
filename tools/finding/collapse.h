/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One user's many items as few findings: an array's tasks, a group's jobs, a job and its step. */
#ifndef FINDING_COLLAPSE_H
#define FINDING_COLLAPSE_H

#include "notify/notify.h"

/* Items of the same group and metric.  Points to the items, which stay the caller's. */
struct notify_finding {
	const struct notify_item **items; /* the worst first */
	size_t item_count;
};

struct notify_findings {
	struct notify_finding *list; /* the worst first */
	size_t count;
	const struct notify_item **items; /* what the findings' items lie in */
};

/*
 * A batch step whose time its own srun steps in the list account for (at least
 * half of its excess) is not a finding beside them.
 */
void notify_collapse(const struct notify_item *items, size_t count,
		     struct notify_findings *ret_findings);
void notify_findings_release(struct notify_findings *findings);

#endif
