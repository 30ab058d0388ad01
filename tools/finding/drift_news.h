/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Drifts as news: each told once to each user who has jobs at the new level, and what
 * they explain is not told as jobs of its own.
 */
#ifndef FINDING_DRIFT_NEWS_H
#define FINDING_DRIFT_NEWS_H

#include "drift/account.h"
#include "finding/items.h"
#include "finding/ledger.h"
#include "finding/rules.h"
#include "finding/wishes.h"

/* What there is to tell one user of one drift. */
struct drift_news {
	const struct drift_finding *finding;
	const struct drift_share *share; /* the user's */
	struct finding_items held;       /* what it explains, and so is told with it */
	size_t told_count;               /* of the jobs since, told as their own before */
	bool is_good_news;               /* a drift that was told is over */
};

/* Zeroed memory is no news. */
struct drift_news_list {
	struct drift_news *list; /* by user, then the one that costs most; good news come last */
	size_t count;
	size_t *held_counts; /* for each of the drifts: items of one that nodes cause */
};

/* What decides about a night's drifts; all of it is lent. */
struct drift_news_question {
	const struct finding_rules *rules;
	const struct wishes *wishes;
	const struct ledger *ledger;
	const GArray *drifts; /* struct drift_finding: those that are known and hold */
	int64_t now_unix_us;
};

/*
 * Take out of the items those that a drift explains (verdicts of the time until it was found, which
 * by the new level are normal; not a job that did more work, where since the drift jobs wait), and
 * find who is to be told what.
 *
 * A drift is told to a user when what it costs the user is above the site's floors
 * and its ratio at least min_drift, unless it was told before, is excluded or
 * muted, or one of the jobs since was said to be normal; not when it is gradual,
 * and not when nodes alone are different, which is for the admin.  That a
 * drift is over is good news for who was told of it, and goes out with another
 * mail or not at all.  One of the CPU time is told with that of the run time at
 * the same date, where that is told or was.  Release *ret_news, before the drifts.
 */
void drift_news_find(const struct drift_news_question *question, struct finding_items *items,
		     struct drift_news_list *ret_news);

/* Free the list and what is held; zeroed memory is fine. */
void drift_news_release(struct drift_news_list *news);

/* The user's news, which stand together; returns how many, and the first of them. */
size_t drift_news_of(const struct drift_news_list *news, const char *user,
		     const struct drift_news **ret_first);

/* Whether the admin is to be told of the drift: nodes alone explain it, and the ledger lacks it. */
bool drift_news_is_due(const struct drift_finding *finding, const struct ledger *ledger);

#endif
