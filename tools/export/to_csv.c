/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Steps that have ended as the table that import reads, a row each with all
 * nodes merged; behind it their verdicts, in columns that begin with
 * ROW_VERDICT_PREFIX.
 */
#include "joboutliers/attr.h"
#include "joboutliers/units.h"
#include "export/sink.h"
#include "intake/row_columns.h"
#include "step/columns.h"
#include "step/measure.h"
#include "store/store.h"
#include "util/alloc.h"
#include "util/csv.h"
#include "util/strlist.h"
#include "util/when.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* More columns than this are no table; whoever declares a key per job has no use for one. */
#define ATTRIBUTES_MAX 500

static void put_real(FILE *fp, double value)
{
	if (isfinite(value))
		(void)fprintf(fp, "%.9g", value);
}

/* In UTC, as local time has an hour twice. */
static void put_time(FILE *fp, int64_t unix_us)
{
	time_t unix_s = (time_t)(unix_us / JO_US_PER_S);
	char text[WHEN_TEXT_SIZE];
	struct tm tm;

	(void)gmtime_r(&unix_s, &tm);
	(void)strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	(void)fprintf(fp, "%s.%06dZ", text, (int)(unix_us % JO_US_PER_S));
}

/* ---- what the step was ---- */

/* In seconds to the micro-second. */
static void put_seconds(FILE *fp, int64_t us)
{
	(void)fprintf(fp, "%" PRId64 ".%06d", us / JO_US_PER_S, (int)(us % JO_US_PER_S));
}

static void put_integer(FILE *fp, int64_t number)
{
	(void)fprintf(fp, "%" PRId64, number);
}

/* How a number of each kind is written. */
static void (*const put_number[])(FILE *fp, int64_t number) = {
	[COLUMN_NUMBER] = put_integer,
	[COLUMN_BYTES] = put_integer,
	[COLUMN_DURATION] = put_seconds,
	[COLUMN_TIME] = put_time,
};

/* Columns that tell more than their figure. */
static char *(*const put_made[COL_COUNT])(const struct step *step, char *buf, size_t size) = {
	[COL_job_id] = step_job_format,
	[COL_step_id] = step_number_format,
	[COL_exit_status] = step_exit_format,
};

static void put_cell(FILE *fp, const struct step_column *column, const struct step *step)
{
	char *(*format)(const struct step *, char *, size_t) = put_made[column - step_columns];
	char text[STEP_JOB_TEXT_SIZE];

	if (format != NULL)
		(void)fputs(format(step, text, sizeof(text)), fp);
	else if (column_is_string(column))
		csv_write_field(fp, column_string(column, step));
	else if (column->kind == COLUMN_WORD)
		(void)fputs(column_word(column, step), fp);
	else if (column_number(column, step) != JO_MISSING)
		put_number[column->kind](fp, column_number(column, step));
}

/* ---- attributes ---- */

static bool has_ended(const struct step *step)
{
	return step->end_unix_us != JO_MISSING && step->wall_us != JO_MISSING &&
	       step->start_unix_us != JO_MISSING;
}

static int compare_keys(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

static int add_keys(struct strlist *keys, const char *attrs, struct jo_err *err)
{
	struct jo_attrs parsed;

	if (attrs[0] == '\0' || jo_attrs_parse(attrs, &parsed, NULL) < 0)
		return 0;
	for (size_t i = 0; i < parsed.count; i++)
		if (!strlist_has(keys, parsed.list[i].key))
			strlist_add(keys, parsed.list[i].key);
	if (keys->count <= ATTRIBUTES_MAX)
		return 0;
	return jo_err_set(
		err, -E2BIG,
		"the steps have more than %d different attributes, which would be as many "
		"columns; choose some, by class perhaps, or take --json",
		ATTRIBUTES_MAX);
}

static const enum step_column_index key_list[] = {COL_attrs, COL_start_unix_us, COL_end_unix_us,
						  COL_wall_us};
static const struct store_columns key_columns = STORE_COLUMNS(key_list);

/* The attributes of all steps that will be written, sorted. */
static int find_keys(struct store *store, const struct store_selection *selection,
		     struct strlist *keys, struct jo_err *err)
{
	struct store_selection ended = *selection;
	struct store_cursor *cursor;
	struct step step;
	int rc;

	/* So they are read by an index, where all others would be sorted in memory first. */
	ended.ending = STORE_ENDED;
	ended.columns = &key_columns;
	rc = store_steps_open(store, &ended, &cursor, err);
	if (rc < 0)
		return rc;
	while ((rc = store_steps_next(cursor, &step, err)) > 0) {
		if (has_ended(&step))
			rc = add_keys(keys, step.attrs, err);
		if (rc < 0)
			break;
	}
	store_cursor_close(cursor);
	if (keys->count > 0)
		qsort(keys->list, keys->count, sizeof(keys->list[0]), compare_keys);
	return rc;
}

static void put_attrs(FILE *fp, const struct strlist *keys, const char *text)
{
	struct jo_attrs attrs = {0};

	if (text[0] != '\0')
		(void)jo_attrs_parse(text, &attrs, NULL);
	for (size_t i = 0; i < keys->count; i++) {
		const char *value = jo_attrs_get(&attrs, keys->list[i]);

		(void)fputc(',', fp);
		csv_write_field(fp, value != NULL ? value : "");
	}
}

/* ---- verdicts ---- */

/* Of each metric, behind the verdict itself; amounts have their unit at the end. */
static const struct {
	const char *name;
	bool is_amount, is_of_choice; /* of_choice: only where there are several measures */
} verdict_columns[] = {
	{"reason", false, false},   {"expected", true, false}, {"low", true, false},
	{"high", true, false},	    {"ratio", false, false},   {"score", false, false},
	{"p", false, false},	    {"level", false, false},   {"near_count", false, false},
	{"like_count", false, false}, {"measure", false, true},
};
#define VERDICT_COLUMNS (sizeof(verdict_columns) / sizeof(verdict_columns[0]))

static bool has_column(enum metric metric, size_t i)
{
	return !verdict_columns[i].is_of_choice || measure_is_choice(metric);
}

static void put_verdict_names(FILE *fp, enum metric metric)
{
	(void)fprintf(fp, "," ROW_VERDICT_PREFIX "%s", metric_word(metric));
	for (size_t i = 0; i < VERDICT_COLUMNS; i++)
		if (has_column(metric, i))
			(void)fprintf(fp, "," ROW_VERDICT_PREFIX "%s_%s%s%s", metric_word(metric),
				      verdict_columns[i].name,
				      verdict_columns[i].is_amount ? "_" : "",
				      verdict_columns[i].is_amount ? metric_unit(metric) : "");
}

static void put_no_verdict(FILE *fp, enum metric metric)
{
	(void)fputc(',', fp);
	for (size_t i = 0; i < VERDICT_COLUMNS; i++)
		if (has_column(metric, i))
			(void)fputc(',', fp);
}

static void put_verdict(FILE *fp, const struct step_verdict *verdict)
{
	const double numbers[] = {metric_shown(verdict->metric, verdict->expected),
				  metric_shown(verdict->metric, verdict->low),
				  metric_shown(verdict->metric, verdict->high), verdict->ratio,
				  verdict->score, verdict->p_value};
	const int64_t counts[] = {verdict->near_count, verdict->like_count};

	(void)fprintf(fp, ",%s,", verdict_words[verdict->verdict]);
	csv_write_field(fp, verdict->reason);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		(void)fputc(',', fp);
		put_real(fp, numbers[i]);
	}
	(void)fprintf(fp, ",%s", verdict_level_words[verdict->level]);
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		(void)fputc(',', fp);
		if (counts[i] != JO_MISSING)
			put_integer(fp, counts[i]);
	}
	if (measure_is_choice(verdict->metric))
		(void)fprintf(fp, ",%s", measure_word(verdict->measure));
}

struct csv_writer {
	FILE *fp;
	const struct step_column *columns[COL_COUNT];
	size_t column_count;
	struct strlist keys; /* a column each behind the others */
};

static void put_header(const struct csv_writer *writer)
{
	FILE *fp = writer->fp;

	for (size_t i = 0; i < writer->column_count; i++)
		(void)fprintf(fp, "%s%s", i > 0 ? "," : "", writer->columns[i]->csv.name);
	for (size_t i = 0; i < writer->keys.count; i++)
		(void)fprintf(fp, ",attr.%s", writer->keys.list[i]);
	for (int metric = 0; metric < METRIC_COUNT; metric++)
		put_verdict_names(fp, (enum metric)metric);
	(void)fputc('\n', fp);
}

static int open_csv(const struct sink_request *request, void **ret_writer, struct jo_err *err)
{
	struct csv_writer *writer = xcalloc(1, sizeof(*writer));
	int rc = find_keys(request->store, request->selection, &writer->keys, err);

	if (rc < 0) {
		strlist_release(&writer->keys);
		free(writer);
		return rc;
	}
	writer->fp = request->fp;
	writer->column_count = step_columns_csv(writer->columns);
	put_header(writer);
	*ret_writer = writer;
	return 0;
}

static int write_csv(void *context, const struct judged_step *row, struct jo_err *err)
{
	const struct csv_writer *writer = context;
	FILE *fp = writer->fp;

	(void)err;
	if (!has_ended(&row->step))
		return 0;
	for (size_t i = 0; i < writer->column_count; i++) {
		if (i > 0)
			(void)fputc(',', fp);
		put_cell(fp, writer->columns[i], &row->step);
	}
	put_attrs(fp, &writer->keys, row->step.attrs);
	for (int metric = 0; metric < METRIC_COUNT; metric++) {
		if (row->has_verdict[metric])
			put_verdict(fp, &row->verdicts[metric]);
		else
			put_no_verdict(fp, (enum metric)metric);
	}
	(void)fputc('\n', fp);
	return 0;
}

static int close_csv(void *context, bool is_whole, struct jo_err *err)
{
	struct csv_writer *writer = context;

	(void)is_whole;
	(void)err;
	strlist_release(&writer->keys);
	free(writer);
	return 0;
}

const struct sink sink_csv = {
	.word = "csv",
	.help = "print steps as a CSV table that import takes",
	.subject = SINK_STEPS,
	.open = open_csv,
	.write = write_csv,
	.close = close_csv,
};
