/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs through the nights: who is told what, and what a slow node explains. */
#include "notify/replay_nights.h"

#include <stdlib.h>
#include <string.h>

#include "finding/collapse.h"
#include "finding/drifts.h"
#include "finding/slow_nodes.h"
#include "step/night.h"
#include "util/alloc.h"

/* A night as far as it had come when it was looked at. */
struct looked {
	struct night night;
	struct notify_nodes nodes;
};

struct run {
	struct store *store;
	const struct notify_replay_options *options;
	const struct notify_items *items;
	bool *is_told, *is_held; /* of each item */
	GArray *looked;          /* struct looked */
	GArray *ledger;          /* struct notify_entry: the drifts that were told */
	struct notify_replay replay;
};

/* The nodes of the item's night, as they were known at the time. */
static int nodes_at(struct run *run, int64_t end_unix_us, int64_t time_unix_us,
		    const struct notify_nodes **ret_nodes, struct jo_err *err)
{
	struct looked looked = {.night = night_of(end_unix_us)};
	int rc;

	looked.night.to_unix_us = MIN(looked.night.to_unix_us, time_unix_us);
	for (guint i = run->looked->len; i-- > 0;) {
		const struct looked *known = &g_array_index(run->looked, struct looked, i);

		if (known->night.number == looked.night.number &&
		    known->night.to_unix_us == looked.night.to_unix_us) {
			*ret_nodes = &known->nodes;
			return 0;
		}
	}
	rc = notify_nodes_look(run->store, &looked.night, &looked.nodes, err);
	if (rc < 0)
		return rc;
	g_array_append_val(run->looked, looked);
	*ret_nodes = &g_array_index(run->looked, struct looked, run->looked->len - 1).nodes;
	return 0;
}

/* Returns whether a slow node explains the item. */
static int is_explained(struct run *run, const struct notify_item *item, int64_t time_unix_us,
			struct jo_err *err)
{
	const struct notify_nodes *nodes;
	int rc;

	if (item->metric != METRIC_WALL)
		return 0;
	rc = nodes_at(run, item->end_unix_us, time_unix_us, &nodes, err);
	for (size_t i = 0; rc == 0 && i < nodes->count; i++)
		if (notify_node_explains(&nodes->list[i], item))
			return 1;
	return rc;
}

static bool is_known_unaddressed(const GArray *list, const char *user)
{
	for (guint i = 0; i < list->len; i++)
		if (strcmp(g_array_index(list, struct notify_unaddressed, i).user, user) == 0)
			return true;
	return false;
}

static void report_told(struct run *run, const struct notify_told *told)
{
	if (told->night >= run->options->first)
		g_array_append_val(run->replay.told, *told);
}

static void tell_items(struct run *run, size_t night, const struct notify_mail *mail)
{
	struct notify_findings findings;

	notify_collapse(mail->items, mail->item_count, &findings);
	for (size_t i = 0; i < findings.count; i++) {
		const struct notify_item *worst = findings.list[i].items[0];
		size_t place = notify_items_index(run->items, worst);

		report_told(run, &(struct notify_told){night, run->items->list[place].user,
						       worst->group_id, worst->metric,
						       findings.list[i].item_count});
	}
	notify_findings_release(&findings);
	for (size_t i = 0; i < mail->item_count; i++)
		run->is_told[notify_items_index(run->items, &mail->items[i])] = true;
}

static void tell_drift(struct run *run, size_t night, const struct notify_drift *told)
{
	const struct store_drift *drift = &told->finding->drift;
	const struct notify_entry entry = {STORE_FINDING_GROUP, drift->group_id,
					   drift->begin_unix_us, drift->metric,
					   xstrdup(told->share->user)};

	g_array_append_val(run->ledger, entry);
	report_told(run, &(struct notify_told){night, told->share->user, drift->group_id,
					       drift->metric, told->held.count});
	for (size_t i = 0; i < told->held.count; i++)
		run->is_told[notify_items_index(run->items, &told->held.list[i])] = true;
}

/* Tell one user, unless there is no address. */
static void tell(struct run *run, size_t night, struct notify_mail *mail)
{
	struct notify_unaddressed who;

	/* good news alone are no reason to write */
	if (mail->item_count == 0 && mail->drifts[0].is_good_news)
		return;
	notify_find_recipient(run->options->settings, mail);
	if (mail->problem.code == 0) {
		for (size_t i = 0; i < mail->drift_count; i++)
			tell_drift(run, night, &mail->drifts[i]);
		tell_items(run, night, mail);
		return;
	}
	if (night < run->options->first ||
	    is_known_unaddressed(run->replay.unaddressed, mail->user))
		return;
	who.user = mail->item_count > 0
			   ? run->items->list[notify_items_index(run->items, mail->items)].user
			   : mail->drifts[0].share->user;
	who.problem = xstrdup(mail->problem.text);
	g_array_append_val(run->replay.unaddressed, who);
}

/* What is for tonight's mail, was not told, and is not explained by a node. */
static int choose(struct run *run, size_t night, struct notify_items *chosen, struct jo_err *err)
{
	const struct notify_settings *settings = run->options->settings;
	int64_t time_unix_us = run->options->times[night];
	struct notify_tonight tonight;
	int rc = 0;

	notify_days_look(settings->days, settings->max_age_us, time_unix_us, &tonight);
	for (size_t i = 0; i < run->items->count && rc >= 0; i++) {
		const struct notify_item *item = &run->items->list[i];

		if (run->is_told[i] || item->end_unix_us >= time_unix_us ||
		    !notify_is_for_tonight(&tonight, run->options->wishes, item))
			continue;
		rc = is_explained(run, item, time_unix_us, err);
		if (rc == 0)
			notify_items_copy(chosen, item);
		else if (rc > 0 && night >= run->options->first)
			run->is_held[i] = true;
	}
	return rc < 0 ? rc : 0;
}

/*
 * The drifts that were known at the time, what they cost being what it came to
 * until today.  The list alone is the caller's to free.
 */
static GArray *drifts_at(const struct run *run, int64_t time_unix_us)
{
	GArray *list = g_array_new(FALSE, FALSE, sizeof(struct drift_finding));
	int32_t tonight = night_day(time_unix_us);

	for (guint i = 0; i < run->replay.drifts.list->len; i++) {
		const struct drift_finding *finding = drift_account_get(&run->replay.drifts, i);

		if (finding->drift.found_night < tonight &&
		    (finding->drift.until_unix_us == JO_MISSING ||
		     finding->drift.until_unix_us >= time_unix_us))
			g_array_append_val(list, *finding);
	}
	return list;
}

/* As the mail has it: the items that are left and the drifts, by user. */
static void tell_all(struct run *run, size_t night, const struct notify_items *items,
		     const struct notify_drifts *drifts)
{
	size_t item = 0, drift = 0;

	while (item < items->count || drift < drifts->count) {
		const char *user = item < items->count ? items->list[item].user
						       : drifts->list[drift].share->user;
		struct notify_mail mail = {.items = &items->list[item]};

		if (drift < drifts->count && strcmp(drifts->list[drift].share->user, user) < 0)
			user = drifts->list[drift].share->user;
		mail.user = user;
		for (; item < items->count && strcmp(items->list[item].user, user) == 0; item++)
			mail.item_count++;
		mail.drift_count = notify_drifts_of(drifts, user, &mail.drifts);
		drift += mail.drift_count;
		tell(run, night, &mail);
	}
}

static int run_night(struct run *run, size_t night, struct jo_err *err)
{
	const struct notify_replay_options *options = run->options;
	const struct notify_drift_night drift_night = {options->settings, options->wishes,
						       options->times[night], run->ledger};
	struct notify_drifts drifts = {.count = 0};
	struct notify_items chosen = {0};
	int rc = choose(run, night, &chosen, err);

	if (rc == 0) {
		drifts.drifts.list = drifts_at(run, options->times[night]);
		notify_drifts_look(&drift_night, &chosen, &drifts);
		tell_all(run, night, &chosen, &drifts);
		(void)g_array_free(drifts.drifts.list, TRUE);
		notify_drifts_drop(&drifts);
	}
	notify_items_release(&chosen);
	return rc;
}

static void free_entry(gpointer entry)
{
	free(((struct notify_entry *)entry)->owner);
}

static int read_drifts(struct run *run, struct jo_err *err)
{
	struct store_drift_selection selection;

	store_drift_selection_init(&selection);
	selection.seen_from_night = night_day(run->options->times[0]);
	return drift_account_read(run->store, &selection, &run->replay.drifts, err);
}

static void count_held(struct run *run)
{
	for (size_t i = 0; i < run->items->count; i++)
		run->replay.held_count += run->is_held[i] && !run->is_told[i];
}

int notify_replay_run(struct store *store, const struct notify_replay_options *options,
		      const struct notify_items *items, struct notify_replay *ret_replay,
		      struct jo_err *err)
{
	struct run run = {
		.store = store,
		.options = options,
		.items = items,
		.is_told = xcalloc(items->count + 1, sizeof(bool)),
		.is_held = xcalloc(items->count + 1, sizeof(bool)),
		.looked = g_array_new(FALSE, FALSE, sizeof(struct looked)),
		.ledger = g_array_new(FALSE, FALSE, sizeof(struct notify_entry)),
		.replay = {.told = g_array_new(FALSE, FALSE, sizeof(struct notify_told)),
			   .unaddressed =
				   g_array_new(FALSE, FALSE, sizeof(struct notify_unaddressed))},
	};
	int rc = read_drifts(&run, err);

	g_array_set_clear_func(run.ledger, free_entry);
	for (size_t night = 0; night < options->count && rc == 0; night++) {
		rc = run_night(&run, night, err);
		if (options->progress != NULL)
			options->progress(options->progress_context, night + 1);
	}
	count_held(&run);
	for (guint i = 0; i < run.looked->len; i++)
		notify_nodes_release(&g_array_index(run.looked, struct looked, i).nodes);
	(void)g_array_free(run.looked, TRUE);
	(void)g_array_free(run.ledger, TRUE);
	free(run.is_told);
	free(run.is_held);
	if (rc < 0)
		notify_replay_release(&run.replay);
	else
		*ret_replay = run.replay;
	return rc;
}

void notify_replay_release(struct notify_replay *replay)
{
	if (replay->told == NULL)
		return;
	for (guint i = 0; i < replay->unaddressed->len; i++)
		free(g_array_index(replay->unaddressed, struct notify_unaddressed, i).problem);
	(void)g_array_free(replay->unaddressed, TRUE);
	(void)g_array_free(replay->told, TRUE);
	drift_account_release(&replay->drifts);
}
