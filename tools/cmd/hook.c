/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hook: hand findings to the site's own program, each once; of nights, or of what runs. */
#include "cmd/hook_json.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/judge_options.h"
#include "cmd/mail_settings.h"
#include "finding/machine_news.h"
#include "joboutliers/units.h"
#include "judge/night_verdicts.h"
#include "notify/hook_program.h"
#include "util/alloc.h"
#include "util/log.h"
#include "util/words.h"

struct hook_args {
	bool is_dry_run, want_running;
};

enum { OPTION_RUNNING = 0x100 };

static const struct argp_option options[] = {
	{"running", OPTION_RUNNING, NULL, 0,
	 "of the steps that run and take too long already, as check --running has them", 0},
	{"dry-run", 'd', NULL, 0, "print what it would be given; run and record nothing", 0},
	{0},
};

static error_t option(int key, char *text, struct argp_state *state)
{
	struct hook_args *args = state->input;

	(void)text;
	switch (key) {
	case 'd':
		args->is_dry_run = true;
		return 0;
	case OPTION_RUNNING:
		args->want_running = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

struct hook_work {
	struct cmd_env *env;
	struct store *store;
	struct store_lock *lock;
	struct finding_rules rules;
	enum store_channel channel;
	bool is_dry_run;
	int failures; /* in a row */
	struct store_outlet outlet;
};

/* Returns 1 when the program has it, and 0 when it has not. */
static int hand(struct hook_work *work, const json_t *finding, struct jo_err *err)
{
	const struct conf *conf = work->env->conf;
	int64_t timeout_s = conf->hook_timeout_us / JO_US_PER_S;
	struct jo_err trouble = {0};
	int rc;

	if (work->is_dry_run) {
		(void)json_dumpf(finding, stdout, JSON_COMPACT);
		(void)putchar('\n');
		return 0;
	}
	if (work->failures == HOOK_FAILURES_MAX) {
		work->outlet.waiting_count++;
		return 0;
	}
	rc = store_lock_check(work->lock, err);
	if (rc < 0)
		return rc;
	if (hook_program_run(conf->hook,
			     timeout_s < 1       ? 1
			     : timeout_s > 86400 ? 86400
						 : (int)timeout_s,
			     finding, &trouble) == 0) {
		work->failures = 0;
		work->outlet.done_count++;
		return 1;
	}
	work->failures++;
	work->outlet.waiting_count++;
	work->outlet.trouble = trouble;
	log_line("%s", trouble.text);
	return 0;
}

static int record(struct hook_work *work, struct store_finding entry, struct jo_err *err)
{
	int64_t id;
	int rc;

	entry.channel = work->channel;
	rc = store_finding_add(work->store, &entry, &id, err);
	return rc < 0 ? rc : 0;
}

static int record_items(struct hook_work *work, const struct finding_item *const *items,
			size_t count, struct jo_err *err)
{
	int rc = store_begin(work->store, err);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < count && rc == 0; i++)
		rc = record(work, ledger_entry_of_item(items[i], work->env->now_unix_us), err);
	if (rc == 0)
		rc = store_commit(work->store, err);
	if (rc < 0)
		store_rollback(work->store);
	return rc;
}

/* The step with its verdicts; a verdict that is not the store's takes the place of its metric's. */
static int hand_steps(struct hook_work *work, const struct finding *finding,
		      const struct step_verdict *verdict, struct jo_err *err)
{
	struct store_judged *judged = NULL;
	struct store_selection selection;
	struct judged_step row;
	json_t *object;
	int rc;

	store_selection_init(&selection);
	selection.id = finding->items[0]->step_id;
	rc = store_judged_open(work->store, &selection, NULL, &judged, err);
	if (rc == 0)
		rc = store_judged_next(judged, &row, err);
	if (rc > 0 && verdict != NULL) {
		row.has_verdict[verdict->metric] = true;
		row.verdicts[verdict->metric] = *verdict;
	}
	if (rc > 0)
		rc = hook_json_steps(work->store, finding, &row, verdict != NULL, &object, err);
	else if (rc == 0)
		rc = 1; /* pruned meanwhile */
	store_judged_close(judged);
	if (rc != 0)
		return rc < 0 ? rc : 0;
	rc = hand(work, object, err);
	json_decref(object);
	return rc > 0 ? record_items(work, finding->items, finding->item_count, err) : rc;
}

/* ---- nights ---- */

/* What is told by another finding needs no telling, now or later. */
static int record_rest(struct hook_work *work, const struct finding_item *items, size_t count,
		       const struct findings *findings, struct jo_err *err)
{
	const struct finding_item **rest = xcalloc(count, sizeof(struct finding_item *));
	size_t rest_count = 0;
	int rc;

	for (size_t i = 0; i < count; i++) {
		bool is_told = false;

		for (size_t f = 0; f < findings->count; f++)
			for (size_t k = 0; k < findings->list[f].item_count; k++)
				is_told = is_told || findings->list[f].items[k] == &items[i];
		if (!is_told)
			rest[rest_count++] = &items[i];
	}
	rc = rest_count == 0 ? 0 : record_items(work, rest, rest_count, err);
	free(rest);
	return rc;
}

static int hand_user(struct hook_work *work, const struct finding_item *items, size_t count,
		     struct jo_err *err)
{
	struct findings findings;
	int rc = 0;

	findings_collapse(items, count, &findings);
	if (!work->is_dry_run)
		rc = record_rest(work, items, count, &findings, err);
	for (size_t i = 0; i < findings.count && rc == 0; i++)
		rc = hand_steps(work, &findings.list[i], NULL, err);
	findings_release(&findings);
	return rc;
}

static int hand_items(struct hook_work *work, const struct finding_items *items, struct jo_err *err)
{
	int rc = 0;

	for (size_t i = 0, end; i < items->count && rc == 0; i = end) {
		for (end = i + 1;
		     end < items->count && strcmp(items->list[end].user, items->list[i].user) == 0;
		     end++)
			;
		rc = hand_user(work, &items->list[i], end - i, err);
	}
	return rc;
}

/* With the drift of the CPU time, and the steps, that are told with it. */
static int hand_drift(struct hook_work *work, const struct drift_finding *finding, const char *user,
		      const struct finding_items *held, struct jo_err *err)
{
	int64_t now_unix_us = work->env->now_unix_us;
	json_t *object = hook_json_drift(finding, user);
	int rc = hand(work, object, err);

	json_decref(object);
	if (rc <= 0)
		return rc;
	rc = record(work, ledger_entry_of_drift(&finding->drift, user, now_unix_us), err);
	if (rc == 0 && finding->cpu != NULL)
		rc = record(work, ledger_entry_of_drift(&finding->cpu->drift, user, now_unix_us),
			    err);
	for (size_t i = 0; held != NULL && i < held->count && rc == 0; i++)
		rc = record(work, ledger_entry_of_item(&held->list[i], now_unix_us), err);
	return rc;
}

static int hand_machine(struct hook_work *work, struct tonight_now *now, struct jo_err *err)
{
	int64_t now_unix_us = work->env->now_unix_us;
	struct machine_news news;
	int rc = machine_news_find(work->store, &work->rules, now, now_unix_us, &news, err);

	if (rc < 0)
		return rc;
	for (guint i = 0; i < news.nodes->len && rc == 0; i++) {
		const struct slow_node *node = g_ptr_array_index(news.nodes, i);
		json_t *object = hook_json_node(node);

		rc = hand(work, object, err);
		if (rc > 0)
			rc = record(work,
				    ledger_entry_of_node(node->name, node->night_from_unix_us,
							 now_unix_us),
				    err);
		json_decref(object);
	}
	for (guint i = 0; i < news.drifts->len && rc == 0; i++)
		rc = hand_drift(work, g_array_index(news.drifts, struct machine_drift, i).finding,
				"", NULL, err);
	machine_news_release(&news);
	return rc;
}

static int hand_nights(struct hook_work *work, struct jo_err *err)
{
	struct tonight_now now;
	int rc = tonight_now_read(work->store, &work->rules, work->channel, work->env->now_unix_us,
				  &now, err);

	if (rc < 0)
		return rc;
	rc = hand_items(work, &now.tonight.items, err);
	for (size_t i = 0; i < now.tonight.news.count && rc == 0; i++) {
		const struct drift_news *news = &now.tonight.news.list[i];

		rc = hand_drift(work, news->finding, news->share->user, &news->held, err);
	}
	if (rc == 0)
		rc = hand_machine(work, &now, err);
	tonight_now_release(&now);
	return rc;
}

/* ---- what runs ---- */

struct running_results {
	struct judge_result *list;
	size_t count, capacity;
};

static int keep_high(void *context, const struct judge_result *result, struct jo_err *err)
{
	struct running_results *results = context;

	(void)err;
	if (result->verdicts[METRIC_WALL].verdict != VERDICT_HIGH)
		return 0;
	results->list =
		xgrow(results->list, results->count, &results->capacity, sizeof(*results->list));
	results->list[results->count] = *result;
	/* It does not outlive this call. */
	results->list[results->count++].verdicts[METRIC_WALL].provenance = NULL;
	return 0;
}

/* Those that would be told if they ended now, and were not told yet. */
static int hand_running_step(struct hook_work *work, const struct judge_result *result,
			     const struct judge_options *judge, const struct wishes *wishes,
			     const struct ledger *ledger, struct jo_err *err)
{
	struct finding_items items = {0};
	struct store_selection selection;
	struct store_cursor *cursor;
	struct step_verdict verdict;
	struct step step;
	int rc;

	night_verdicts_to_store(result, METRIC_WALL, &judge->params, &verdict);
	store_selection_init(&selection);
	selection.id = result->id;
	rc = store_steps_open(work->store, &selection, &cursor, err);
	if (rc < 0)
		return rc;
	rc = store_steps_next(cursor, &step, err);
	if (rc > 0 && candidates_admit(&work->rules, wishes, &step, &verdict))
		finding_items_add(&items, &step, &verdict);
	store_cursor_close(cursor);
	if (rc >= 0 && items.count > 0 && !ledger_has_item(ledger, &items.list[0], JO_MISSING)) {
		const struct finding_item *item = &items.list[0];
		const struct finding finding = {&item, 1};

		rc = hand_steps(work, &finding, &verdict, err);
	}
	finding_items_release(&items);
	return rc < 0 ? rc : 0;
}

static int hand_running(struct hook_work *work, struct jo_err *err)
{
	struct running_results results = {0};
	struct judge_options judge;
	struct ledger *ledger = NULL;
	struct wishes wishes = {0};
	int rc;

	cmd_judge_options(work->env->conf, &judge);
	rc = judge_running(work->store, &judge, NULL, work->env->now_unix_us, keep_high, &results,
			   err);
	if (rc == 0)
		rc = wishes_read(work->store, &wishes, err);
	if (rc == 0)
		rc = ledger_read(work->store, work->channel, &ledger, err);
	for (size_t i = 0; i < results.count && rc == 0; i++)
		rc = hand_running_step(work, &results.list[i], &judge, &wishes, ledger, err);
	ledger_free(ledger);
	wishes_release(&wishes);
	free(results.list);
	return rc;
}

/* ---- */

static int hand_all(struct hook_work *work, struct jo_err *err)
{
	const struct store_outlet *outlet = &work->outlet;
	int rc = work->channel == STORE_CHANNEL_HOOK ? hand_nights(work, err)
						     : hand_running(work, err);

	if (rc < 0 || work->is_dry_run)
		return rc;
	rc = store_outlet_put(work->store, STORE_OUTLET_HOOK, outlet, err);
	if (rc < 0)
		return rc;
	cmd_summary(work->env, "%" PRId64 " finding%s handed over", outlet->done_count,
		    words_plural(outlet->done_count));
	if (outlet->waiting_count == 0)
		return CMD_DONE;
	return jo_err_set(err, -EIO, "%" PRId64 " finding%s to be tried again; %s",
			  outlet->waiting_count, words_plural(outlet->waiting_count),
			  outlet->trouble.text);
}

int cmd_hook(struct cmd_env *env, int argc, char **argv, struct jo_err *err)
{
	static const struct argp argp = {
		options,
		option,
		NULL,
		"Hand each finding that is worth a mail to the program that Hook names, once.",
		NULL,
		NULL,
		NULL,
	};
	struct hook_args args = {0};
	struct hook_work work = {.env = env};
	int rc = cmd_start(env, &argp, argc, argv, &args, err);

	if (rc != CMD_DONE)
		return rc;
	if (env->conf->hook[0] == '\0' && !args.is_dry_run) {
		cmd_summary(env, "nobody is told: Hook is not set");
		return CMD_DONE;
	}
	work.is_dry_run = args.is_dry_run;
	work.channel = args.want_running ? STORE_CHANNEL_HOOK_RUNNING : STORE_CHANNEL_HOOK;
	work.outlet.ran_unix_us = env->now_unix_us;
	work.rules = mail_settings_rules(env->conf);
	if (!work.is_dry_run)
		rc = hook_program_check(env->conf->hook, err);
	if (rc == 0)
		rc = cmd_store_open(env, work.is_dry_run ? STORE_READ : STORE_WRITE, &work.store,
				    err);
	if (rc == 0 && !work.is_dry_run)
		rc = store_lock_take(work.store, STORE_LOCK_HOOK, &work.lock, err);
	if (rc == 0)
		rc = hand_all(&work, err);
	store_lock_release(work.lock);
	store_close(work.store);
	return rc == -EBUSY ? CMD_BUSY : rc;
}
