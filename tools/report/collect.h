/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the site's report says of a stretch of time, gathered from store and models. */
#ifndef REPORT_COLLECT_H
#define REPORT_COLLECT_H

#include <stddef.h>

#include "report/html.h"
#include "report/report_options.h"
#include "store/store.h"

/*
 * The weightiest findings and their groups are on the page until it has this much data, so that the
 * page of the worst night stays below 5 MB: its scripts and styles are 250 kB.
 */
#define REPORT_JOBS_MAX 4000       /* of the stretch, beside the findings; half a megabyte */
#define REPORT_MOVED_BYTES 1200000 /* for groups whose level moved, which come first */
#define REPORT_GROUPS_BYTES 2600000 /* for all groups, */
#define REPORT_GROUPS_LEAST 1200000 /* but less where findings need the room, and no less than this */
#define REPORT_FINDING_BYTES 620    /* that a finding needs as data and as a row without scripts */
#define REPORT_BYTES 4600000
#define REPORT_GROUPS_MAX 300
#define REPORT_GROUP_STEPS_MAX 200

/* What the page has, for one line about it. */
struct report_counts {
	size_t finding_count, slow_node_count, moved_count;
	size_t found_group_count; /* that have findings */
	size_t group_count;       /* that are on the page */
};

/* Make the page, which is the caller's to free.  Returns 0 or a negative errno. */
int report_collect(struct store *store, const struct report_options *options,
		   struct report_page **ret_page, struct report_counts *ret_counts,
		   struct jo_err *err);

#endif
