/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Gathers one group's picture from store and models. */
#include "report/sheet.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "joboutliers/units.h"
#include "finding/survey.h"
#include "fit/groups.h"
#include "report/sheet_level.h"
#include "step/measure.h"

/* What is looked at of a step, and of one that is there for its verdicts. */
static const enum step_column_index column_list[] = {STEP_ROWS_COLUMNS, MEASURE_COLUMNS,
						     COL_task_count, COL_node_count};
static const struct store_columns columns = STORE_COLUMNS(column_list);
static const enum step_column_index judged_list[] = {MEASURE_COLUMNS};
static const struct store_columns judged_columns = STORE_COLUMNS(judged_list);

/* What the step took, of the measures that its group is judged by, and how many times that is what
 * the predictor expects of such a step. */
static int add_values(struct sheet *sheet, struct predictor *predictor,
		      const struct store_group *group, const struct step *step,
		      struct report_step *row, struct jo_err *err)
{
	const struct group_band_step asked = {group->user,      step->input_bytes, step->cpu_count,
					      step->task_count, step->node_count,  step->attrs};
	struct predictor_answer answer;
	int rc = group_band_ask(predictor, group, &asked, &answer, err);

	for (int m = 0; m < METRIC_COUNT && rc == 0; m++) {
		const struct predictor_metric *metric = &answer.metrics[m];
		struct figure figure = figure_of(step, metric->measure);

		row->value[m] = metric_shown((enum metric)m, figure.amount);
		row->level_ratio[m] = row->value[m] / metric->expected;
		sheet->group.level[m].measure = metric->measure;
	}
	return rc;
}

static int add_step(struct sheet *sheet, struct predictor *predictor,
		    const struct store_group *group, const struct step *step, GHashTable *rows,
		    struct jo_err *err)
{
	struct report_step *row = step_rows_add(&sheet->rows, step);

	g_hash_table_insert(rows, g_memdup(&step->id, sizeof(step->id)),
			    GUINT_TO_POINTER(sheet->rows.steps->len));
	return add_values(sheet, predictor, group, step, row, err);
}

static int read_steps(struct store *store, struct sheet *sheet, struct predictor *predictor,
		      const struct store_group *group, int64_t end_before_unix_us, int64_t max,
		      GHashTable *rows, int64_t *ret_oldest_unix_us, struct jo_err *err)
{
	struct store_selection selection;
	struct store_cursor *cursor;
	struct step step;
	int rc;

	store_selection_init(&selection);
	selection.group_id = group->id;
	selection.end_to_unix_us = end_before_unix_us;
	rc = store_steps_count(store, &selection, &sheet->group.step_count, err);
	if (rc < 0)
		return rc;
	selection.order = STORE_BY_END_NEWEST;
	selection.limit = max;
	selection.columns = &columns;
	rc = store_steps_open(store, &selection, &cursor, err);
	if (rc < 0)
		return rc;
	while ((rc = store_steps_next(cursor, &step, err)) > 0) {
		if (step.end_unix_us == JO_MISSING)
			continue;
		rc = add_step(sheet, predictor, group, &step, rows, err);
		if (rc < 0)
			break;
		*ret_oldest_unix_us = step.end_unix_us;
	}
	store_cursor_close(cursor);
	return rc;
}

static int read_marks(struct store *store, struct sheet *sheet, int64_t group_id,
		      struct jo_err *err)
{
	struct store_drift_selection selection;
	struct store_cursor *cursor;
	struct store_drift drift;
	int rc;

	store_drift_selection_init(&selection);
	selection.group_id = group_id;
	rc = store_drifts_open(store, &selection, &cursor, err);
	if (rc < 0)
		return rc;
	while ((rc = store_drifts_next(cursor, &drift, err)) > 0) {
		struct report_mark mark = {(double)drift.since_unix_us / JO_US_PER_S,
					   exp(drift.log_ratio), drift.is_gradual};

		g_array_append_val(sheet->marks[drift.metric], mark);
	}
	store_cursor_close(cursor);
	return rc;
}

static int read_verdicts(struct store *store, struct sheet *sheet, int64_t group_id,
			 int64_t from_unix_us, int64_t to_unix_us, GHashTable *rows,
			 struct jo_err *err)
{
	struct store_verdict_selection selection;
	struct store_cursor *cursor;
	struct step_verdict verdict;
	struct step step;
	int rc;

	store_verdict_selection_init(&selection);
	selection.steps.group_id = group_id;
	selection.steps.end_from_unix_us = from_unix_us;
	selection.steps.end_to_unix_us = to_unix_us;
	selection.steps.columns = &judged_columns;
	rc = store_verdicts_open(store, &selection, &cursor, err);
	if (rc < 0)
		return rc;
	while ((rc = store_verdicts_next(cursor, &step, &verdict, err)) > 0) {
		guint row = GPOINTER_TO_UINT(g_hash_table_lookup(rows, &step.id));

		if (row == 0)
			continue;
		step_rows_judge(&g_array_index(sheet->rows.steps, struct report_step, row - 1),
				&verdict);
		/* they come by the steps' ends, so the last one tells */
		if (verdict.verdict != VERDICT_UNJUDGED)
			sheet->group.level[verdict.metric].history_count = verdict.history_count;
	}
	store_cursor_close(cursor);
	return rc;
}

static void finish(struct sheet *sheet)
{
	step_rows_lend(&sheet->rows, &sheet->group);
	for (int m = 0; m < METRIC_COUNT; m++) {
		sheet->group.level[m].band = sheet->bands[m].list;
		sheet->group.level[m].band_n = sheet->bands[m].count;
		sheet->group.level[m].heat = &sheet->heat[m];
		sheet->group.level[m].marks =
			(const struct report_mark *)(const void *)sheet->marks[m]->data;
		sheet->group.level[m].mark_n = sheet->marks[m]->len;
	}
}

static int find_group(struct store *store, int64_t group_id, struct store_group **ret_list,
		      size_t *ret_count, struct jo_err *err)
{
	struct store_group_selection selection;
	int rc;

	store_group_selection_init(&selection);
	selection.id = group_id;
	rc = group_list(store, &selection, ret_list, ret_count, err);
	if (rc == 0 && *ret_count == 0)
		rc = jo_err_set(err, -ENOENT, "group %" PRId64 " is not in the database", group_id);
	return rc;
}

static struct sheet *sheet_new(const struct store_group *group)
{
	struct sheet *sheet = g_new0(struct sheet, 1);
	char *name = group_format(group);

	step_rows_init(&sheet->rows);
	for (int m = 0; m < METRIC_COUNT; m++) {
		sheet->marks[m] = g_array_new(FALSE, FALSE, sizeof(struct report_mark));
		sheet->group.level[m].history_count = JO_MISSING;
	}
	sheet->group.name = step_rows_keep(&sheet->rows, name);
	free(name);
	return sheet;
}

int sheet_read(struct store *store, struct predictor *predictor, int64_t group_id,
	       int64_t end_before_unix_us, int64_t max, struct sheet **ret_sheet,
	       struct jo_err *err)
{
	GHashTable *rows = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	int64_t oldest_unix_us = end_before_unix_us;
	struct store_group *groups = NULL;
	struct sheet *sheet = NULL;
	size_t group_count = 0;
	int rc = find_group(store, group_id, &groups, &group_count, err);

	if (rc < 0)
		goto out;
	sheet = sheet_new(&groups[0]);
	rc = read_steps(store, sheet, predictor, &groups[0], end_before_unix_us, max, rows,
			&oldest_unix_us, err);
	if (rc == 0)
		rc = read_verdicts(store, sheet, group_id, oldest_unix_us, end_before_unix_us, rows,
				   err);
	if (rc == 0)
		rc = read_marks(store, sheet, group_id, err);
	if (rc == 0)
		rc = level_read_bands(predictor, &groups[0], sheet->rows.steps, sheet->bands, err);
	if (rc == 0)
		rc = level_read_heat(store, predictor, &groups[0], end_before_unix_us, sheet->heat,
				     err);
	if (rc < 0)
		goto out;
	finish(sheet);
	*ret_sheet = sheet;
	sheet = NULL;
out:
	sheet_free(sheet);
	group_list_free(groups, group_count);
	g_hash_table_destroy(rows);
	return rc;
}

bool sheet_has_size(const struct sheet *sheet, const char *job)
{
	bool is_sized = false;

	for (guint i = 0; i < sheet->rows.steps->len; i++) {
		const struct report_step *step =
			&g_array_index(sheet->rows.steps, struct report_step, i);

		if (job != NULL && strcmp(step->job, job) == 0)
			return step->input_bytes > 0;
		is_sized = is_sized || step->input_bytes > 0;
	}
	return is_sized;
}

void sheet_free(struct sheet *sheet)
{
	if (sheet == NULL)
		return;
	step_rows_release(&sheet->rows);
	for (int m = 0; m < METRIC_COUNT; m++) {
		heat_release(&sheet->heat[m]);
		(void)g_array_free(sheet->marks[m], TRUE);
	}
	g_free(sheet);
}
