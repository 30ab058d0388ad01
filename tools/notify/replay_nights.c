/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs through the nights with a ledger in memory, and asks for each what it would have told. */
#include "notify/replay_nights.h"

#include <stdlib.h>
#include <string.h>

#include "finding/findings.h"
#include "finding/tonight.h"
#include "notify/digest.h"
#include "step/night.h"
#include "util/alloc.h"

struct run {
	struct store *store;
	const struct notify_replay_options *options;
	const struct finding_items *items;
	bool *is_held; /* of each item */
	struct slow_nodes nodes;
	struct ledger *ledger;
	struct notify_replay replay;
};

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

static void note_items(struct run *run, size_t night, const struct finding_item *items,
		       size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct store_finding entry =
			ledger_entry_of_item(&items[i], run->options->times[night]);

		ledger_note(run->ledger, &entry);
	}
}

static void tell_items(struct run *run, size_t night, const struct notify_mail *mail)
{
	struct findings findings;

	findings_collapse(mail->items, mail->item_count, &findings);
	for (size_t i = 0; i < findings.count; i++) {
		const struct finding_item *worst = findings.list[i].items[0];
		size_t place = finding_items_index(run->items, worst);

		report_told(run,
			    &(struct notify_told){night, run->items->list[place].user,
						  worst->group_id, findings.list[i].item_count});
	}
	findings_release(&findings);
	note_items(run, night, mail->items, mail->item_count);
}

static void tell_drift(struct run *run, size_t night, const struct drift_news *news)
{
	const struct store_drift *drift = &news->finding->drift;
	const struct store_finding entry =
		ledger_entry_of_drift(drift, news->share->user, run->options->times[night]);

	ledger_note(run->ledger, &entry);
	if (news->finding->cpu != NULL) {
		const struct store_finding of_cpu = ledger_entry_of_drift(
			&news->finding->cpu->drift, news->share->user, run->options->times[night]);

		ledger_note(run->ledger, &of_cpu);
	}
	report_told(run, &(struct notify_told){night, news->share->user, drift->group_id,
					       news->held.count});
	note_items(run, night, news->held.list, news->held.count);
}

/* Tell one user, unless there is no address. */
static void tell(struct run *run, size_t night, struct notify_mail *mail)
{
	struct notify_unaddressed who;

	notify_digest_address(run->options->settings, mail);
	if (mail->recipient.problem.code == 0) {
		for (size_t i = 0; i < mail->drift_count; i++)
			tell_drift(run, night, &mail->drifts[i]);
		tell_items(run, night, mail);
		return;
	}
	if (night < run->options->first ||
	    is_known_unaddressed(run->replay.unaddressed, mail->user))
		return;
	who.user = mail->item_count > 0
			   ? run->items->list[finding_items_index(run->items, mail->items)].user
			   : mail->drifts[0].share->user;
	who.problem = xstrdup(mail->recipient.problem.text);
	g_array_append_val(run->replay.unaddressed, who);
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

/* Items that are told after all were held for some nights only. */
static void note_held(struct run *run, size_t night, const GArray *held)
{
	for (guint i = 0; i < held->len && night >= run->options->first; i++)
		run->is_held[g_array_index(held, size_t, i)] = true;
}

static int run_night(struct run *run, size_t night, struct jo_err *err)
{
	const struct notify_replay_options *options = run->options;
	GArray *drifts = drifts_at(run, options->times[night]);
	const struct tonight_question question = {
		.now_unix_us = options->times[night],
		.known_until_unix_us = options->times[night],
		.rules = &options->settings->rules,
		.wishes = options->wishes,
		.ledger = run->ledger,
		.candidates = run->items,
		.drifts = drifts,
		.nodes = &run->nodes,
	};
	struct tonight tonight;
	int rc = tonight_decide(run->store, &question, &tonight, err);

	if (rc == 0) {
		struct notify_digests digests = {&tonight.items, &tonight.news, 0, 0};
		struct notify_mail mail;

		note_held(run, night, tonight.held);
		while (notify_digest_next(&digests, &mail))
			tell(run, night, &mail);
		tonight_release(&tonight);
	}
	(void)g_array_free(drifts, TRUE);
	return rc;
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
		run->replay.held_count +=
			run->is_held[i] &&
			!ledger_has_item(run->ledger, &run->items->list[i], INT64_MIN);
}

int notify_replay_run(struct store *store, const struct notify_replay_options *options,
		      const struct finding_items *items, struct notify_replay *ret_replay,
		      struct jo_err *err)
{
	struct run run = {
		.store = store,
		.options = options,
		.items = items,
		.is_held = xcalloc(items->count + 1, sizeof(bool)),
		.ledger = ledger_new(),
		.replay = {.told = g_array_new(FALSE, FALSE, sizeof(struct notify_told)),
			   .unaddressed =
				   g_array_new(FALSE, FALSE, sizeof(struct notify_unaddressed))},
	};
	int rc = read_drifts(&run, err);

	slow_nodes_init(&run.nodes);
	for (size_t night = 0; night < options->count && rc == 0; night++) {
		rc = run_night(&run, night, err);
		if (options->progress != NULL)
			options->progress(options->progress_context, night + 1);
	}
	count_held(&run);
	slow_nodes_release(&run.nodes);
	ledger_free(run.ledger);
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
