/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Results as rows: one for each metric of a step. */
#include "cmd/check_rows.h"
#include "cmd/judge_options.h"
#include "step/columns.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

/* For programs, whose scripts may count fields; and for people, who want to know whose it is. */
#define PARSABLE_COLUMNS "job,step,metric,verdict,reason,value,expected,low,high,ratio,score"
#define TABLE_COLUMNS                                                                              \
	"job,step,user,partition,class,input_bytes,metric,verdict,reason,value,expected,high,"     \
	"ratio,score"

/* Results are plain numbers; what else a column wants of a step is looked up when it is printed. */
struct lookup {
	struct store *store;
	struct store_cursor *cursor; /* of the step, which it owns; NULL: of none */
	struct step step;
	int rc; /* the first error */
	struct jo_err *err;
};

/* One line of output: one metric of a step. */
struct row {
	const struct judge_result *result;
	enum metric metric;
	struct lookup *lookup;
};

static const struct judge_verdict *verdict_of(const void *row)
{
	const struct row *of = row;

	return &of->result->verdicts[of->metric];
}

/* The store's functions write job and step, and look at nothing else. */
static struct step step_of(const void *row)
{
	const struct judge_result *result = ((const struct row *)row)->result;

	return (struct step){
		.job_id = result->job_id,
		.array_job_id = result->array_job_id,
		.array_task_id = result->array_task_id,
		.het_job_id = result->het_job_id,
		.het_job_offset = result->het_job_offset,
		.step_id = result->step_id,
		.step_kind = result->step_kind,
		.restart_count = result->restart_count,
	};
}

static void get_job(const void *row, const struct out_column *column, struct out_cell *cell)
{
	struct step step = step_of(row);
	char text[STEP_JOB_TEXT_SIZE];

	(void)column;
	out_text(cell, step_job_format(&step, text, sizeof(text)));
}

static void get_step(const void *row, const struct out_column *column, struct out_cell *cell)
{
	struct step step = step_of(row);
	char text[STEP_JOB_TEXT_SIZE];

	(void)column;
	out_text(cell, step_number_format(&step, text, sizeof(text)));
}

static void get_metric(const void *row, const struct out_column *column, struct out_cell *cell)
{
	(void)column;
	out_text(cell, metric_word(((const struct row *)row)->metric));
}

static void get_end(const void *row, const struct out_column *column, struct out_cell *cell)
{
	(void)column;
	out_time(cell, ((const struct row *)row)->result->end_unix_us);
}

static void get_verdict(const void *row, const struct out_column *column, struct out_cell *cell)
{
	enum verdict verdict;

	memcpy(&verdict, (const char *)verdict_of(row) + column->offset, sizeof(verdict));
	out_text(cell, verdict_words[verdict]);
}

static void get_reason(const void *row, const struct out_column *column, struct out_cell *cell)
{
	(void)column;
	out_text(cell, verdict_of(row)->reason);
}

static void get_level(const void *row, const struct out_column *column, struct out_cell *cell)
{
	(void)column;
	out_text(cell, verdict_level_words[verdict_of(row)->level]);
}

static void get_count(const void *row, const struct out_column *column, struct out_cell *cell)
{
	out_get_int(verdict_of(row), column, cell);
}

static double real_of(const void *row, const struct out_column *column)
{
	double value;

	memcpy(&value, (const char *)verdict_of(row) + column->offset, sizeof(value));
	return value;
}

static void lookup_end(struct lookup *lookup)
{
	if (lookup->cursor != NULL)
		store_cursor_close(lookup->cursor);
	lookup->cursor = NULL;
}

/* The whole step of a row; NULL when the database cannot tell. */
static const struct step *whole_step(const struct row *row)
{
	struct lookup *lookup = row->lookup;
	struct store_selection selection;
	int rc;

	if (lookup->cursor != NULL && lookup->step.id == row->result->id)
		return &lookup->step;
	lookup_end(lookup);
	if (lookup->rc < 0)
		return NULL;
	store_selection_init(&selection);
	selection.id = row->result->id;
	rc = store_steps_open(lookup->store, &selection, &lookup->cursor, lookup->err);
	if (rc == 0)
		rc = store_steps_next(lookup->cursor, &lookup->step, lookup->err);
	if (rc > 0)
		return &lookup->step;
	lookup_end(lookup);
	lookup->rc = rc;
	return NULL;
}

/* column->which is the figure in step/columns.h. */
static void get_figure(const void *row, const struct out_column *column, struct out_cell *cell)
{
	const struct step_column *figure = &step_columns[column->which];
	const struct step *step = whole_step(row);

	if (step == NULL)
		return;
	if (column_is_string(figure))
		out_text(cell, column_string(figure, step));
	else
		out_bytes(cell, column_number(figure, step));
}

static void get_value(const void *row, const struct out_column *column, struct out_cell *cell)
{
	cmd_out_metric(cell, ((const struct row *)row)->metric, real_of(row, column));
}

static void get_ratio(const void *row, const struct out_column *column, struct out_cell *cell)
{
	out_ratio(cell, real_of(row, column));
}

static void get_real(const void *row, const struct out_column *column, struct out_cell *cell)
{
	out_real(cell, real_of(row, column));
}

#define AT(member) offsetof(struct judge_verdict, member), 0

/* clang-format off */
static const struct out_column columns[] = {
	{"job", "JOB", false, "the job, as Slurm writes it", get_job, 0, 0},
	{"step", "STEP", false, "the step: a number, batch or interactive", get_step, 0, 0},
	{"end", "END", false, "when it ended", get_end, 0, 0},
	{"metric", "METRIC", false, "what was judged, such as wall", get_metric, 0, 0},
	{"verdict", "VERDICT", false, "normal, high, low or unjudged", get_verdict, AT(verdict)},
	{"reason", "REASON", false, "why it is unjudged", get_reason, 0, 0},
	{"value", "VALUE", true, "what it took, in seconds or bytes", get_value, AT(value)},
	{"expected", "EXPECTED", true, "what was expected", get_value, AT(expected)},
	{"low", "LOW", true, "least that is normal", get_value, AT(low)},
	{"high", "HIGH", true, "most that is normal", get_value, AT(high)},
	{"ratio", "RATIO", true, "value by expectation", get_ratio, AT(ratio)},
	{"score", "SCORE", true, "how far out it is, and how surely: high is beyond 1, low beyond -1", get_real, AT(score)},
	{"p_value", "P", true, "the chance of a normal step to be as far out", get_real, AT(p_value)},
	{"level", "LEVEL", false, "how sure it is that it is high: watch, high or certain", get_level, 0, 0},
	{"near_count", "NEAR", true, "earlier steps of about its size, when it is watched", get_count, AT(near_count)},
	{"like_count", "LIKE", true, "those among them that were as far out, and not high", get_count, AT(like_count)},
	{"watch", "WATCH", false, "the verdict at the softer level", get_verdict, AT(watch)},
	{"user", "USER", false, "owner", get_figure, 0, COL_user_id},
	{"account", "ACCOUNT", false, "account", get_figure, 0, COL_account_id},
	{"partition", "PARTITION", false, "partition", get_figure, 0, COL_partition_id},
	{"class", "CLASS", false, "job class", get_figure, 0, COL_class_id},
	{"node", "NODE", false, "first node", get_figure, 0, COL_node_id},
	{"input_bytes", "INPUT", true, "declared input size", get_figure, 0, COL_input_bytes},
	{NULL, NULL, false, NULL, NULL, 0, 0},
};
/* clang-format on */

char *check_rows_help(int key, const char *text)
{
	return cmd_help_columns(key, text, columns, TABLE_COLUMNS "; with -P: " PARSABLE_COLUMNS);
}

int check_rows_keep(void *context, const struct judge_result *result, struct jo_err *err)
{
	struct check_rows *verdicts = context;

	(void)err;
	verdicts->list = xgrow(verdicts->list, verdicts->count, &verdicts->capacity,
			       sizeof(verdicts->list[0]));
	verdicts->list[verdicts->count++] = *result;
	return 0;
}

static int compare_numbers(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int compare_results(const void *a, const void *b)
{
	const struct judge_result *x = a, *y = b;
	const int by[] = {
		compare_numbers(x->end_unix_us, y->end_unix_us),
		compare_numbers(x->job_id, y->job_id),
		compare_numbers(x->array_task_id, y->array_task_id),
		compare_numbers(x->step_id, y->step_id),
		compare_numbers(x->restart_count, y->restart_count),
		compare_numbers(x->id, y->id),
	};

	for (size_t i = 0; i < sizeof(by) / sizeof(by[0]); i++)
		if (by[i] != 0)
			return by[i];
	return 0;
}

int check_rows_print(struct check_rows *verdicts, struct store *store,
		     const struct out_options *output, const struct verdict_choice *choice,
		     unsigned metric_mask, struct jo_err *err)
{
	struct lookup lookup = {.store = store, .err = err};
	struct out *out;
	int rc = cmd_output_open(output, "verdicts", columns,
				 output->format == OUT_TABLE ? TABLE_COLUMNS : PARSABLE_COLUMNS,
				 &out, err);

	if (rc != CMD_DONE)
		return rc;
	if (verdicts->count > 0)
		qsort(verdicts->list, verdicts->count, sizeof(verdicts->list[0]), compare_results);
	for (size_t i = 0; i < verdicts->count; i++) {
		for (size_t m = 0; m < METRIC_COUNT; m++) {
			struct row row = {&verdicts->list[i], (enum metric)m, &lookup};

			if (metric_mask & 1U << m && judge_has_verdict(row.result, row.metric) &&
			    verdict_choice_has(choice, verdict_of(&row)->verdict,
					       verdict_of(&row)->level))
				out_row(out, &row);
		}
	}
	lookup_end(&lookup);
	rc = out_close(out, lookup.rc < 0 ? NULL : err);
	return lookup.rc < 0 ? lookup.rc : rc;
}

void check_rows_release(struct check_rows *verdicts)
{
	free(verdicts->list);
}
