/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads steps and their verdicts from the store side by side. */
#include "cmd/steps.h"
#include "util/alloc.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Both cursors run in the same order, so one pass joins them however many steps there are. */
struct cmd_steps {
	struct store_cursor *steps;
	struct store_cursor *verdicts;
	bool has_ahead; /* a verdict that no step has taken yet */
	struct store_verdict ahead;
	struct store_verdict taken[STORE_METRIC_COUNT]; /* own their strings */
};

char *cmd_step_format(const struct store_step *step, char buf[CMD_STEP_TEXT_SIZE])
{
	char job[STORE_JOB_TEXT_SIZE], number[STORE_JOB_TEXT_SIZE];

	(void)snprintf(buf, CMD_STEP_TEXT_SIZE, "%s.%s", store_job_format(step, job, sizeof(job)),
		       store_step_format(step, number, sizeof(number)));
	return buf;
}

char *cmd_exit_format(const struct store_step *step, char buf[24])
{
	int64_t term_signal = step->term_signal == JO_MISSING ? 0 : step->term_signal;

	buf[0] = '\0';
	if (step->exit_status != JO_MISSING)
		(void)snprintf(buf, 24, "%d:%d", (int)step->exit_status, (int)term_signal);
	return buf;
}

/* The strings of a verdict, which the cursor takes back with its next one. */
static const size_t verdict_strings[] = {
	offsetof(struct store_verdict, reason),
	offsetof(struct store_verdict, borrowed_from),
	offsetof(struct store_verdict, attrs_used),
	offsetof(struct store_verdict, detail),
};
#define VERDICT_STRINGS (sizeof(verdict_strings) / sizeof(verdict_strings[0]))

static char **verdict_string(struct store_verdict *verdict, size_t i)
{
	return (char **)((char *)verdict + verdict_strings[i]);
}

static void verdict_copy(struct store_verdict *to, const struct store_verdict *from)
{
	*to = *from;
	for (size_t i = 0; i < VERDICT_STRINGS; i++)
		*verdict_string(to, i) = xstrdup(*verdict_string(to, i));
}

static void verdict_release(struct store_verdict *verdict)
{
	for (size_t i = 0; i < VERDICT_STRINGS; i++) {
		free(*verdict_string(verdict, i));
		*verdict_string(verdict, i) = NULL;
	}
}

static int look_ahead(struct cmd_steps *steps, struct jo_err *err)
{
	struct store_step step;
	int rc = store_verdicts_next(steps->verdicts, &step, &steps->ahead, err);

	if (rc >= 0)
		steps->has_ahead = rc > 0;
	return rc;
}

int cmd_steps_open(struct store *store, const struct store_selection *selection,
		   struct cmd_steps **ret_steps, struct jo_err *err)
{
	struct store_verdict_selection with_verdict;
	struct cmd_steps *steps = xcalloc(1, sizeof(*steps));
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
		cmd_steps_close(steps);
		return rc;
	}
	*ret_steps = steps;
	return 0;
}

int cmd_steps_next(struct cmd_steps *steps, struct cmd_step_row *ret_row, struct jo_err *err)
{
	struct cmd_step_row row = {.has_verdict = {false}};
	int rc = store_steps_next(steps->steps, &row.step, err);

	if (rc <= 0)
		return rc;
	while (steps->has_ahead && steps->ahead.step_id == row.step.id) {
		enum store_metric metric = steps->ahead.metric;

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

void cmd_steps_close(struct cmd_steps *steps)
{
	if (steps == NULL)
		return;
	if (steps->verdicts != NULL)
		store_cursor_close(steps->verdicts);
	if (steps->steps != NULL)
		store_cursor_close(steps->steps);
	for (size_t i = 0; i < STORE_METRIC_COUNT; i++)
		verdict_release(&steps->taken[i]);
	free(steps);
}
