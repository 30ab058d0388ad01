/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps that have not ended: as if each were stopped now, by the history alone. */
#include "judge.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fit/groups.h"
#include "fit/model_cache.h"
#include "fit/node_models.h"
#include "fit/site_prior.h"
#include "night_verdicts.h"
#include "task.h"
#include "util/arena.h"
#include "util/workers.h"

struct running {
	struct store *store;
	struct model_params params; /* with the priors of now */
	struct node_models *nodes;
	unsigned int thread_count;
	struct model_workspace *workspaces[WORKERS_MAX];
	int64_t now_unix_us;
	/* The group of the step before: they come by group. */
	int64_t group_id; /* JO_MISSING: none yet */
	struct baseline baseline;
	struct fits fits;
};

static void forget_group(struct running *running)
{
	if (running->group_id == JO_MISSING)
		return;
	fits_release(&running->fits);
	baseline_release(&running->baseline);
	running->group_id = JO_MISSING;
}

static int fit_group(struct running *running, const struct store_group *group, struct jo_err *err)
{
	struct model_cache cache;
	int rc = baseline_read(running->store, running->nodes, NULL, &running->params, group,
			       running->now_unix_us, &running->baseline, err);

	if (rc < 0)
		return rc;
	rc = model_cache_load(running->store, group->id, &cache, err);
	if (rc < 0) {
		baseline_release(&running->baseline);
		return rc;
	}
	fits_make(&running->baseline, NULL, 0, &cache, &running->params, running->workspaces[0],
		  &running->fits);
	model_cache_release(&cache);
	running->group_id = group->id;
	return 0;
}

static int take_group(struct running *running, int64_t group_id, struct jo_err *err)
{
	struct store_group_selection selection;
	struct store_group *list = NULL;
	size_t count = 0;
	int rc;

	if (running->group_id == group_id)
		return 0;
	forget_group(running);
	store_group_selection_init(&selection);
	selection.id = group_id;
	rc = group_list(running->store, &selection, &list, &count, err);
	if (rc < 0)
		return rc;
	if (count == 1)
		rc = fit_group(running, &list[0], err);
	else
		rc = jo_err_set(err, -EBADMSG, "%s: a running step belongs to no group",
				store_path(running->store));
	group_list_free(list, count);
	return rc;
}

/* The step as if it were stopped now; with no start, or one by a clock that is ahead, its time is
 * not known. */
static struct fit_row stop_now(const struct running *running, const struct step *step,
			       struct arena_block **texts)
{
	struct fit_row row = task_row(running->nodes, step, texts);

	row.obs.state = STEP_STATE_CANCELLED;
	row.obs.wall_us = JO_MISSING;
	if (step->start_unix_us != JO_MISSING && step->start_unix_us <= running->now_unix_us)
		row.obs.wall_us = running->now_unix_us - step->start_unix_us;
	row.obs.mem_peak_bytes = row.obs.max_rss_bytes = row.obs.mem_allocated_bytes = JO_MISSING;
	row.obs.cpu_us = JO_MISSING;
	return row;
}

static void judge_step(struct running *running, const struct step *step,
		       struct judge_result *ret_result)
{
	struct arena_block *texts = NULL;
	struct fit_row row = stop_now(running, step, &texts);
	struct judge_verdict *wall = &ret_result->verdicts[METRIC_WALL];

	*ret_result = task_result(step);
	night_verdicts_make_alone(&running->baseline, &running->fits, &row, &running->params,
				  running->workspaces[0], ret_result);
	arena_release(&texts);
	/* Stopped, it could not be judged; running, it is fine so far. */
	if (strcmp(wall->reason, reason_word(REASON_CUT_SHORT)) == 0) {
		wall->verdict = wall->watch = VERDICT_NORMAL;
		wall->reason = "";
	}
}

static int judge_steps(struct running *running, const struct store_selection *selection,
		       judge_sink *sink, void *sink_context, struct jo_err *err)
{
	struct store_cursor *cursor = NULL;
	struct judge_result result;
	struct step step;
	int rc = store_steps_open(running->store, selection, &cursor, err);

	if (rc < 0)
		return rc;
	while ((rc = store_steps_next(cursor, &step, err)) > 0) {
		rc = take_group(running, step.group_id, err);
		if (rc < 0)
			break;
		judge_step(running, &step, &result);
		rc = sink(sink_context, &result, err);
		if (rc < 0)
			break;
	}
	store_cursor_close(cursor);
	return rc;
}

int judge_running(struct store *store, const struct judge_options *options,
		  const struct store_selection *selection, int64_t now_unix_us, judge_sink *sink,
		  void *sink_context, struct jo_err *err)
{
	struct running running = {
		.store = store,
		.params = options->params,
		.thread_count = workers_count(options->thread_count),
		.now_unix_us = now_unix_us,
		.group_id = JO_MISSING,
	};
	struct store_selection chosen;
	int64_t grouping;
	int rc;

	if (selection != NULL)
		chosen = *selection;
	else
		store_selection_init(&chosen);
	chosen.state_mask = 1U << STEP_STATE_RUNNING;
	chosen.order = STORE_BY_GROUP;
	for (size_t i = 0; i < running.thread_count; i++)
		running.workspaces[i] = model_workspace_new();
	rc = store_grouping(store, &grouping, err);
	if (rc == 0)
		rc = node_models_load(store, &running.nodes, err);
	if (rc == 0)
		rc = site_prior_learn(store, running.nodes, NULL, now_unix_us, false,
				      running.thread_count, running.workspaces, &running.params,
				      err);
	if (rc == 0)
		rc = judge_steps(&running, &chosen, sink, sink_context, err);
	if (rc == 0)
		rc = store_grouping_check(store, grouping, err);
	forget_group(&running);
	node_models_free(running.nodes);
	for (size_t i = 0; i < running.thread_count; i++)
		model_workspace_free(running.workspaces[i]);
	return rc;
}
