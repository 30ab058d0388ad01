/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asks slow nodes and drifts what is due, and enters it. */
#include "finding/machine_news.h"

int machine_news_find(struct store *store, const struct finding_rules *rules,
		      struct tonight_now *now, int64_t now_unix_us, struct machine_news *ret_news,
		      struct jo_err *err)
{
	struct machine_news news = {NULL, NULL};
	int rc = slow_nodes_due(&now->nodes, store, now->ledger, now_unix_us,
				now_unix_us - rules->max_age_us, &news.nodes, err);

	if (rc < 0)
		return rc;
	news.drifts = g_array_new(FALSE, FALSE, sizeof(struct machine_drift));
	for (guint i = 0; i < now->drifts.list->len; i++) {
		const struct machine_drift drift = {drift_account_get(&now->drifts, i),
						    now->tonight.news.held_counts[i]};

		if (drift_news_is_due(drift.finding, now->ledger))
			g_array_append_val(news.drifts, drift);
	}
	*ret_news = news;
	return 0;
}

static int record_drift(struct store *store, const struct store_drift *drift, int64_t now_unix_us,
			struct jo_err *err)
{
	const struct store_finding entry = ledger_entry_of_drift(drift, "", now_unix_us);
	int64_t id;

	return store_finding_add(store, &entry, &id, err);
}

int machine_news_record(struct store *store, const struct machine_news *news, int64_t now_unix_us,
			struct jo_err *err)
{
	int64_t id;
	int rc = 0;

	for (guint i = 0; i < news->nodes->len && rc >= 0; i++) {
		const struct slow_node *node = g_ptr_array_index(news->nodes, i);
		const struct store_finding entry =
			ledger_entry_of_node(node->name, node->night_from_unix_us, now_unix_us);

		rc = store_finding_add(store, &entry, &id, err);
	}
	for (guint i = 0; i < news->drifts->len && rc >= 0; i++) {
		const struct machine_drift *told =
			&g_array_index(news->drifts, struct machine_drift, i);

		rc = record_drift(store, &told->finding->drift, now_unix_us, err);
		/* Told with it, and not by itself once one of the two is over. */
		if (rc >= 0 && told->finding->cpu != NULL)
			rc = record_drift(store, &told->finding->cpu->drift, now_unix_us, err);
	}
	return rc < 0 ? rc : 0;
}

void machine_news_release(struct machine_news *news)
{
	if (news->nodes != NULL)
		g_ptr_array_unref(news->nodes);
	if (news->drifts != NULL)
		(void)g_array_free(news->drifts, TRUE);
	*news = (struct machine_news){NULL, NULL};
}
