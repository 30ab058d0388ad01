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

static const char *keep(struct sheet *sheet, const char *text)
{
	return g_string_chunk_insert_const(sheet->strings, text);
}

static double number(int64_t value)
{
	return value == JO_MISSING ? NAN : (double)value;
}

/* The column of an attribute, made when it is new. */
static guint attr_column(struct sheet *sheet, const char *key)
{
	for (guint i = 0; i < sheet->attr_names->len; i++)
		if (strcmp(g_ptr_array_index(sheet->attr_names, i), key) == 0)
			return i;
	g_ptr_array_add(sheet->attr_names, (gpointer)keep(sheet, key));
	return sheet->attr_names->len - 1;
}

static void add_attrs(struct sheet *sheet, const char *text)
{
	GPtrArray *values = g_ptr_array_new();
	struct jo_attrs attrs;

	/* What the store holds was valid when it came in; anything else is as if not declared. */
	if (jo_attrs_parse(text, &attrs, NULL) != 0)
		attrs.count = 0;
	for (size_t i = 0; i < attrs.count; i++) {
		guint column = attr_column(sheet, attrs.list[i].key);

		if (values->len <= column)
			g_ptr_array_set_size(values, (gint)column + 1);
		values->pdata[column] = (gpointer)keep(sheet, attrs.list[i].value);
	}
	g_ptr_array_add(sheet->attr_lists, values);
}

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
		row->ratio[m] = NAN;
		row->level_ratio[m] = row->value[m] / metric->expected;
		sheet->group.level[m].measure = metric->measure;
	}
	return rc;
}

static int add_step(struct sheet *sheet, struct predictor *predictor,
		    const struct store_group *group, const struct step *step, GHashTable *rows,
		    struct jo_err *err)
{
	char job[2 * STEP_JOB_TEXT_SIZE];
	struct report_step row = {
		.job = keep(sheet, step_label_format(step, job, sizeof(job))),
		.user = keep(sheet, step->user),
		.node = keep(sheet, step->node),
		.state = step_state_words[step->state],
		.end_unix_s = number(step->end_unix_us) / JO_US_PER_S,
		.input_bytes = number(step->input_bytes),
		.cpu_count = step->cpu_count,
	};
	int rc = add_values(sheet, predictor, group, step, &row, err);

	add_attrs(sheet, step->attrs);
	g_array_append_val(sheet->steps, row);
	g_hash_table_insert(rows, g_memdup(&step->id, sizeof(step->id)),
			    GUINT_TO_POINTER(sheet->steps->len));
	return rc;
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
		struct report_mark mark = {number(drift.since_unix_us) / JO_US_PER_S,
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
	rc = store_verdicts_open(store, &selection, &cursor, err);
	if (rc < 0)
		return rc;
	while ((rc = store_verdicts_next(cursor, &step, &verdict, err)) > 0) {
		guint row = GPOINTER_TO_UINT(g_hash_table_lookup(rows, &step.id));

		if (row == 0)
			continue;
		g_array_index(sheet->steps, struct report_step, row - 1).verdict[verdict.metric] =
			verdict_words[verdict.verdict];
		g_array_index(sheet->steps, struct report_step, row - 1).ratio[verdict.metric] =
			verdict.ratio;
		/* they come by the steps' ends, so the last one tells */
		if (verdict.verdict != VERDICT_UNJUDGED)
			sheet->group.level[verdict.metric].history_count = verdict.history_count;
	}
	store_cursor_close(cursor);
	return rc;
}

static void finish(struct sheet *sheet)
{
	sheet->group.attr_names = (const char *const *)sheet->attr_names->pdata;
	sheet->group.attr_n = sheet->attr_names->len;
	for (guint i = 0; i < sheet->steps->len; i++) {
		GPtrArray *values = g_ptr_array_index(sheet->attr_lists, i);

		g_ptr_array_set_size(values, (gint)sheet->attr_names->len);
		g_array_index(sheet->steps, struct report_step, i).attrs =
			(const char *const *)values->pdata;
	}
	sheet->group.steps = (const struct report_step *)(const void *)sheet->steps->data;
	sheet->group.step_n = sheet->steps->len;
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

	sheet->steps = g_array_new(FALSE, FALSE, sizeof(struct report_step));
	sheet->attr_names = g_ptr_array_new();
	sheet->attr_lists = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
	sheet->strings = g_string_chunk_new(4096);
	for (int m = 0; m < METRIC_COUNT; m++) {
		sheet->marks[m] = g_array_new(FALSE, FALSE, sizeof(struct report_mark));
		sheet->group.level[m].history_count = JO_MISSING;
	}
	sheet->group.name = keep(sheet, name);
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
		rc = level_read_bands(predictor, &groups[0], sheet->steps, sheet->bands, err);
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

	for (guint i = 0; i < sheet->steps->len; i++) {
		const struct report_step *step =
			&g_array_index(sheet->steps, struct report_step, i);

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
	(void)g_array_free(sheet->steps, TRUE);
	(void)g_ptr_array_free(sheet->attr_names, TRUE);
	(void)g_ptr_array_free(sheet->attr_lists, TRUE);
	g_string_chunk_free(sheet->strings);
	for (int m = 0; m < METRIC_COUNT; m++) {
		heat_release(&sheet->heat[m]);
		(void)g_array_free(sheet->marks[m], TRUE);
	}
	g_free(sheet);
}
