/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Chooses among the candidates: by calendar and ledger, then by slow nodes, then by drifts. */
#include "finding/tonight.h"

#include "step/night.h"

static bool is_for_tonight(const struct tonight_question *question, const struct mail_day *day,
			   const struct finding_item *item)
{
	return item->end_unix_us < question->known_until_unix_us &&
	       mail_day_tells(day, wishes_are_weekly(question->wishes, item->user),
			      item->end_unix_us) &&
	       !ledger_has_item(question->ledger, item, day->weekly_from_unix_us);
}

static int choose(struct store *store, const struct tonight_question *question,
		  struct tonight *tonight, struct jo_err *err)
{
	struct mail_day day;

	finding_rules_look(question->rules, question->now_unix_us, &day);
	for (size_t i = 0; i < question->candidates->count; i++) {
		const struct finding_item *item = &question->candidates->list[i];
		struct slow_node *node;
		int rc;

		if (!is_for_tonight(question, &day, item))
			continue;
		rc = slow_nodes_explain(question->nodes, store, item, question->known_until_unix_us,
					&node, err);
		if (rc < 0)
			return rc;
		if (node == NULL) {
			finding_items_copy(&tonight->items, item);
		} else {
			node->held_count++;
			g_array_append_val(tonight->held, i);
		}
	}
	return 0;
}

int tonight_decide(struct store *store, const struct tonight_question *question,
		   struct tonight *ret_tonight, struct jo_err *err)
{
	const struct drift_news_question about_drifts = {
		.rules = question->rules,
		.wishes = question->wishes,
		.ledger = question->ledger,
		.drifts = question->drifts,
		.now_unix_us = question->now_unix_us,
	};
	struct tonight tonight = {.held = g_array_new(FALSE, FALSE, sizeof(size_t))};
	int rc = choose(store, question, &tonight, err);

	if (rc < 0) {
		tonight_release(&tonight);
		return rc;
	}
	drift_news_find(&about_drifts, &tonight.items, &tonight.news);
	*ret_tonight = tonight;
	return 0;
}

void tonight_release(struct tonight *tonight)
{
	drift_news_release(&tonight->news);
	finding_items_release(&tonight->items);
	if (tonight->held != NULL)
		(void)g_array_free(tonight->held, TRUE);
	tonight->held = NULL;
}

/* The drifts that hold, and were seen since a mail that goes out now could tell of something. */
static int read_drifts(struct store *store, const struct mail_day *day,
		       struct drift_account *ret_drifts, struct jo_err *err)
{
	struct store_drift_selection selection;

	store_drift_selection_init(&selection);
	selection.want_open = true;
	selection.seen_from_night = night_day(day->weekly_from_unix_us);
	return drift_account_read(store, &selection, ret_drifts, err);
}

int tonight_now_read(struct store *store, const struct finding_rules *rules,
		     enum store_channel channel, int64_t now_unix_us, struct tonight_now *ret_now,
		     struct jo_err *err)
{
	struct tonight_now now = {.ledger = NULL};
	struct finding_items candidates = {0};
	struct wishes wishes = {0};
	struct mail_day day;
	int rc;

	finding_rules_look(rules, now_unix_us, &day);
	slow_nodes_init(&now.nodes);
	rc = wishes_read(store, &wishes, err);
	if (rc == 0)
		rc = ledger_read(store, channel, &now.ledger, err);
	if (channel != STORE_CHANNEL_MAIL)
		strlist_release(&wishes.weekly);
	if (rc == 0)
		rc = candidates_read(store, rules, &wishes, day.weekly_from_unix_us, JO_MISSING,
				     &candidates, &now.held, err);
	if (rc == 0)
		rc = read_drifts(store, &day, &now.drifts, err);
	if (rc == 0) {
		const struct tonight_question question = {
			.now_unix_us = now_unix_us,
			.known_until_unix_us = INT64_MAX,
			.rules = rules,
			.wishes = &wishes,
			.ledger = now.ledger,
			.candidates = &candidates,
			.drifts = now.drifts.list,
			.nodes = &now.nodes,
		};

		finding_items_sort(&candidates);
		rc = tonight_decide(store, &question, &now.tonight, err);
	}
	finding_items_release(&candidates);
	wishes_release(&wishes);
	if (rc < 0)
		tonight_now_release(&now);
	else
		*ret_now = now;
	return rc;
}

void tonight_now_release(struct tonight_now *now)
{
	tonight_release(&now->tonight);
	slow_nodes_release(&now->nodes);
	drift_account_release(&now->drifts);
	ledger_free(now->ledger);
	*now = (struct tonight_now){.ledger = NULL};
}
