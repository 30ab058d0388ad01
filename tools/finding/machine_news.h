/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the machine did, which is for the admin: nodes that were slow, and drifts
 * that nodes alone explain.
 */
#ifndef FINDING_MACHINE_NEWS_H
#define FINDING_MACHINE_NEWS_H

#include "finding/tonight.h"

/* What the admin is to be told; all of it points into the decision. */
struct machine_news {
	GPtrArray *nodes; /* const struct slow_node * */
	GArray *drifts;   /* struct machine_drift */
};

struct machine_drift {
	const struct drift_finding *finding;
	size_t held_count; /* items that it explains, told to nobody */
};

/*
 * Find what the admin was not told yet, of nodes not within the rules' max_age.
 * Looks at nights that the decision did not need.  Release *ret_news, before the
 * decision.  Returns 0, or a negative errno when the store fails.
 */
int machine_news_find(struct store *store, const struct finding_rules *rules,
		      struct tonight_now *now, int64_t now_unix_us, struct machine_news *ret_news,
		      struct jo_err *err);

/* Enter all of it into the database's ledger.  Returns 0 or a negative errno. */
int machine_news_record(struct store *store, const struct machine_news *news, int64_t now_unix_us,
			struct jo_err *err);

/* Free the lists; zeroed memory is fine. */
void machine_news_release(struct machine_news *news);

#endif
