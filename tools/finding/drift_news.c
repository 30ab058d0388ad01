/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Holds drifts against the ledger, the floors and the wishes, and items against drifts. */
#include "finding/drift_news.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "joboutliers/units.h"
#include "step/night.h"
#include "util/alloc.h"

/* What began longer ago, and was not found lately either, is how things are. */
#define NEWS_US (30 * JO_US_PER_DAY)

struct reading {
	const struct drift_news_question *question;
	struct mail_day tonight;
	struct finding_items *items;
	struct drift_news_list *news;
};

static bool is_news(const struct reading *reading, const struct store_drift *drift)
{
	int64_t now_unix_us = reading->question->now_unix_us;

	return drift->since_unix_us >= now_unix_us - NEWS_US ||
	       drift->found_night >= night_day(now_unix_us - reading->question->rules->max_age_us);
}

static bool is_wanted(const struct reading *reading, const struct drift_share *share)
{
	return !share->is_expected &&
	       !excluded_has(&reading->question->rules->excluded, &share->newest) &&
	       !wishes_refuse(reading->question->wishes, &share->newest);
}

static bool is_worth_a_mail(const struct finding_rules *rules, const struct drift_finding *finding,
			    const struct drift_share *share)
{
	/* a share of 0 core-hours is of steps whose processors are not known */
	return finding->drift.log_ratio >= log(rules->min_drift) &&
	       finding_rules_allow(rules, finding->drift.metric, share->excess,
				   share->core_hours == 0 ? NAN : share->core_hours);
}

/* By the newest of the user's jobs. */
static bool is_for_tonight(const struct reading *reading, const struct drift_share *share)
{
	return mail_day_tells(&reading->tonight,
			      wishes_are_weekly(reading->question->wishes, share->user),
			      share->newest.end_unix_us);
}

/*
 * Whether the item was judged by the level before, and is normal by the new one.
 * Jobs that wait are no excuse for one that did more work.
 */
static bool explains(const struct drift_finding *finding, const char *user,
		     const struct finding_item *item)
{
	const struct store_drift *drift = &finding->drift;

	if (finding->cause == CAUSE_WAIT && item->cause == CAUSE_WORK)
		return false;
	return item->group_id == drift->group_id && item->metric == drift->metric &&
	       item->end_unix_us >= drift->since_end_unix_us &&
	       night_day(item->end_unix_us) <= drift->found_night &&
	       item->value / exp(drift->log_ratio) <= item->high && strcmp(item->user, user) == 0;
}

/* Move what the drift explains from the items to *held; NULL: drop it.  Returns how many. */
static size_t hold(struct finding_items *items, const struct drift_finding *finding,
		   const char *user, struct finding_items *held)
{
	size_t kept = 0, count = 0;

	for (size_t i = 0; i < items->count; i++) {
		if (!explains(finding, user, &items->list[i])) {
			items->list[kept++] = items->list[i];
			continue;
		}
		count++;
		if (held == NULL) {
			finding_item_release(&items->list[i]);
			continue;
		}
		finding_items_move(held, &items->list[i]);
	}
	items->count = kept;
	return count;
}

static void add(struct drift_news_list *news, const struct drift_news *one)
{
	news->list = xreallocarray(news->list, news->count + 1, sizeof(*news->list));
	news->list[news->count++] = *one;
}

/* The user's news of a finding; NULL: none. */
static struct drift_news *news_of(const struct drift_news_list *news,
				  const struct drift_finding *finding, const char *user)
{
	for (size_t i = 0; i < news->count; i++)
		if (news->list[i].finding == finding &&
		    strcmp(news->list[i].share->user, user) == 0)
			return &news->list[i];
	return NULL;
}

/*
 * Whether a drift of the CPU time is told with that of the run time, which comes
 * before it, or was: then what it explains is held with that.
 */
static bool is_told_with_wall(struct reading *reading, const struct drift_finding *finding,
			      const char *user)
{
	const struct drift_finding *first =
		&g_array_index(reading->question->drifts, struct drift_finding, 0);
	struct drift_news *news;
	size_t count;

	if (finding->wall == NULL)
		return false;
	news = news_of(reading->news, finding->wall, user);
	if (news == NULL && !finding->wall->is_of_nodes &&
	    !ledger_has_drift(reading->question->ledger, &finding->wall->drift, user))
		return false;
	if (finding->drift.log_ratio <= 0)
		return true;
	count = hold(reading->items, finding, user, news != NULL ? &news->held : NULL);
	if (finding->wall->is_of_nodes)
		reading->news->held_counts[finding->wall - first] += count;
	return true;
}

static void look_at_share(struct reading *reading, const struct drift_finding *finding, guint index,
			  const struct drift_share *share)
{
	const struct ledger *ledger = reading->question->ledger;
	const struct store_drift *drift = &finding->drift;
	struct drift_news news = {.finding = finding, .share = share};

	if (is_told_with_wall(reading, finding, share->user))
		return;
	if (drift->log_ratio <= 0) {
		news.is_good_news = true;
		if (drift->is_back && !ledger_has_drift(ledger, drift, share->user) &&
		    is_news(reading, drift) && is_wanted(reading, share) &&
		    ledger_has_drift_before(ledger, drift, share->user))
			add(reading->news, &news);
		return;
	}
	if (finding->is_of_nodes)
		reading->news->held_counts[index] += hold(reading->items, finding, share->user, NULL);
	else if (ledger_has_drift(ledger, drift, share->user))
		(void)hold(reading->items, finding, share->user, NULL);
	else if (is_worth_a_mail(reading->question->rules, finding, share) &&
		 is_news(reading, drift) && is_wanted(reading, share) &&
		 is_for_tonight(reading, share)) {
		(void)hold(reading->items, finding, share->user, &news.held);
		news.told_count = ledger_count_steps(ledger, drift, share->user);
		add(reading->news, &news);
	}
}

static int compare_news(const void *left, const void *right)
{
	const struct drift_news *a = left, *b = right;
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

void drift_news_find(const struct drift_news_question *question, struct finding_items *items,
		     struct drift_news_list *ret_news)
{
	struct reading reading = {.question = question, .items = items, .news = ret_news};

	*ret_news = (struct drift_news_list){
		.held_counts = xcalloc(question->drifts->len + 1, sizeof(*ret_news->held_counts)),
	};
	finding_rules_look(question->rules, question->now_unix_us, &reading.tonight);
	for (guint i = 0; i < question->drifts->len; i++) {
		const struct drift_finding *finding =
			&g_array_index(question->drifts, struct drift_finding, i);

		if (finding->drift.is_gradual)
			continue;
		for (guint k = 0; k < finding->shares->len; k++)
			look_at_share(&reading, finding, i,
				      &g_array_index(finding->shares, struct drift_share, k));
	}
	if (ret_news->count > 0)
		qsort(ret_news->list, ret_news->count, sizeof(*ret_news->list), compare_news);
}

void drift_news_release(struct drift_news_list *news)
{
	for (size_t i = 0; i < news->count; i++)
		finding_items_release(&news->list[i].held);
	free(news->list);
	free(news->held_counts);
	*news = (struct drift_news_list){.count = 0};
}

size_t drift_news_of(const struct drift_news_list *news, const char *user,
		     const struct drift_news **ret_first)
{
	size_t first = 0, end;

	while (first < news->count && strcmp(news->list[first].share->user, user) != 0)
		first++;
	for (end = first; end < news->count && strcmp(news->list[end].share->user, user) == 0;
	     end++)
		;
	*ret_first = &news->list[first];
	return end - first;
}

bool drift_news_is_due(const struct drift_finding *finding, const struct ledger *ledger)
{
	return finding->is_of_nodes && !finding->drift.is_gradual && finding->drift.log_ratio > 0 &&
	       !(finding->wall != NULL && finding->wall->is_of_nodes) &&
	       !ledger_has_drift(ledger, &finding->drift, "");
}
