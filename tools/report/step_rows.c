/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copies of steps; attributes become columns. */
#include "report/step_rows.h"

#include <math.h>
#include <string.h>

#include "joboutliers/attr.h"
#include "joboutliers/units.h"
#include "step/verdict.h"

void step_rows_init(struct step_rows *rows)
{
	rows->steps = g_array_new(FALSE, FALSE, sizeof(struct report_step));
	rows->attr_names = g_ptr_array_new();
	rows->attr_lists = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
	rows->strings = g_string_chunk_new(4096);
}

void step_rows_release(struct step_rows *rows)
{
	if (rows->strings == NULL)
		return;
	(void)g_array_free(rows->steps, TRUE);
	(void)g_ptr_array_free(rows->attr_names, TRUE);
	(void)g_ptr_array_free(rows->attr_lists, TRUE);
	g_string_chunk_free(rows->strings);
}

const char *step_rows_keep(struct step_rows *rows, const char *text)
{
	return g_string_chunk_insert_const(rows->strings, text);
}

/* The column of an attribute, made when it is new. */
static guint attr_column(struct step_rows *rows, const char *key)
{
	for (guint i = 0; i < rows->attr_names->len; i++)
		if (strcmp(g_ptr_array_index(rows->attr_names, i), key) == 0)
			return i;
	g_ptr_array_add(rows->attr_names, (gpointer)step_rows_keep(rows, key));
	return rows->attr_names->len - 1;
}

static void add_attrs(struct step_rows *rows, const char *text)
{
	GPtrArray *values = g_ptr_array_new();
	struct jo_attrs attrs;

	/* What the store holds was valid when it came in; anything else is as if not declared. */
	if (jo_attrs_parse(text, &attrs, NULL) != 0)
		attrs.count = 0;
	for (size_t i = 0; i < attrs.count; i++) {
		guint column = attr_column(rows, attrs.list[i].key);

		if (values->len <= column)
			g_ptr_array_set_size(values, (gint)column + 1);
		values->pdata[column] = (gpointer)step_rows_keep(rows, attrs.list[i].value);
	}
	g_ptr_array_add(rows->attr_lists, values);
}

static double number(int64_t value)
{
	return value == JO_MISSING ? NAN : (double)value;
}

struct report_step *step_rows_add(struct step_rows *rows, const struct step *step)
{
	char job[STEP_LABEL_SIZE];
	struct report_step row = {
		.job = step_rows_keep(rows, step_label_format(step, job, sizeof(job))),
		.user = step_rows_keep(rows, step->user),
		.account = step_rows_keep(rows, step->account),
		.partition = step_rows_keep(rows, step->partition),
		.class_name = step_rows_keep(rows, step->class_name),
		.node = step_rows_keep(rows, step->node),
		.state = step_state_words[step->state],
		.end_unix_s = number(step->end_unix_us) / JO_US_PER_S,
		.input_bytes = number(step->input_bytes),
		.cpu_count = step->cpu_count,
	};

	for (int m = 0; m < METRIC_COUNT; m++)
		row.value[m] = row.ratio[m] = row.level_ratio[m] = NAN;
	add_attrs(rows, step->attrs);
	g_array_append_val(rows->steps, row);
	return &g_array_index(rows->steps, struct report_step, rows->steps->len - 1);
}

void step_rows_judge(struct report_step *row, const struct step_verdict *verdict)
{
	row->verdict[verdict->metric] = verdict_words[verdict->verdict];
	row->ratio[verdict->metric] = verdict->ratio;
}

void step_rows_lend(struct step_rows *rows, struct report_group *group)
{
	for (guint i = 0; i < rows->steps->len; i++) {
		GPtrArray *values = g_ptr_array_index(rows->attr_lists, i);

		g_ptr_array_set_size(values, (gint)rows->attr_names->len);
		g_array_index(rows->steps, struct report_step, i).attrs =
			(const char *const *)values->pdata;
	}
	group->attr_names = (const char *const *)rows->attr_names->pdata;
	group->attr_n = rows->attr_names->len;
	group->steps = (const struct report_step *)(const void *)rows->steps->data;
	group->step_n = rows->steps->len;
}
