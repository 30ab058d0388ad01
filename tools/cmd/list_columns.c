/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What can be shown of a step: the figures of its table, what is made of several, and verdicts. */
#include "cmd/list_columns.h"
#include "step/columns.h"
#include "step/efficiency.h"
#include "step/measure.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct step *step_of(const void *row)
{
	return &((const struct judged_step *)row)->step;
}

static const struct step_verdict *verdict_of(const void *row, int metric)
{
	const struct judged_step *step_row = row;

	return step_row->has_verdict[metric] ? &step_row->verdicts[metric] : NULL;
}

static void get_job(const void *row, const struct out_column *column, struct out_cell *cell)
{
	char text[STEP_LABEL_SIZE];

	(void)column;
	out_text(cell, step_full_format(step_of(row), text, sizeof(text)));
}

static void get_exit(const void *row, const struct out_column *column, struct out_cell *cell)
{
	char text[24];

	(void)column;
	out_text(cell, step_exit_format(step_of(row), text, sizeof(text)));
}

/* column->which is the figure. */
static void get_word(const void *row, const struct out_column *column, struct out_cell *cell)
{
	out_text(cell, column_word(&step_columns[column->which], step_of(row)));
}

/* An amount in the metric's stored unit. */
static void out_amount(struct out_cell *cell, enum metric metric, double amount)
{
	if (metric_infos[metric].kind == METRIC_OF_TIME)
		out_duration(cell, llround(amount));
	else
		out_bytes(cell, llround(amount));
}

static struct figure figure_in(const void *row, const struct out_column *column)
{
	return figure_shown(step_of(row), (enum metric)column->which,
			    verdict_of(row, column->which));
}

/* The judged amount of a metric, named where it is not the usual measurement. */
static void get_figure(const void *row, const struct out_column *column, struct out_cell *cell)
{
	struct figure figure = figure_in(row, column);
	char people[FIGURE_TEXT_SIZE];

	if (isnan(figure.amount))
		return;
	out_amount(cell, (enum metric)column->which, figure.amount);
	out_for_people(cell, figure_format_brief((enum metric)column->which, &figure, people,
						 sizeof(people)));
}

static void get_measure(const void *row, const struct out_column *column, struct out_cell *cell)
{
	out_text(cell, measure_word(figure_in(row, column).measure));
}

static void get_efficiency(const void *row, const struct out_column *column, struct out_cell *cell)
{
	double percent = 100 * efficiency_of(step_of(row), (enum efficiency)column->which);
	char people[32];

	if (isnan(percent))
		return;
	out_real(cell, percent);
	(void)snprintf(people, sizeof(people), "%.0f %%", percent);
	out_for_people(cell, people);
}

/*
 * One word for all metrics: the one that says most, by this rank, and the
 * largest ratio where several say the same.
 */
static const struct step_verdict *worst_verdict(const void *row)
{
	static const int rank[VERDICT_COUNT] = {[VERDICT_UNJUDGED] = 0,
						[VERDICT_NORMAL] = 1,
						[VERDICT_LOW] = 2,
						[VERDICT_HIGH] = 3};
	const struct step_verdict *worst = NULL;

	for (int metric = 0; metric < METRIC_COUNT; metric++) {
		const struct step_verdict *verdict = verdict_of(row, metric);

		if (verdict == NULL)
			continue;
		if (worst == NULL || rank[verdict->verdict] > rank[worst->verdict] ||
		    (verdict->verdict == worst->verdict && verdict->ratio > worst->ratio))
			worst = verdict;
	}
	return worst;
}

static void get_worst(const void *row, const struct out_column *column, struct out_cell *cell)
{
	const struct step_verdict *worst = worst_verdict(row);
	char people[64];

	(void)column;
	if (worst == NULL)
		return;
	out_text(cell, verdict_words[worst->verdict]);
	if (worst->verdict == VERDICT_NORMAL || worst->verdict == VERDICT_UNJUDGED)
		return;
	(void)snprintf(people, sizeof(people), "%s %s %.1fx", verdict_words[worst->verdict],
		       metric_infos[worst->metric].short_label, worst->ratio);
	out_for_people(cell, people);
}

/* Members of one metric's verdict: column->which is the metric, column->offset the member. */
static void get_verdict(const void *row, const struct out_column *column, struct out_cell *cell)
{
	const struct step_verdict *verdict = verdict_of(row, column->which);

	if (verdict != NULL)
		out_text(cell, verdict_words[verdict->verdict]);
}

static void get_level(const void *row, const struct out_column *column, struct out_cell *cell)
{
	const struct step_verdict *verdict = verdict_of(row, column->which);

	if (verdict != NULL)
		out_text(cell, verdict_level_words[verdict->level]);
}

static void get_verdict_text(const void *row, const struct out_column *column,
			     struct out_cell *cell)
{
	const struct step_verdict *verdict = verdict_of(row, column->which);

	if (verdict != NULL)
		out_get_text(verdict, column, cell);
}

static void get_verdict_int(const void *row, const struct out_column *column, struct out_cell *cell)
{
	const struct step_verdict *verdict = verdict_of(row, column->which);

	if (verdict != NULL)
		out_get_int(verdict, column, cell);
}

static void get_verdict_real(const void *row, const struct out_column *column,
			     struct out_cell *cell)
{
	const struct step_verdict *verdict = verdict_of(row, column->which);

	if (verdict != NULL)
		out_get_real(verdict, column, cell);
}

/* A value of the metric: micro-seconds or bytes, kept as a real number. */
static void get_verdict_value(const void *row, const struct out_column *column,
			      struct out_cell *cell)
{
	const struct step_verdict *verdict = verdict_of(row, column->which);
	double value;

	if (verdict == NULL)
		return;
	memcpy(&value, (const char *)verdict + column->offset, sizeof(value));
	if (!isfinite(value) || fabs(value) > 9e18)
		return;
	out_amount(cell, (enum metric)column->which, value);
}

#define VERDICT(member) offsetof(struct step_verdict, member)

/* clang-format off */
/* What several figures make together stands behind the others of its part. */
static const struct {
	enum list_part part;
	struct out_column column;
} made_columns[] = {
	{LIST_JOB, {"job", "JOB", false, "job and step, as Slurm writes them", get_job, 0, 0}},
	{LIST_STATE, {"exit", "EXIT", true, "exit status and signal", get_exit, 0, 0}},
	{LIST_JUDGED, {"memory_bytes", "MEMORY", true, "memory, as it was judged; of the largest node",
		get_figure, 0, METRIC_MEMORY}},
	{LIST_JUDGED, {"memory_measure", "MEMIS", false,
		"what that is: the cgroup's peak, rss, the largest process's, or allocated, what its program said",
		get_measure, 0, METRIC_MEMORY}},
	{LIST_TIMES, {"time_efficiency_percent", "TIMEEFF", true, "run time, of the time limit",
		get_efficiency, 0, EFFICIENCY_TIME}},
	{LIST_MEMORY_LIMITS, {"memory_efficiency_percent", "MEMEFF", true,
		"memory, of what was requested, or else of the limit", get_efficiency, 0,
		EFFICIENCY_MEMORY}},
	{LIST_WORK, {"cpu_efficiency_percent", "CPUEFF", true,
		"CPU time, of the run time on all CPUs", get_efficiency, 0, EFFICIENCY_CPU}},
};
#define MADE_COUNT (sizeof(made_columns) / sizeof(made_columns[0]))

static const struct out_column worst_column = {
	"verdict", "VERDICT", false, "high, low, normal or unjudged: the worst of all metrics",
	get_worst, 0, 0};

/* Of each metric.  Names begin with its word, headers with its short label in capitals; its label
 * stands between the two parts of the help. */
static const struct {
	const char *name, *header;
	bool is_right, is_amount; /* an amount's name ends in its unit */
	const char *before, *after;
	void (*get)(const void *row, const struct out_column *column, struct out_cell *cell);
	size_t offset;
} verdict_columns[] = {
	{"verdict", "VERDICT", false, false, "of the ", "", get_verdict, 0},
	{"reason", "REASON", false, false, "why the ", " is unjudged", get_verdict_text,
		VERDICT(reason)},
	{"expected", "EXPECTED", true, true, "expected ", "", get_verdict_value, VERDICT(expected)},
	{"low", "LOW", true, true, "least normal ", "", get_verdict_value, VERDICT(low)},
	{"high", "HIGH", true, true, "largest normal ", "", get_verdict_value, VERDICT(high)},
	{"ratio", "RATIO", true, false, "", " by its expectation", get_verdict_real, VERDICT(ratio)},
	{"score", "SCORE", true, false, "how far out the ", " is, and how surely", get_verdict_real,
		VERDICT(score)},
	{"p", "P", true, false, "the chance of a normal step's ", " to be as far out",
		get_verdict_real, VERDICT(p_value)},
	{"level", "LEVEL", false, false, "how sure it is that the ",
		" is high: watch, high or certain", get_level, 0},
	{"near", "NEAR", true, false, "earlier steps of about its size, when its ", " is watched",
		get_verdict_int, VERDICT(near_count)},
	{"like", "LIKE", true, false, "those among them whose ", " was as far out, and not high",
		get_verdict_int, VERDICT(like_count)},
	{"history", "HISTORY", true, false, "earlier steps the ", " was judged by", get_verdict_int,
		VERDICT(history_count)},
};
/* clang-format on */
#define VERDICT_COLUMN_COUNT (sizeof(verdict_columns) / sizeof(verdict_columns[0]))

/* How a figure of each kind is shown. */
static const struct {
	bool is_right;
	void (*get)(const void *row, const struct out_column *column, struct out_cell *cell);
} shown[] = {
	[COLUMN_NUMBER] = {true, out_get_int},
	[COLUMN_BYTES] = {true, out_get_bytes},
	[COLUMN_DURATION] = {true, out_get_duration},
	[COLUMN_TIME] = {false, out_get_time},
	[COLUMN_WORD] = {false, get_word},
	[COLUMN_NAME] = {false, out_get_text},
	[COLUMN_TEXT] = {false, out_get_text},
	[COLUMN_ATTRS] = {false, out_get_text},
};

static struct out_column column_of(int figure)
{
	const struct step_column *column = &step_columns[figure];

	return (struct out_column){
		.name = column->list.name,
		.header = column->list.header,
		.is_right = shown[column->kind].is_right,
		.help = column->list.help,
		.get = shown[column->kind].get,
		.offset = offsetof(struct judged_step, step) + column->step_offset,
		.which = figure,
	};
}

#define COLUMN_TEXT_SIZE 96 /* the longest help, with the longest label in it */

/* One metric's column of the verdict; its texts stay as long as the program. */
static struct out_column verdict_column(enum metric metric, size_t i)
{
	static char texts[METRIC_COUNT][VERDICT_COLUMN_COUNT][3][COLUMN_TEXT_SIZE];
	char(*text)[COLUMN_TEXT_SIZE] = texts[metric][i];
	const struct metric_info *info = &metric_infos[metric];
	bool has_unit = verdict_columns[i].is_amount;

	(void)snprintf(text[0], sizeof(text[0]), "%s_%s%s%s", info->word, verdict_columns[i].name,
		       has_unit ? "_" : "", has_unit ? metric_unit(metric) : "");
	(void)snprintf(text[1], sizeof(text[1]), "%s%s", info->short_label,
		       verdict_columns[i].header);
	for (char *c = text[1]; *c != '\0'; c++)
		*c = (char)toupper((unsigned char)*c);
	(void)snprintf(text[2], sizeof(text[2]), "%s%s%s", verdict_columns[i].before, info->label,
		       verdict_columns[i].after);
	return (struct out_column){
		.name = text[0],
		.header = text[1],
		.is_right = verdict_columns[i].is_right,
		.help = text[2],
		.get = verdict_columns[i].get,
		.offset = verdict_columns[i].offset,
		.which = (int)metric,
	};
}

const struct out_column *list_columns(void)
{
	/* the last one stays all zero */
	static struct out_column
		columns[COL_COUNT + MADE_COUNT + 1 + METRIC_COUNT * VERDICT_COLUMN_COUNT + 1];
	size_t count = 0;

	for (int part = 0; part < LIST_PART_COUNT; part++) {
		for (int i = 0; i < COL_COUNT; i++)
			if (step_columns[i].list.name != NULL &&
			    (int)step_columns[i].list.part == part)
				columns[count++] = column_of(i);
		for (size_t i = 0; i < MADE_COUNT; i++)
			if ((int)made_columns[i].part == part)
				columns[count++] = made_columns[i].column;
	}
	columns[count++] = worst_column;
	for (int metric = 0; metric < METRIC_COUNT; metric++)
		for (size_t i = 0; i < VERDICT_COLUMN_COUNT; i++)
			columns[count++] = verdict_column((enum metric)metric, i);
	return columns;
}
