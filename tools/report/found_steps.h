/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A survey's findings step by step: the rows of the page's table, with all that
 * was judged of each, and in the order in which they are to be looked at.
 */
#ifndef REPORT_FOUND_STEPS_H
#define REPORT_FOUND_STEPS_H

#include <glib.h>

#include "finding/survey.h"
#include "report/html.h"

struct found_step {
	const struct survey_finding *found; /* what is told first of it */
	struct report_finding row;          /* without group and differs */
};

struct found_steps {
	GArray *list; /* struct found_step, the weightiest first */
	GStringChunk *strings;
};

/*
 * Read each step that has findings, but for those that were judged anew meanwhile and are not high
 * any more.  What is told first of a step is the most surprising, but CPU time after a run time
 * that is high as well.  The survey is lent.  Release *ret_steps.  Returns 0, or a negative errno
 * when the store fails.
 */
int found_steps_read(struct store *store, const struct survey *survey,
		     struct found_steps *ret_steps, struct jo_err *err);

/*
 * Read the steps of which something was high that ended in a stretch, the newest first and at most
 * max; otherwise as found_steps_read.
 */
int found_steps_before(struct store *store, int64_t from_unix_us, int64_t to_unix_us, size_t max,
		       struct found_steps *ret_steps, struct jo_err *err);

/* Free what was read. */
void found_steps_release(struct found_steps *steps);

#endif
