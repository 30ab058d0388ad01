/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Draws steps at even distances, by their ends. */
#include "report/drawn_jobs.h"

#include "report/step_rows.h"
#include "step/measure.h"

static const enum step_column_index column_list[] = {STEP_ROWS_COLUMNS, MEASURE_COLUMNS};
static const struct store_columns columns = STORE_COLUMNS(column_list);

static int add_step(struct store *store, int64_t step_id, struct step_rows *rows,
		    struct jo_err *err)
{
	struct store_verdict_selection selection;
	struct report_step *row = NULL;
	struct store_cursor *cursor;
	struct step_verdict verdict;
	struct step step;
	int rc;

	store_verdict_selection_init(&selection);
	selection.steps.id = step_id;
	selection.steps.columns = &columns;
	rc = store_verdicts_open(store, &selection, &cursor, err);
	if (rc < 0)
		return rc;
	while ((rc = store_verdicts_next(cursor, &step, &verdict, err)) > 0) {
		if (row == NULL)
			row = step_rows_add(rows, &step);
		row->value[verdict.metric] = metric_shown(verdict.metric, verdict.value);
		step_rows_judge(row, &verdict);
	}
	store_cursor_close(cursor);
	return rc;
}

int drawn_jobs_add(struct store *store, const struct survey *survey, size_t max,
		   struct report_page *page, struct jo_err *err)
{
	size_t every = (survey->step_ids->len + max - 1) / max;
	struct report_group group = {.name = NULL, .step_count = survey->step_count};
	struct step_rows rows;
	int rc = 0;

	step_rows_init(&rows);
	for (size_t i = 0; i < survey->step_ids->len && rc == 0; i += every)
		rc = add_step(store, g_array_index(survey->step_ids, int64_t, i), &rows, err);
	step_rows_lend(&rows, &group);
	if (rc == 0)
		report_page_set_jobs(page, &group);
	step_rows_release(&rows);
	return rc;
}
