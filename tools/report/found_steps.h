/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A survey's findings step by step: the rows of the page's table, with all that was judged of each.
 */
#ifndef REPORT_FOUND_STEPS_H
#define REPORT_FOUND_STEPS_H

#include "finding/survey.h"
#include "report/html.h"

/*
 * Of each step that has findings the one to tell first: the most surprising,
 * but CPU time after a run time that is high as well.  By how surprising the
 * steps are; pointers into the survey, for g_ptr_array_unref().
 */
GPtrArray *found_steps_of(const struct survey *survey);

/*
 * Fill in what was judged of the finding's step, and why it was slow or busy.
 * Returns 0, or a negative errno when the store fails.
 */
int found_step_read(struct store *store, const struct survey_finding *found,
		    struct report_finding *finding, struct jo_err *err);

#endif
