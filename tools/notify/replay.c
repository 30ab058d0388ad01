/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs through the nights: who is told what, and what a slow node explains. */
#include "notify/replay.h"

#include <stdlib.h>
#include <string.h>

#include "judge/night.h"
#include "notify/collapse.h"
#include "notify/nodes.h"
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

	if (item->metric != STORE_WALL)
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

/* Tell one user of copies of items, unless there is no address; returns whether it was done. */
static bool tell(struct run *run, size_t night, const struct notify_item *items, size_t count)
{
	struct notify_mail mail = {.user = items[0].user, .items = items, .item_count = count};
	struct notify_findings findings;

	notify_find_recipient(run->options->settings, &mail);
	if (mail.problem.code != 0) {
		struct notify_unaddressed who = {mail.user, xstrdup(mail.problem.text)};

		if (night >= run->options->first &&
		    !is_known_unaddressed(run->replay.unaddressed, mail.user))
			g_array_append_val(run->replay.unaddressed, who);
		else
			free(who.problem);
		return false;
	}
	if (night < run->options->first)
		return true;
	notify_collapse(items, count, &findings);
	for (size_t i = 0; i < findings.count; i++) {
		const struct notify_item *worst = findings.list[i].items[0];
		struct notify_told told = {night, worst->user, worst->group_id, worst->metric,
					   findings.list[i].item_count};

		g_array_append_val(run->replay.told, told);
	}
	notify_findings_release(&findings);
	return true;
}

/* One user's part of the items, from first to before end. */
static int run_user(struct run *run, size_t night, const struct notify_tonight *tonight,
		    size_t first, size_t end, struct jo_err *err)
{
	int64_t time_unix_us = run->options->times[night];
	struct notify_item *chosen = xcalloc(end - first, sizeof(*chosen)); /* own nothing */
	size_t *places = xcalloc(end - first, sizeof(*places));
	size_t count = 0;
	int rc = 0;

	for (size_t i = first; i < end && rc >= 0; i++) {
		const struct notify_item *item = &run->items->list[i];

		if (run->is_told[i] || item->end_unix_us >= time_unix_us ||
		    !notify_is_for_tonight(tonight, run->options->wishes, item))
			continue;
		rc = is_explained(run, item, time_unix_us, err);
		if (rc == 0) {
			places[count] = i;
			chosen[count++] = *item;
		} else if (rc > 0 && night >= run->options->first) {
			run->is_held[i] = true;
		}
	}
	if (rc >= 0 && count > 0 && tell(run, night, chosen, count))
		for (size_t i = 0; i < count; i++)
			run->is_told[places[i]] = true;
	free(chosen);
	free(places);
	return rc < 0 ? rc : 0;
}

static int run_night(struct run *run, size_t night, struct jo_err *err)
{
	static const struct notify_days every_day = {0};
	const struct notify_settings *settings = run->options->settings;
	const struct notify_item *list = run->items->list;
	struct notify_tonight tonight;
	int rc = 0;

	notify_days_look(settings->days != NULL ? settings->days : &every_day, settings->max_age_us,
			 run->options->times[night], &tonight);
	for (size_t i = 0, end; i < run->items->count && rc == 0; i = end) {
		for (end = i + 1;
		     end < run->items->count && strcmp(list[end].user, list[i].user) == 0; end++)
			;
		rc = run_user(run, night, &tonight, i, end, err);
	}
	return rc;
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
		.replay = {.told = g_array_new(FALSE, FALSE, sizeof(struct notify_told)),
			   .unaddressed =
				   g_array_new(FALSE, FALSE, sizeof(struct notify_unaddressed))},
	};
	int rc = 0;

	for (size_t night = 0; night < options->count && rc == 0; night++) {
		rc = run_night(&run, night, err);
		if (options->progress != NULL)
			options->progress(options->progress_context, night + 1);
	}
	count_held(&run);
	for (guint i = 0; i < run.looked->len; i++)
		notify_nodes_release(&g_array_index(run.looked, struct looked, i).nodes);
	(void)g_array_free(run.looked, TRUE);
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
}
