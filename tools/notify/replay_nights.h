/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the mails of past nights would have told whom, by all that decides about
 * a mail but with a ledger in memory: nothing is written, nobody is mailed.
 */
#ifndef NOTIFY_REPLAY_NIGHTS_H
#define NOTIFY_REPLAY_NIGHTS_H

#include "drift/account.h"
#include "finding/items.h"
#include "finding/wishes.h"
#include "notify/settings.h"

/* One line of a user's mail; a mail is its lines of one night and user. */
struct notify_told {
	size_t night; /* index into the times */
	const char *user;
	int64_t group_id;
	size_t verdict_count; /* that are collapsed into it */
};

/* Somebody who would have had a mail, and has no address. */
struct notify_unaddressed {
	const char *user;
	char *problem;
};

/* Strings belong to the items and drifts. */
struct notify_replay {
	GArray *told;        /* struct notify_told, by night and user */
	GArray *unaddressed; /* struct notify_unaddressed, by user */
	struct drift_account drifts;
	size_t held_count; /* items that were told to nobody since a node explains them */
};

struct notify_replay_options {
	const struct notify_settings *settings;
	const struct wishes *wishes;
	const int64_t *times; /* of the mails, in order, at most one a day */
	size_t count;
	size_t first; /* what is told before this one is not reported */
	/* Called for each night; NULL for nobody. */
	void (*progress)(void *context, size_t done);
	void *progress_context;
};

/*
 * Go through the nights.  items are candidates, sorted; those that ended after a night's time are
 * for later ones.  Release *ret_replay, before the items.  Returns 0, or a negative errno when the
 * store fails.
 */
int notify_replay_run(struct store *store, const struct notify_replay_options *options,
		      const struct finding_items *items, struct notify_replay *ret_replay,
		      struct jo_err *err);
/* Free the lists; zeroed memory is fine. */
void notify_replay_release(struct notify_replay *replay);

#endif
