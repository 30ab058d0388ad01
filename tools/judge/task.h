/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One group's share of a night: its steps, what they are judged against, and the verdicts. */
#ifndef JUDGE_TASK_H
#define JUDGE_TASK_H

#include <stdbool.h>
#include <stddef.h>

#include "drift/series.h"
#include "fit/baseline.h"
#include "fit/fits.h"
#include "fit/model_cache.h"
#include "judge.h"

/* All the group's steps of a stretch of time, in the order in which they ended. */
struct task {
	struct baseline baseline;
	struct fits alone;
	struct model_cache cache; /* of alone */
	struct fit_row *rows;
	struct arena_block *texts; /* of the rows */
	struct judge_result *results;
	bool *is_wanted; /* chosen to be judged, not just a neighbour */
	size_t count, capacity, wanted_n;
	struct fits *nights; /* of each part of at most NIGHT_VERDICTS_STEPS_MAX steps */
	size_t part_n;
	struct drift_series_result drifts[METRIC_COUNT]; /* when they were wanted */
};

/* A step as judge/ keeps it; what is text of it is good as long as texts. */
struct fit_row task_row(const struct node_models *nodes, const struct step *step,
			struct arena_block **texts);

/* Who it is, without verdicts. */
struct judge_result task_result(const struct step *step);

/*
 * Read the steps of the group in the selection's stretch of time, and what they
 * are judged against: what ended before it.  has_selection says that the
 * selection chooses by more than time and what was not judged yet.
 *
 * Returns 1 and fills *ret_task, which the caller releases; 0 when there is
 * nothing to judge; or a negative errno.
 */
int task_read(struct store *store, struct node_models *nodes, struct carryover *carryover,
	      const struct model_params *params, const struct store_group *group,
	      const struct store_selection *selection, bool has_selection, struct task *ret_task,
	      struct jo_err *err);

/*
 * Fit and judge, in any thread; task->results then hold the verdicts, and with
 * want_drifts task->drifts whether the level has moved.  nights and workspace are
 * the thread's own.
 */
void task_judge(struct task *task, const struct model_params *params, bool want_drifts,
		struct nights *nights, struct model_workspace *workspace);

/* Free all of a task. */
void task_release(struct task *task);

#endif
