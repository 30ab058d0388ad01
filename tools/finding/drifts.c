/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Holds drifts against the ledger, the floors and the wishes, and items against drifts. */
#include "finding/drifts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "joboutliers/units.h"
#include "step/night.h"
#include "util/alloc.h"
#include "util/when.h"

/* What began longer ago, and was not found lately either, is how things are. */
#define NEWS_US (30 * JO_US_PER_DAY)

struct reading {
	const struct notify_settings *settings;
	const struct notify_wishes *wishes;
	struct notify_tonight tonight;
	int64_t now_unix_us;
	const GArray *ledger; /* struct notify_entry */
	struct notify_items *items;
	struct notify_drifts *drifts;
};

static void free_entry(gpointer entry)
{
	free(((struct notify_entry *)entry)->owner);
}

static int read_ledger(struct store *store, GArray *ledger, struct jo_err *err)
{
	const struct store_finding_selection selection = {.message_id = JO_MISSING};
	struct store_cursor *cursor;
	struct store_finding finding;
	int rc = store_findings_open(store, &selection, &cursor, err);

	if (rc < 0)
		return rc;
	while ((rc = store_findings_next(cursor, &finding, err)) > 0) {
		struct notify_entry entry = {finding.kind, finding.group_id, finding.since_unix_us,
					     finding.metric, NULL};

		if (finding.kind == STORE_FINDING_NODE)
			continue;
		entry.owner = xstrdup(finding.owner);
		g_array_append_val(ledger, entry);
	}
	store_cursor_close(cursor);
	return rc;
}

/* How many entries there are of the drift's group, metric and this owner in the stretch. */
static size_t count_entries(const struct reading *reading, const struct store_drift *drift,
			    const char *owner, enum store_finding_kind kind, int64_t from_unix_us,
			    int64_t to_unix_us)
{
	size_t count = 0;

	for (guint i = 0; i < reading->ledger->len; i++) {
		const struct notify_entry *entry =
			&g_array_index(reading->ledger, struct notify_entry, i);

		count += entry->kind == kind && entry->group_id == drift->group_id &&
			 entry->metric == drift->metric && entry->since_unix_us >= from_unix_us &&
			 entry->since_unix_us < to_unix_us && strcmp(entry->owner, owner) == 0;
	}
	return count;
}

static bool is_told(const struct reading *reading, const struct store_drift *drift,
		    const char *owner)
{
	return count_entries(reading, drift, owner, STORE_FINDING_GROUP, drift->begin_unix_us,
			     drift->begin_unix_us + 1) > 0;
}

static bool is_news(const struct reading *reading, const struct store_drift *drift)
{
	return drift->since_unix_us >= reading->now_unix_us - NEWS_US ||
	       drift->found_night >=
		       night_day(reading->now_unix_us - reading->settings->max_age_us);
}

static bool is_wanted(const struct reading *reading, const struct drift_share *share)
{
	return !share->is_expected &&
	       !notify_is_excluded(&reading->settings->excluded, &share->newest) &&
	       !notify_is_unwanted(reading->wishes, &share->newest);
}

static bool is_worth_a_mail(const struct notify_settings *settings,
			    const struct drift_finding *finding, const struct drift_share *share)
{
	if (finding->drift.log_ratio < log(settings->min_drift))
		return false;
	if (finding->drift.metric == METRIC_MEMORY)
		return share->excess >= (double)settings->min_memory_bytes;
	return share->excess >= (double)settings->min_time_us &&
	       (share->core_hours == 0 || share->core_hours >= settings->min_core_hours);
}

/* As notify_is_for_tonight, by the newest of the user's jobs. */
static bool is_for_tonight(const struct reading *reading, const struct drift_share *share)
{
	const struct notify_tonight *tonight = &reading->tonight;

	if (!tonight->is_mail_day)
		return false;
	if (notify_is_weekly(reading->wishes, share->user))
		return tonight->is_weekly_day &&
		       share->newest.end_unix_us >= tonight->weekly_from_unix_us;
	return share->newest.end_unix_us >= tonight->from_unix_us;
}

/* It was judged by the level before, and is normal by the new one. */
static bool explains(const struct store_drift *drift, const char *user,
		     const struct notify_item *item)
{
	return item->group_id == drift->group_id && item->metric == drift->metric &&
	       item->end_unix_us >= drift->since_end_unix_us &&
	       night_day(item->end_unix_us) <= drift->found_night &&
	       item->value / exp(drift->log_ratio) <= item->high && strcmp(item->user, user) == 0;
}

/* Move what the drift explains from the items to *held; NULL: drop it.  Returns how many. */
static size_t hold(struct notify_items *items, const struct store_drift *drift, const char *user,
		   struct notify_items *held)
{
	size_t kept = 0, count = 0;

	for (size_t i = 0; i < items->count; i++) {
		if (!explains(drift, user, &items->list[i])) {
			items->list[kept++] = items->list[i];
			continue;
		}
		count++;
		if (held == NULL) {
			notify_item_release(&items->list[i]);
			continue;
		}
		held->list = xreallocarray(held->list, held->count + 1, sizeof(*held->list));
		held->list[held->count++] = items->list[i];
	}
	items->count = kept;
	return count;
}

static void add(struct notify_drifts *drifts, const struct notify_drift *drift)
{
	drifts->list = xreallocarray(drifts->list, drifts->count + 1, sizeof(*drifts->list));
	drifts->list[drifts->count++] = *drift;
}

static void look_at_share(struct reading *reading, const struct drift_finding *finding, guint index,
			  const struct drift_share *share)
{
	const struct store_drift *drift = &finding->drift;
	struct notify_drift told = {.finding = finding, .share = share};

	if (drift->log_ratio <= 0) {
		told.is_good_news = true;
		if (drift->is_back && !is_told(reading, drift, share->user) &&
		    is_news(reading, drift) && is_wanted(reading, share) &&
		    count_entries(reading, drift, share->user, STORE_FINDING_GROUP, INT64_MIN,
				  drift->begin_unix_us) > 0)
			add(reading->drifts, &told);
		return;
	}
	if (finding->is_of_nodes)
		reading->drifts->held_counts[index] +=
			hold(reading->items, drift, share->user, NULL);
	else if (is_told(reading, drift, share->user))
		(void)hold(reading->items, drift, share->user, NULL);
	else if (is_worth_a_mail(reading->settings, finding, share) && is_news(reading, drift) &&
		 is_wanted(reading, share) && is_for_tonight(reading, share)) {
		(void)hold(reading->items, drift, share->user, &told.held);
		told.told_count = count_entries(reading, drift, share->user, STORE_FINDING_STEP,
						drift->since_end_unix_us, INT64_MAX);
		add(reading->drifts, &told);
	}
}

static int compare_told(const void *left, const void *right)
{
	const struct notify_drift *a = left, *b = right;
	int order = strcmp(a->share->user, b->share->user);

	if (order != 0)
		return order;
	if (a->is_good_news != b->is_good_news)
		return a->is_good_news - b->is_good_news;
	if (a->share->core_hours != b->share->core_hours)
		return a->share->core_hours > b->share->core_hours ? -1 : 1;
	if (a->finding->drift.group_id != b->finding->drift.group_id)
		return a->finding->drift.group_id < b->finding->drift.group_id ? -1 : 1;
	return (int)a->finding->drift.metric - (int)b->finding->drift.metric;
}

void notify_drifts_look(const struct notify_drift_night *night, struct notify_items *items,
			struct notify_drifts *drifts)
{
	static const struct notify_days every_day = {0};
	const struct notify_settings *settings = night->settings;
	struct reading reading = {
		.settings = settings,
		.wishes = night->wishes,
		.now_unix_us = night->now_unix_us,
		.ledger = night->ledger,
		.items = items,
		.drifts = drifts,
	};

	notify_days_look(settings->days != NULL ? settings->days : &every_day, settings->max_age_us,
			 night->now_unix_us, &reading.tonight);
	drifts->held_counts = xcalloc(drifts->drifts.list->len + 1, sizeof(*drifts->held_counts));
	for (guint i = 0; i < drifts->drifts.list->len; i++) {
		const struct drift_finding *finding = drift_account_get(&drifts->drifts, i);

		if (finding->drift.is_gradual)
			continue;
		for (guint k = 0; k < finding->shares->len; k++)
			look_at_share(&reading, finding, i,
				      &g_array_index(finding->shares, struct drift_share, k));
	}
	if (drifts->count > 0)
		qsort(drifts->list, drifts->count, sizeof(*drifts->list), compare_told);
}

int notify_drifts_read(struct store *store, const struct notify_settings *settings,
		       int64_t now_unix_us, struct notify_items *items,
		       struct notify_drifts *ret_drifts, struct jo_err *err)
{
	static const struct notify_days every_day = {0};
	struct notify_drifts drifts = {.count = 0};
	struct store_drift_selection selection;
	struct notify_tonight tonight;
	struct notify_wishes wishes;
	GArray *ledger;
	int rc;

	notify_days_look(settings->days != NULL ? settings->days : &every_day, settings->max_age_us,
			 now_unix_us, &tonight);
	store_drift_selection_init(&selection);
	selection.want_open = true;
	selection.seen_from_night = night_day(tonight.weekly_from_unix_us);
	rc = notify_wishes_read(store, &wishes, err);
	if (rc < 0)
		return rc;
	ledger = g_array_new(FALSE, FALSE, sizeof(struct notify_entry));
	g_array_set_clear_func(ledger, free_entry);
	rc = drift_account_read(store, &selection, &drifts.drifts, err);
	if (rc == 0)
		rc = read_ledger(store, ledger, err);
	if (rc == 0) {
		const struct notify_drift_night night = {settings, &wishes, now_unix_us, ledger};

		notify_drifts_look(&night, items, &drifts);
	}
	notify_wishes_release(&wishes);
	(void)g_array_free(ledger, TRUE);
	if (rc < 0) {
		notify_drifts_release(&drifts);
		return rc;
	}
	*ret_drifts = drifts;
	return 0;
}

void notify_drifts_drop(struct notify_drifts *drifts)
{
	for (size_t i = 0; i < drifts->count; i++)
		notify_items_release(&drifts->list[i].held);
	free(drifts->list);
	free(drifts->held_counts);
	drifts->list = NULL;
	drifts->held_counts = NULL;
	drifts->count = 0;
}

void notify_drifts_release(struct notify_drifts *drifts)
{
	notify_drifts_drop(drifts);
	drift_account_release(&drifts->drifts);
	*drifts = (struct notify_drifts){.count = 0};
}

size_t notify_drifts_of(const struct notify_drifts *drifts, const char *user,
			const struct notify_drift **ret_first)
{
	size_t first = 0, end;

	while (first < drifts->count && strcmp(drifts->list[first].share->user, user) != 0)
		first++;
	for (end = first; end < drifts->count && strcmp(drifts->list[end].share->user, user) == 0;
	     end++)
		;
	*ret_first = &drifts->list[first];
	return end - first;
}
