/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps as the table that import reads, with their verdicts behind. */
#include "joboutliers/attr.h"
#include "joboutliers/units.h"
#include "export/sink.h"
#include "intake/intake.h"
#include "step/measure.h"
#include "store/store.h"
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

enum cell_type {
	CELL_TEXT,
	CELL_INT,
	CELL_SECONDS,
	CELL_TIME,
	CELL_JOB,
	CELL_STEP,
	CELL_STATE,
	CELL_EXIT
};

#define AT(member) offsetof(struct step, member)
static const struct {
	const char *name;
	enum cell_type type;
	size_t offset;
} columns[] = {
	{"job", CELL_JOB, 0},
	{"step", CELL_STEP, 0},
	{"cluster", CELL_TEXT, AT(cluster)},
	{"partition", CELL_TEXT, AT(partition)},
	{"user", CELL_TEXT, AT(user)},
	{"class", CELL_TEXT, AT(class_name)},
	{"program", CELL_TEXT, AT(program)},
	{"node", CELL_TEXT, AT(node)},
	{"start", CELL_TIME, AT(start_unix_us)},
	{"wall_s", CELL_SECONDS, AT(wall_us)},
	{"input_bytes", CELL_INT, AT(input_bytes)},
	{"mem_peak_bytes", CELL_INT, AT(mem_peak_bytes)},
	{"max_rss_bytes", CELL_INT, AT(max_rss_bytes)},
	{"mem_limit_bytes", CELL_INT, AT(mem_limit_bytes)},
	{"ncpus", CELL_INT, AT(cpu_count)},
	{"state", CELL_STATE, 0},
	{"exit_code", CELL_EXIT, 0},
};
#define COLUMN_COUNT (sizeof(columns) / sizeof(columns[0]))

static void put_number(FILE *fp, enum cell_type type, int64_t number)
{
	if (number == JO_MISSING)
		return;
	if (type == CELL_TIME)
		put_time(fp, number);
	else if (type == CELL_SECONDS)
		(void)fprintf(fp, "%" PRId64 ".%06d", number / JO_US_PER_S,
			      (int)(number % JO_US_PER_S));
	else
		(void)fprintf(fp, "%" PRId64, number);
}

static void put_cell(FILE *fp, const struct step *step, size_t i)
{
	const void *member = (const char *)step + columns[i].offset;
	char text[STEP_JOB_TEXT_SIZE];

	switch (columns[i].type) {
	case CELL_TEXT:
		csv_write_field(fp, *(const char *const *)member);
		break;
	case CELL_INT:
	case CELL_SECONDS:
	case CELL_TIME:
		put_number(fp, columns[i].type, *(const int64_t *)member);
		break;
	case CELL_JOB:
		(void)fputs(step_job_format(step, text, sizeof(text)), fp);
		break;
	case CELL_STEP:
		(void)fputs(step_number_format(step, text, sizeof(text)), fp);
		break;
	case CELL_STATE:
		(void)fputs(step_state_words[step->state], fp);
		break;
	case CELL_EXIT:
		(void)fputs(step_exit_format(step, text, sizeof(text)), fp);
		break;
	}
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

/* The attributes of all steps that will be written, sorted. */
static int find_keys(struct store *store, const struct store_selection *selection,
		     struct strlist *keys, struct jo_err *err)
{
	struct store_cursor *cursor;
	struct step step;
	int rc;

	rc = store_steps_open(store, selection, &cursor, err);
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

/* Of each metric; the last, which measurement it is, where there are several. */
#define VERDICT_COLUMNS 8

static const char *const verdict_columns[METRIC_COUNT][VERDICT_COLUMNS] = {
	[METRIC_WALL] = {"wall", "wall_reason", "wall_expected_s", "wall_low_s", "wall_high_s",
			 "wall_ratio", "wall_score", NULL},
	[METRIC_MEMORY] = {"memory", "memory_reason", "memory_expected_bytes", "memory_low_bytes",
			   "memory_high_bytes", "memory_ratio", "memory_score", "memory_measure"},
};

static void put_verdict(FILE *fp, const struct step_verdict *verdict)
{
	const double numbers[] = {metric_shown(verdict->metric, verdict->expected),
				  metric_shown(verdict->metric, verdict->low),
				  metric_shown(verdict->metric, verdict->high), verdict->ratio,
				  verdict->score};

	(void)fprintf(fp, ",%s,", verdict_words[verdict->verdict]);
	csv_write_field(fp, verdict->reason);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		(void)fputc(',', fp);
		put_real(fp, numbers[i]);
	}
	if (verdict_columns[verdict->metric][VERDICT_COLUMNS - 1] != NULL)
		(void)fprintf(fp, ",%s", measure_word(verdict->measure));
}

static void put_header(FILE *fp, const struct strlist *keys)
{
	for (size_t i = 0; i < COLUMN_COUNT; i++)
		(void)fprintf(fp, "%s%s", i > 0 ? "," : "", columns[i].name);
	for (size_t i = 0; i < keys->count; i++)
		(void)fprintf(fp, ",attr.%s", keys->list[i]);
	for (size_t metric = 0; metric < METRIC_COUNT; metric++)
		for (size_t i = 0; i < VERDICT_COLUMNS && verdict_columns[metric][i] != NULL; i++)
			(void)fprintf(fp, "," INTAKE_VERDICT_PREFIX "%s",
				      verdict_columns[metric][i]);
	(void)fputc('\n', fp);
}

static void put_row(FILE *fp, const struct strlist *keys, const struct judged_step *row)
{
	for (size_t i = 0; i < COLUMN_COUNT; i++) {
		if (i > 0)
			(void)fputc(',', fp);
		put_cell(fp, &row->step, i);
	}
	put_attrs(fp, keys, row->step.attrs);
	for (size_t metric = 0; metric < METRIC_COUNT; metric++) {
		if (row->has_verdict[metric]) {
			put_verdict(fp, &row->verdicts[metric]);
			continue;
		}
		for (size_t i = 0; i < VERDICT_COLUMNS && verdict_columns[metric][i] != NULL; i++)
			(void)fputc(',', fp);
	}
	(void)fputc('\n', fp);
}

int export_csv(struct store *store, const struct store_selection *selection, FILE *fp,
	       struct jo_err *err)
{
	struct store_judged *steps = NULL;
	struct strlist keys = {0};
	struct judged_step row;
	int rc;

	rc = find_keys(store, selection, &keys, err);
	if (rc == 0)
		rc = store_judged_open(store, selection, &steps, err);
	if (rc < 0)
		goto out;
	put_header(fp, &keys);
	while ((rc = store_judged_next(steps, &row, err)) > 0)
		if (has_ended(&row.step))
			put_row(fp, &keys, &row);
out:
	store_judged_close(steps);
	strlist_release(&keys);
	return rc;
}
