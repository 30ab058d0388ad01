/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The night's work: which groups, in batches; each read here, fitted and judged
 * on several threads, and handed on in order.
 */
#include "judge.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "drift/track.h"
#include "fit/groups.h"
#include "fit/node_models.h"
#include "fit/site_prior.h"
#include "night_verdicts.h"
#include "step/night.h"
#include "task.h"
#include "util/alloc.h"
#include "util/workers.h"

/* Enough for the threads to even out, few enough that 500 steps of each are some 20 MB. */
#define BATCH_GROUPS 128

/* A batch is closed early at this many steps to judge. */
#define BATCH_STEPS 50000

struct session {
	struct store *store;
	const struct judge_options *options;
	struct model_params params; /* with the priors of the time judged */
	struct store_selection selection;
	bool has_selection; /* it chooses by more than the time and by what was not judged yet */
	struct node_models *nodes;
	struct carryover *carryover; /* NULL for a single night */

	struct task *tasks;
	size_t task_n, step_n;
	unsigned int thread_count;
	struct model_workspace *workspaces[WORKERS_MAX];
	struct nights *nights; /* of each thread */

	bool want_store;
	int64_t now_unix_us;
	int64_t grouping; /* of all that is read */
	int32_t night;
	judge_sink *sink;
	void *sink_context;
	size_t done_n, total_n;
	int64_t new_drift_n;
};

void judge_options_init(struct judge_options *options)
{
	*options = (struct judge_options){.part = JUDGE_PART_WHOLE};
	model_params_init(&options->params);
}

bool judge_has_verdict(const struct judge_result *result, enum metric metric)
{
	return !metric_infos[metric].is_optional || result->verdicts[metric].value > 0;
}

static void session_clear(struct session *session)
{
	for (size_t i = 0; i < session->task_n; i++)
		task_release(&session->tasks[i]);
	session->task_n = session->step_n = 0;
}

static void session_release(struct session *session)
{
	session_clear(session);
	free(session->tasks);
	carryover_free(session->carryover);
	node_models_free(session->nodes);
	for (size_t i = 0; i < session->thread_count; i++)
		model_workspace_free(session->workspaces[i]);
	free(session->nights);
}

static int session_init(struct session *session, struct store *store,
			const struct judge_options *options,
			const struct store_selection *selection, struct jo_err *err)
{
	int rc;

	*session = (struct session){.store = store, .options = options};
	session->has_selection = selection != NULL;
	if (selection != NULL)
		session->selection = *selection;
	else
		store_selection_init(&session->selection);
	session->tasks = xcalloc(BATCH_GROUPS, sizeof(session->tasks[0]));
	session->thread_count = workers_count(options->thread_count);
	session->nights = xcalloc(session->thread_count, sizeof(session->nights[0]));
	for (size_t i = 0; i < session->thread_count; i++)
		session->workspaces[i] = model_workspace_new();
	rc = store_grouping(store, &session->grouping, err);
	return rc < 0 ? rc : node_models_load(store, &session->nodes, err);
}

/* Add a group to the batch, unless it has nothing to judge. */
static int add_task(struct session *session, const struct store_group *group, struct jo_err *err)
{
	struct task *task = &session->tasks[session->task_n];
	int rc = task_read(session->store, session->nodes, session->carryover, &session->params,
			   group, &session->selection, session->has_selection, task, err);

	if (rc <= 0)
		return rc;
	session->task_n++;
	session->step_n += task->count;
	return session->want_store ? baseline_read_older(session->store, session->nodes,
							 &session->params, &task->baseline, err)
				   : 0;
}

static void work_on_task(void *context, size_t index, unsigned int worker)
{
	struct session *session = context;

	task_judge(&session->tasks[index], &session->params, session->want_store,
		   &session->nights[worker], session->workspaces[worker]);
}

static int store_result(struct session *session, const struct judge_result *result,
			struct jo_err *err)
{
	struct step_verdict verdicts[METRIC_COUNT];
	size_t count = 0;

	for (size_t m = 0; m < METRIC_COUNT; m++) {
		struct step_verdict *verdict = &verdicts[count];

		if (!judge_has_verdict(result, (enum metric)m))
			continue;
		night_verdicts_to_store(result, (enum metric)m, &session->params, verdict);
		verdict->night = session->night;
		verdict->judged_unix_us = session->now_unix_us;
		count++;
	}
	return store_verdicts_put(session->store, verdicts, count, result->change_unix_us, err);
}

/* Store each result of the batch, or hand it to the sink. */
static int each_result(struct session *session, bool want_store, struct jo_err *err)
{
	int rc = 0;

	for (size_t t = 0; t < session->task_n && rc == 0; t++) {
		const struct task *task = &session->tasks[t];

		for (size_t i = 0; i < task->count && rc == 0; i++) {
			if (!task->is_wanted[i])
				continue;
			rc = want_store
				     ? store_result(session, &task->results[i], err)
				     : session->sink(session->sink_context, &task->results[i], err);
		}
	}
	return rc < 0 ? rc : 0;
}

static int keep_models(struct session *session, const struct task *task, struct jo_err *err)
{
	const struct baseline *baseline = &task->baseline;
	const struct model_cache_origin origin = {
		.group = &baseline->group,
		.before_unix_us = baseline->before_unix_us,
		.obs_count = (int64_t)baseline->own.history.count,
		.fitted_unix_us = session->now_unix_us,
	};

	return model_cache_store(session->store, &origin, &task->cache, err);
}

static int keep_drifts(struct session *session, const struct task *task, struct jo_err *err)
{
	int rc = 0;

	for (size_t m = 0; m < METRIC_COUNT && rc >= 0; m++) {
		rc = drift_track_keep(session->store, &task->drifts[m], task->baseline.group.id,
				      (enum metric)m, session->night, err);
		session->new_drift_n += rc > 0;
	}
	return rc < 0 ? rc : 0;
}

static int store_batch(struct session *session, struct jo_err *err)
{
	int rc = store_begin(session->store, err);

	if (rc < 0)
		return rc;
	rc = store_grouping_check(session->store, session->grouping, err);
	if (rc == 0)
		rc = each_result(session, true, err);
	for (size_t i = 0; i < session->task_n && rc == 0; i++)
		rc = keep_models(session, &session->tasks[i], err);
	for (size_t i = 0; i < session->task_n && rc == 0; i++)
		rc = keep_drifts(session, &session->tasks[i], err);
	if (rc == 0)
		rc = store_commit(session->store, err);
	if (rc < 0)
		store_rollback(session->store);
	return rc;
}

static int finish_batch(struct session *session, struct jo_err *err)
{
	int rc = 0;

	workers_run(work_on_task, session, session->task_n, session->thread_count);
	for (size_t i = 0; i < session->task_n; i++)
		session->done_n += session->tasks[i].wanted_n;
	if (session->want_store)
		rc = store_batch(session, err);
	if (rc == 0 && session->sink != NULL)
		rc = each_result(session, false, err);
	if (session->options->progress != NULL)
		session->options->progress(session->options->progress_context, session->done_n,
					   session->total_n);
	session_clear(session);
	return rc;
}

/* Judge the selection's steps of the given groups. */
static int judge_groups(struct session *session, const struct store_group *groups, size_t count,
			struct jo_err *err)
{
	int rc = 0;

	for (size_t i = 0; i < count && rc == 0; i++) {
		rc = add_task(session, &groups[i], err);
		if (rc == 0 && (session->task_n == BATCH_GROUPS || session->step_n >= BATCH_STEPS))
			rc = finish_batch(session, err);
	}
	if (rc == 0 && session->task_n > 0)
		rc = finish_batch(session, err);
	return rc;
}

/* Keep of the groups those of the part that have a step at or after the time. */
static size_t drop_others(struct store_group *groups, size_t count, const struct judge_part *part,
			  int64_t from_unix_us)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		if (groups[i].newest_end_unix_us >= from_unix_us &&
		    judge_part_has(part, groups[i].id))
			groups[kept++] = groups[i];
		else
			group_release(&groups[i]);
	}
	return kept;
}

/* Judge what ended in [from, to), which is already in the session's selection, against what ended
 * before. */
static int judge_stretch(struct session *session, int64_t from_unix_us, int64_t to_unix_us,
			 struct jo_err *err)
{
	struct store_group_selection selection;
	struct store_group *groups = NULL;
	size_t count = 0;
	int rc;

	session->selection.end_from_unix_us = from_unix_us;
	session->selection.end_to_unix_us = to_unix_us;
	session->selection.order = STORE_BY_END;
	session->selection.limit = JO_MISSING;
	store_group_selection_init(&selection);
	selection.want_unjudged = session->selection.want_unjudged;
	if (selection.want_unjudged) {
		selection.end_from_unix_us = from_unix_us;
		selection.end_to_unix_us = to_unix_us;
	}
	rc = group_list(session->store, &selection, &groups, &count, err);
	if (rc < 0)
		return rc;
	count = drop_others(groups, count, &session->options->part, from_unix_us);
	session->params = session->options->params;
	if (count > 0)
		rc = site_prior_learn(session->store, session->nodes, session->carryover,
				      from_unix_us, session->want_store, session->thread_count,
				      session->workspaces, &session->params, err);
	if (rc == 0)
		rc = judge_groups(session, groups, count, err);
	group_list_free(groups, count);
	return rc < 0 ? rc : store_grouping_check(session->store, session->grouping, err);
}

static int count_total(struct session *session, struct jo_err *err)
{
	int64_t total;
	int rc;

	if (session->options->progress == NULL)
		return 0;
	rc = store_steps_count(session->store, &session->selection, &total, err);
	if (rc == 0)
		session->total_n = (size_t)total;
	return rc;
}

/* As count_total, of what waits in the part's groups. */
static int count_unjudged(struct session *session, struct jo_err *err)
{
	struct store_unjudged *list;
	size_t count;
	int rc;

	if (session->options->progress == NULL)
		return 0;
	rc = store_unjudged_groups(session->store, JO_MISSING, &list, &count, err);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < count; i++)
		if (judge_part_has(&session->options->part, list[i].group_id))
			session->total_n += (size_t)list[i].count;
	free(list);
	return 0;
}

int judge_range(struct store *store, const struct judge_options *options,
		const struct store_selection *selection, int64_t from_unix_us, int64_t to_unix_us,
		judge_sink *sink, void *sink_context, struct jo_err *err)
{
	struct session session;
	int rc = session_init(&session, store, options, selection, err);

	if (rc < 0)
		goto out;
	session.sink = sink;
	session.sink_context = sink_context;
	session.selection.end_from_unix_us = from_unix_us;
	session.selection.end_to_unix_us = to_unix_us;
	rc = count_total(&session, err);
	if (rc == 0)
		rc = judge_stretch(&session, from_unix_us, to_unix_us, err);
out:
	session_release(&session);
	return rc;
}

/* Counts, and passes on. */
struct counting {
	judge_sink *sink;
	void *sink_context;
	int32_t night; /* the last that was counted */
	struct judge_summary summary;
};

static int count_result(void *context, const struct judge_result *result, struct jo_err *err)
{
	struct counting *counting = context;

	counting->summary.step_count++;
	for (size_t m = 0; m < METRIC_COUNT; m++)
		if (judge_has_verdict(result, (enum metric)m))
			counting->summary.verdict_count[m][result->verdicts[m].verdict]++;
	return counting->sink == NULL ? 0 : counting->sink(counting->sink_context, result, err);
}

int judge_settle(struct store *store, const struct judge_options *options, int64_t now_unix_us,
		 int64_t *ret_new_count, struct jo_err *err)
{
	int64_t days = options->judge_days, from_unix_us = JO_MISSING, newest_unix_us;
	struct store_lock *lock;
	int rc = store_lock_await(store, STORE_LOCK_PAST, &lock, err);

	if (rc < 0)
		return rc;
	if (days > 0)
		rc = store_past_newest(store, now_unix_us, &newest_unix_us, err);
	if (rc > 0)
		from_unix_us = night_before(newest_unix_us, days).from_unix_us;
	if (rc >= 0)
		rc = store_past_settle(store, from_unix_us, ret_new_count, err);
	store_lock_release(lock);
	return rc;
}

/* Night after night, from the oldest that has something to judge.  What was the oldest may be gone
 * by the time its groups are read, as prune does it; what is the oldest again is damaged. */
static int judge_nights(struct session *session, struct counting *counting, struct jo_err *err)
{
	struct judge_summary *summary = &counting->summary;
	int64_t from_unix_us = JO_MISSING, end_unix_us, in_vain_unix_us = JO_MISSING;
	int rc;

	while ((rc = store_unjudged_oldest(session->store, from_unix_us, &end_unix_us, err)) > 0) {
		struct night night = night_of(end_unix_us);
		int64_t before_n = summary->step_count;

		if (summary->night_count > 0 && session->carryover == NULL)
			session->carryover = carryover_new();
		session->night = night.number;
		rc = judge_stretch(session, night.from_unix_us, night.to_unix_us, err);
		if (summary->step_count > before_n && night.number != counting->night) {
			summary->night_count++;
			counting->night = night.number;
		}
		if (rc < 0)
			break;
		if (!judge_part_is_whole(&session->options->part))
			from_unix_us = night.to_unix_us; /* what is left of it is of others */
		else if (summary->step_count > before_n)
			continue;
		else if (end_unix_us == in_vain_unix_us)
			return jo_err_set(err, -EBADMSG,
					  "%s: night %d has steps that belong to no group",
					  store_path(session->store), (int)night.number);
		in_vain_unix_us = end_unix_us;
	}
	return rc;
}

static int judge_once(struct store *store, const struct judge_options *options, int64_t now_unix_us,
		      struct counting *counting, struct jo_err *err)
{
	struct session session;
	int64_t new_history_n = 0;
	int rc = session_init(&session, store, options, NULL, err);

	session.want_store = true;
	session.now_unix_us = now_unix_us;
	session.sink = count_result;
	session.sink_context = counting;
	session.selection.want_unjudged = true;
	if (rc == 0)
		rc = judge_settle(store, options, now_unix_us, &new_history_n, err);
	if (rc == 0)
		rc = count_unjudged(&session, err);
	if (rc == 0)
		rc = judge_nights(&session, counting, err);
	counting->summary.new_history_count += new_history_n;
	counting->summary.new_drift_count += session.new_drift_n;
	session_release(&session);
	return rc;
}

int judge_pending(struct store *store, const struct judge_options *options, int64_t now_unix_us,
		  judge_sink *sink, void *sink_context, struct judge_summary *ret_summary,
		  struct jo_err *err)
{
	struct counting counting = {.sink = sink, .sink_context = sink_context};
	int rc;

	/* What is stored stays; each time it takes another command that changes the groups. */
	while ((rc = judge_once(store, options, now_unix_us, &counting, err)) == -ESTALE)
		counting.summary.anew_count++;
	if (rc == 0)
		*ret_summary = counting.summary;
	return rc;
}
