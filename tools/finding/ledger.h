/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What was told, and to whom, so that everything is told once.  A ledger is read
 * from the database once for a night; a replay fills one of its own, night by night.
 */
#ifndef FINDING_LEDGER_H
#define FINDING_LEDGER_H

#include "finding/items.h"
#include "store/store.h"

struct ledger;

/* An empty one.  The caller frees it. */
struct ledger *ledger_new(void);

/* NULL is fine. */
void ledger_free(struct ledger *ledger);

/* Read all that the database has of what was told by this way.  The caller frees *ret_ledger.
 * Returns 0 or a negative errno. */
int ledger_read(struct store *store, enum store_channel channel, struct ledger **ret_ledger,
		struct jo_err *err);

/* ---- entries, of the mail: what store_finding_add takes, and ledger_note ---- */

/* That the item's owner is told of it now.  Strings are the item's. */
struct store_finding ledger_entry_of_item(const struct finding_item *item, int64_t now_unix_us);

/* That the owner ("" for the admin) is told of the drift now.  The string is the caller's. */
struct store_finding ledger_entry_of_drift(const struct store_drift *drift, const char *owner,
					   int64_t now_unix_us);

/* That the admin is told now of a node that was slow from then on.  The string is the caller's. */
struct store_finding ledger_entry_of_node(const char *node, int64_t since_unix_us,
					  int64_t now_unix_us);

/* Enter into this ledger alone, not into the database, with copies of the strings. */
void ledger_note(struct ledger *ledger, const struct store_finding *entry);

/* ---- questions ---- */

/*
 * Whether anybody was told of the item.  Entries on steps that ended before from_unix_us do not
 * count: the database gives the ids of its newest steps again once these are pruned.
 */
bool ledger_has_item(const struct ledger *ledger, const struct finding_item *item,
		     int64_t from_unix_us);

/* Whether the owner ("" for the admin) was told of the drift. */
bool ledger_has_drift(const struct ledger *ledger, const struct store_drift *drift,
		      const char *owner);

/* Whether the owner was told of a drift of the same group and metric that began before this one. */
bool ledger_has_drift_before(const struct ledger *ledger, const struct store_drift *drift,
			     const char *owner);

/* How many of the owner's steps at the drift's new level were told as their own. */
size_t ledger_count_steps(const struct ledger *ledger, const struct store_drift *drift,
			  const char *owner);

/* When the admin was last told of a node of that name; JO_MISSING: never. */
int64_t ledger_node_told_unix_us(const struct ledger *ledger, const char *node);

#endif
