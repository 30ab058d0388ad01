/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Drifts: each told once to each user who has jobs at the new level, and what
 * they explain is not told as jobs of its own.
 */
#ifndef FINDING_DRIFTS_H
#define FINDING_DRIFTS_H

#include "drift/account.h"
#include "finding/wishes.h"
#include "notify/notify.h"

/* What there is to tell one user of one drift. */
struct notify_drift {
	const struct drift_finding *finding;
	const struct drift_share *share; /* the user's */
	struct notify_items held;        /* what it explains, and so is told with it */
	size_t told_count;               /* of the jobs since, told as their own before */
	bool is_good_news;               /* a drift that was told is over */
};

struct notify_drifts {
	struct drift_account drifts;
	struct notify_drift *list; /* by user, then the one that costs most */
	size_t count;
	size_t *held_counts; /* for each of drifts: items of one caused by nodes */
};

/*
 * Read the drifts that hold and were seen in the last nights, and take out of
 * the items those that they explain: verdicts of the time until the drift was
 * found, which by the new level are normal.
 *
 * One is told to a user when what it costs the user is above the site's floors
 * and its ratio at least min_drift, unless it was told before, is excluded or
 * muted, or one of the jobs since was said to be normal; not when it is gradual,
 * and not when nodes alone are different, which is for the admin.  That a
 * drift is over is good news for who was told of it, and goes out with another
 * mail or not at all.  Release *ret_drifts.
 */
int notify_drifts_read(struct store *store, const struct notify_settings *settings,
		       int64_t now_unix_us, struct notify_items *items,
		       struct notify_drifts *ret_drifts, struct jo_err *err);
/* Zeroed memory is fine. */
void notify_drifts_release(struct notify_drifts *drifts);

/* What was told: a drift, by when it began, or a step, by its end. */
struct notify_entry {
	enum store_finding_kind kind;
	int64_t group_id, since_unix_us;
	enum metric metric;
	char *owner;
};

/* What decides about a night's drifts. */
struct notify_drift_night {
	const struct notify_settings *settings;
	const struct notify_wishes *wishes;
	int64_t now_unix_us;
	const GArray *ledger; /* struct notify_entry */
};

/*
 * The second half of notify_drifts_read, for drifts->drifts that were read and
 * a ledger that need not be the database's.  drop releases what it has added.
 */
void notify_drifts_look(const struct notify_drift_night *night, struct notify_items *items,
			struct notify_drifts *drifts);
void notify_drifts_drop(struct notify_drifts *drifts);

/* The user's, who stand together; returns how many. */
size_t notify_drifts_of(const struct notify_drifts *drifts, const char *user,
			const struct notify_drift **ret_first);

/*
 * As notify_nodes_tell and notify_nodes_told, for drifts that nodes alone
 * explain.
 */
int notify_drifts_tell(struct store *store, const struct notify_settings *settings,
		       const struct notify_drifts *drifts, struct strlist *lines,
		       struct jo_err *err);
int notify_drifts_told(struct store *store, const struct notify_drifts *drifts, int64_t now_unix_us,
		       struct jo_err *err);

/* Add what a mail tells of it to the ledger; ids has room for it and all that it holds. */
int notify_drift_add_findings(struct store *store, const struct notify_drift *drift,
			      int64_t now_unix_us, int64_t *ids, size_t *count, struct jo_err *err);

/* Fill the values of notify_drift_names. */
void notify_drift_fill(const struct notify_settings *settings, const struct notify_drift *drift,
		       struct mail_values *values);

#endif
