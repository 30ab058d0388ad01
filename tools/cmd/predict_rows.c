/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The columns of predict, and from a record to a question. */
#include "cmd/predict_rows.h"
#include "step/measure.h"

#include <string.h>

#include "joboutliers/attr.h"
#include "cmd/judge_options.h"

#define DEFAULT_COLUMNS "row,metric,expected,low,high,n,group,reason"

int predict_rows_ask(struct predictor *predictor, const struct jo_record *job, double safety,
		     struct predictor_answer *ret_answer, struct jo_err *err)
{
	char attrs[JO_ATTRS_TEXT_SIZE];
	const struct predictor_query query = {
		.cluster = job->cluster,
		.partition = job->partition,
		.user = job->user,
		.class_name = job->class_name,
		.program = job->program,
		.job_name = job->job_name,
		.input_bytes = job->input_bytes,
		.cpu_count = job->cpu_count,
		.task_count = job->task_count,
		.node_count = job->node_count,
		.attrs = jo_attrs_format(&job->attrs, attrs),
		.probability = safety,
	};

	return predictor_ask(predictor, &query, ret_answer, err);
}

/* One line of output: one metric of a row of the file. */
struct row {
	int64_t number;
	enum metric metric;
	const char *group;
	const struct predictor_metric *answer;
};

static void get_metric(const void *row, const struct out_column *column, struct out_cell *cell)
{
	(void)column;
	out_text(cell, metric_word(((const struct row *)row)->metric));
}

static void get_value(const void *row, const struct out_column *column, struct out_cell *cell)
{
	const struct row *of = row;
	double value;

	memcpy(&value, (const char *)of->answer + column->offset, sizeof(value));
	cmd_out_metric(cell, of->metric, metric_stored(of->metric, value));
}

static void get_size(const void *row, const struct out_column *column, struct out_cell *cell)
{
	double bytes;

	memcpy(&bytes, (const char *)((const struct row *)row)->answer + column->offset,
	       sizeof(bytes));
	cmd_out_metric(cell, METRIC_MEMORY, bytes);
}

static void get_measure(const void *row, const struct out_column *column, struct out_cell *cell)
{
	(void)column;
	out_text(cell, measure_word(((const struct row *)row)->answer->measure));
}

static void get_n(const void *row, const struct out_column *column, struct out_cell *cell)
{
	(void)column;
	out_int(cell, ((const struct row *)row)->answer->n);
}

static void get_reason(const void *row, const struct out_column *column, struct out_cell *cell)
{
	(void)column;
	out_text(cell, ((const struct row *)row)->answer->reason);
}

#define ANSWER(member) offsetof(struct predictor_metric, member), 0

/* clang-format off */
static const struct out_column columns[] = {
	{"row", "ROW", true, "row of the file, the first below the header is 1",
		out_get_int, offsetof(struct row, number), 0},
	{"metric", "METRIC", false, "what is predicted, such as wall", get_metric, 0, 0},
	{"expected", "EXPECTED", true, "what is expected, in seconds or bytes",
		get_value, ANSWER(expected)},
	{"low", "LOW", true, "least that is normal", get_value, ANSWER(low)},
	{"high", "HIGH", true, "most that is normal", get_value, ANSWER(high)},
	{"enough", "ENOUGH", true, "what is enough for the share of jobs that --safety says",
		get_value, ANSWER(enough)},
	{"input_min", NULL, true, "smallest input among these steps", get_size,
		ANSWER(input_min)},
	{"input_max", NULL, true, "largest input among these steps", get_size,
		ANSWER(input_max)},
	{"measure", "MEASURE", false, "which measurement that is: clock, the cgroup's peak, rss, the largest process's, or allocated",
		get_measure, 0, 0},
	{"n", "STEPS", true, "earlier steps this rests on", get_n, 0, 0},
	{"group", "GROUP", false, "the group that was asked",
		out_get_text, offsetof(struct row, group), 0},
	{"reason", "REASON", false, "why there is no answer", get_reason, 0, 0},
	{NULL, NULL, false, NULL, NULL, 0, 0},
};
/* clang-format on */

char *predict_rows_help(int key, const char *text, void *input)
{
	(void)input;
	return cmd_help_columns(key, text, columns, DEFAULT_COLUMNS);
}

int predict_rows_open(const struct out_options *output, struct out **ret_out, struct jo_err *err)
{
	return cmd_output_open(output, "predictions", columns, DEFAULT_COLUMNS, ret_out, err);
}

void predict_rows_add(struct out *out, int64_t number, const struct predictor_answer *answer)
{
	for (size_t m = 0; m < METRIC_COUNT; m++) {
		const struct row row = {number, (enum metric)m, answer->group, &answer->metrics[m]};

		/* of what no step of the group was measured by there is nothing to say */
		if (!metric_infos[m].is_optional || row.answer->n > 0)
			out_row(out, &row);
	}
}
