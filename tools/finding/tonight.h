/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What to tell tonight: decided here for the mail that goes out now, and for those
 * of past nights that a replay goes through.
 */
#ifndef FINDING_TONIGHT_H
#define FINDING_TONIGHT_H

#include "finding/candidates.h"
#include "finding/drift_news.h"
#include "finding/slow_nodes.h"

/* What a decision rests on; all of it is lent. */
struct tonight_question {
	int64_t now_unix_us;         /* the mail's time */
	int64_t known_until_unix_us; /* steps that ended then or later are not known yet; INT64_MAX:
					all that the database has are */
	const struct finding_rules *rules;
	const struct wishes *wishes;
	const struct ledger *ledger;
	const struct finding_items *candidates; /* sorted; of the time that the mail reaches back */
	const GArray *drifts;                   /* struct drift_finding: those known and holding */
	struct slow_nodes *nodes; /* nights that matter are added; held items counted */
};

/* The decision.  Zeroed memory is nothing to tell. */
struct tonight {
	struct finding_items items; /* sorted; what was not told, and no node or drift explains */
	struct drift_news_list news;
	GArray *held; /* size_t: which of the candidates were for tonight, but a node explains them
		       */
};

/*
 * Decide.  Release *ret_tonight, before the drifts.  Returns 0, or a negative errno when the store
 * fails.
 */
int tonight_decide(struct store *store, const struct tonight_question *question,
		   struct tonight *ret_tonight, struct jo_err *err);

/* Free what was decided; zeroed memory is fine. */
void tonight_release(struct tonight *tonight);

/* The decision for what is told now, with what it rests on. */
struct tonight_now {
	struct tonight tonight;
	struct ledger *ledger;
	struct slow_nodes nodes;
	struct drift_account drifts;
	struct candidates_held held; /* of the time that the mail reaches back, told or not */
};

/*
 * Read what the database has by now and was not told by this way, and decide; only mails are for
 * the days that users want.  Release *ret_now.  Returns 0, or a negative errno when the store
 * fails.
 */
int tonight_now_read(struct store *store, const struct finding_rules *rules,
		     enum store_channel channel, int64_t now_unix_us, struct tonight_now *ret_now,
		     struct jo_err *err);

/* Free all of it; zeroed memory is fine. */
void tonight_now_release(struct tonight_now *now);

#endif
