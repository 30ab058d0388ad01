/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What can be shown of a step: the figures of its table, what is made of several, and verdicts. */
#include "cmd/list_columns.h"
#include "step/columns.h"
#include "step/measure.h"

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

/*
 * One word for both metrics: the one that says most, by this rank, and the
 * larger ratio where both say the same.
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

#define VERDICT(metric, member) offsetof(struct step_verdict, member), metric

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
		"what that is: the cgroup's peak, or rss, the largest process's",
		get_measure, 0, METRIC_MEMORY}},
};
#define MADE_COUNT (sizeof(made_columns) / sizeof(made_columns[0]))

static const struct out_column verdict_columns[] = {
	{"verdict", "VERDICT", false, "high, low, normal or unjudged: the worse of both metrics",
		get_worst, 0, 0},
	{"wall_verdict", "WALLVERDICT", false, "of the run time", get_verdict, 0, METRIC_WALL},
	{"wall_reason", "WALLREASON", false, "why the run time is unjudged",
		get_verdict_text, VERDICT(METRIC_WALL, reason)},
	{"wall_expected_s", "WALLEXPECTED", true, "expected run time",
		get_verdict_value, VERDICT(METRIC_WALL, expected)},
	{"wall_low_s", "WALLLOW", true, "least normal run time",
		get_verdict_value, VERDICT(METRIC_WALL, low)},
	{"wall_high_s", "WALLHIGH", true, "largest normal run time",
		get_verdict_value, VERDICT(METRIC_WALL, high)},
	{"wall_ratio", "WALLRATIO", true, "run time by its expectation",
		get_verdict_real, VERDICT(METRIC_WALL, ratio)},
	{"wall_score", "WALLSCORE", true, "how far out the run time is, and how surely",
		get_verdict_real, VERDICT(METRIC_WALL, score)},
	{"wall_p", "WALLP", true, "the chance of a normal step to be as far out",
		get_verdict_real, VERDICT(METRIC_WALL, p_value)},
	{"wall_level", "WALLLEVEL", false, "how sure it is that it is high: watch, high or certain",
		get_level, 0, METRIC_WALL},
	{"wall_near", "WALLNEAR", true, "earlier steps of about its size, when it is watched",
		get_verdict_int, VERDICT(METRIC_WALL, near_count)},
	{"wall_like", "WALLLIKE", true, "those among them that were as far out",
		get_verdict_int, VERDICT(METRIC_WALL, like_count)},
	{"wall_history", "WALLHISTORY", true, "earlier steps it was judged by",
		get_verdict_int, VERDICT(METRIC_WALL, history_count)},
	{"memory_verdict", "MEMVERDICT", false, "of the memory peak", get_verdict, 0, METRIC_MEMORY},
	{"memory_reason", "MEMREASON", false, "why the memory peak is unjudged",
		get_verdict_text, VERDICT(METRIC_MEMORY, reason)},
	{"memory_expected_bytes", "MEMEXPECTED", true, "expected memory peak",
		get_verdict_value, VERDICT(METRIC_MEMORY, expected)},
	{"memory_low_bytes", "MEMLOW", true, "least normal memory peak",
		get_verdict_value, VERDICT(METRIC_MEMORY, low)},
	{"memory_high_bytes", "MEMHIGH", true, "largest normal memory peak",
		get_verdict_value, VERDICT(METRIC_MEMORY, high)},
	{"memory_ratio", "MEMRATIO", true, "memory peak by its expectation",
		get_verdict_real, VERDICT(METRIC_MEMORY, ratio)},
	{"memory_score", "MEMSCORE", true, "how far out the memory peak is, and how surely",
		get_verdict_real, VERDICT(METRIC_MEMORY, score)},
	{"memory_p", "MEMP", true, "the chance of a normal step to be as far out",
		get_verdict_real, VERDICT(METRIC_MEMORY, p_value)},
	{"memory_level", "MEMLEVEL", false, "how sure it is that it is high: watch, high or certain",
		get_level, 0, METRIC_MEMORY},
	{"memory_near", "MEMNEAR", true, "earlier steps of about its size, when it is watched",
		get_verdict_int, VERDICT(METRIC_MEMORY, near_count)},
	{"memory_like", "MEMLIKE", true, "those among them that were as far out",
		get_verdict_int, VERDICT(METRIC_MEMORY, like_count)},
	{"memory_history", "MEMHISTORY", true, "earlier steps it was judged by",
		get_verdict_int, VERDICT(METRIC_MEMORY, history_count)},
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

const struct out_column *list_columns(void)
{
	/* the last one stays all zero */
	static struct out_column columns[COL_COUNT + MADE_COUNT + VERDICT_COLUMN_COUNT + 1];
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
	memcpy(&columns[count], verdict_columns, sizeof(verdict_columns));
	return columns;
}
