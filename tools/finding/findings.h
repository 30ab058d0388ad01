/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One user's many items as few findings: an array's tasks, a group's jobs, a job and its step. */
#ifndef FINDING_FINDINGS_H
#define FINDING_FINDINGS_H

#include "finding/items.h"

/* Items of the same group, metric and cause.  Points to the items, which stay the caller's. */
struct finding {
	const struct finding_item **items; /* the worst first */
	size_t item_count;
};

struct findings {
	struct finding *list; /* the worst first */
	size_t count;
	const struct finding_item **items; /* what the findings' items lie in */
};

/*
 * Gather one user's items into findings.  A batch step whose time its own srun
 * steps in the list account for (at least half of its excess) is not a finding
 * beside them, nor is a step's CPU time beside its run time.  Release *ret_findings, before the
 * items.
 */
void findings_collapse(const struct finding_item *items, size_t count,
		       struct findings *ret_findings);

/* Free the lists, not the items. */
void findings_release(struct findings *findings);

#endif
