/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads steps and their verdicts side by side. */
#include "judged.h"

#include <stdlib.h>

#include "cursor.h"
#include "joboutliers/record.h"
#include "steps.h"
#include "verdicts.h"
#include "util/alloc.h"

/* Both cursors run in the same order, so one pass joins them however many steps there are. */
struct store_judged {
	struct store_cursor *steps;
	struct store_cursor *verdicts;
	bool has_ahead; /* a verdict that no step has taken yet */
	struct step_verdict ahead;
	struct step_verdict taken[METRIC_COUNT]; /* own their strings */
};

/* The strings of a verdict, which the cursor takes back with its next one. */
static const size_t verdict_strings[] = {
	offsetof(struct step_verdict, reason),
	offsetof(struct step_verdict, borrowed_from),
	offsetof(struct step_verdict, attrs_used),
	offsetof(struct step_verdict, detail),
};
#define VERDICT_STRINGS (sizeof(verdict_strings) / sizeof(verdict_strings[0]))

static char **verdict_string(struct step_verdict *verdict, size_t i)
{
	return (char **)((char *)verdict + verdict_strings[i]);
}

static void verdict_copy(struct step_verdict *to, const struct step_verdict *from)
{
	*to = *from;
	for (size_t i = 0; i < VERDICT_STRINGS; i++)
		*verdict_string(to, i) = xstrdup(*verdict_string(to, i));
}

static void verdict_release(struct step_verdict *verdict)
{
	for (size_t i = 0; i < VERDICT_STRINGS; i++) {
		free(*verdict_string(verdict, i));
		*verdict_string(verdict, i) = NULL;
	}
}

static int look_ahead(struct store_judged *steps, struct jo_err *err)
{
	struct step step;
	int rc = store_verdicts_next(steps->verdicts, &step, &steps->ahead, err);

	if (rc >= 0)
		steps->has_ahead = rc > 0;
	return rc;
}

int store_judged_open(struct store *store, const struct store_selection *selection,
		      struct store_judged **ret_steps, struct jo_err *err)
{
	struct store_verdict_selection with_verdict;
	struct store_judged *steps = xcalloc(1, sizeof(*steps));
	int rc;

	store_verdict_selection_init(&with_verdict);
	with_verdict.steps = *selection;
	with_verdict.steps.limit = JO_MISSING; /* a step may have two verdicts */
	rc = store_steps_open(store, selection, &steps->steps, err);
	if (rc == 0)
		rc = store_verdicts_open(store, &with_verdict, &steps->verdicts, err);
	if (rc == 0)
		rc = look_ahead(steps, err);
	if (rc < 0) {
		store_judged_close(steps);
		return rc;
	}
	*ret_steps = steps;
	return 0;
}

int store_judged_next(struct store_judged *steps, struct judged_step *ret_row, struct jo_err *err)
{
	struct judged_step row = {.has_verdict = {false}};
	int rc = store_steps_next(steps->steps, &row.step, err);

	if (rc <= 0)
		return rc;
	while (steps->has_ahead && steps->ahead.step_id == row.step.id) {
		enum metric metric = steps->ahead.metric;

		verdict_release(&steps->taken[metric]);
		verdict_copy(&steps->taken[metric], &steps->ahead);
		row.has_verdict[metric] = true;
		row.verdicts[metric] = steps->taken[metric];
		rc = look_ahead(steps, err);
		if (rc < 0)
			return rc;
	}
	*ret_row = row;
	return 1;
}

void store_judged_close(struct store_judged *steps)
{
	if (steps == NULL)
		return;
	if (steps->verdicts != NULL)
		store_cursor_close(steps->verdicts);
	if (steps->steps != NULL)
		store_cursor_close(steps->steps);
	for (size_t i = 0; i < METRIC_COUNT; i++)
		verdict_release(&steps->taken[i]);
	free(steps);
}
