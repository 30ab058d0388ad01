/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The steps of jobs as a tree, with their times. */
#include "cmd/show.h"
#include "step/measure.h"

#include <libsmartcols.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "joboutliers/units.h"
#include "util/alloc.h"
#include "util/when.h"

/* A step may seem to begin before its batch step, by what the clocks of their nodes differ. */
#define CLOCKS_US (INT64_C(3600) * 1000000)

struct show_tree {
	struct libscols_table *table;
	struct libscols_line *batch; /* of the job below, owned by the table */
	int64_t batch_start_unix_us;
	char job[STEP_JOB_TEXT_SIZE];
};

enum { STEP, STATE, START, WALL, SHARE, MEMORY, VERDICT };

static const struct {
	const char *name;
	int flags;
} columns[] = {
	[STEP] = {"STEP", SCOLS_FL_TREE},
	[STATE] = {"STATE", 0},
	[START] = {"START", 0},
	[WALL] = {"RUN TIME", SCOLS_FL_RIGHT},
	[SHARE] = {"CPU", SCOLS_FL_RIGHT},
	[MEMORY] = {"MEMORY", SCOLS_FL_RIGHT},
	[VERDICT] = {"VERDICT", 0},
};

struct show_tree *show_tree_new(void)
{
	struct show_tree *tree = xcalloc(1, sizeof(*tree));

	tree->table = scols_new_table();
	if (tree->table == NULL)
		abort();
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		(void)scols_table_new_column(tree->table, columns[i].name, 0, columns[i].flags);
	return tree;
}

/* "high wall", or what else was said. */
static const char *verdict_text(const struct judged_step *row, char buf[64])
{
	enum metric metric = show_metric(row);

	buf[0] = '\0';
	if (row->step.is_script == 1)
		return "its steps'";
	if (row->has_verdict[metric])
		(void)snprintf(buf, 64, "%s %s", verdict_words[row->verdicts[metric].verdict],
			       metric_word(metric));
	return buf;
}

static void set_cells(struct libscols_line *line, const struct judged_step *row)
{
	const struct step *step = &row->step;
	struct figure memory = figure_shown(
		step, METRIC_MEMORY,
		row->has_verdict[METRIC_MEMORY] ? &row->verdicts[METRIC_MEMORY] : NULL);
	char text[STEP_LABEL_SIZE], when[WHEN_TEXT_SIZE];

	(void)scols_line_set_data(line, STEP, step_full_format(step, text, sizeof(text)));
	(void)scols_line_set_data(line, STATE, step_state_words[step->state]);
	if (step->start_unix_us != JO_MISSING)
		(void)scols_line_set_data(line, START, when_format(step->start_unix_us, when));
	if (step->wall_us != JO_MISSING)
		(void)scols_line_set_data(line, WALL,
					  jo_duration_format(step->wall_us, text, sizeof(text)));
	if (step->cpu_us != JO_MISSING)
		(void)scols_line_set_data(line, SHARE,
					  jo_duration_format(step->cpu_us, text, sizeof(text)));
	if (!isnan(memory.amount))
		(void)scols_line_set_data(
			line, MEMORY,
			figure_format_brief(METRIC_MEMORY, &memory, text, sizeof(text)));
	(void)scols_line_set_data(line, VERDICT, verdict_text(row, text));
}

void show_tree_add(struct show_tree *tree, const struct judged_step *row)
{
	struct libscols_line *line;
	char job[STEP_JOB_TEXT_SIZE];

	(void)step_job_format(&row->step, job, sizeof(job));
	/* Of a number that came again the newest job is first, and the others' steps are older. */
	if (strcmp(job, tree->job) != 0 ||
	    row->step.start_unix_us < tree->batch_start_unix_us - CLOCKS_US)
		tree->batch = NULL;
	(void)memcpy(tree->job, job, sizeof(job));
	line = scols_table_new_line(tree->table, tree->batch);
	if (line == NULL)
		abort();
	if (row->step.step_kind == JO_STEP_BATCH) {
		/* a requeued job has a batch step for every time it ran */
		if (tree->batch != NULL)
			(void)scols_line_remove_child(tree->batch, line);
		tree->batch = line;
		tree->batch_start_unix_us = row->step.start_unix_us;
	}
	set_cells(line, row);
}

void show_tree_print(const struct show_tree *tree)
{
	(void)fflush(stdout);
	(void)scols_print_table(tree->table);
}

void show_tree_free(struct show_tree *tree)
{
	scols_unref_table(tree->table);
	free(tree);
}
