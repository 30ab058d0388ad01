/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Slow nodes: told to the admin, and what they explain is not told to users as theirs. */
#ifndef FINDING_SLOW_NODES_H
#define FINDING_SLOW_NODES_H

#include <glib.h>

#include "finding/items.h"
#include "finding/ledger.h"
#include "step/night.h"

/* A node that was slow in a night, as explain/node_effect.h has it.  Owns its strings. */
struct slow_node {
	char *cluster, *name;
	int64_t night_from_unix_us;
	double ratio, p_value; /* how many times as slow as others, and how improbable that is */
	size_t step_count, group_count, user_count; /* that say so */
	size_t held_count;                          /* items that it explains */
};

/* The slow nodes of nights, each looked at when it is first asked for. */
struct slow_nodes {
	GPtrArray *nights; /* of struct slow_night */
};

/* No night yet.  Release it. */
void slow_nodes_init(struct slow_nodes *nodes);

/* Free the nights and their nodes; zeroed memory is fine. */
void slow_nodes_release(struct slow_nodes *nodes);

/*
 * The node that explains the item: one that was slow in the night in which the item ended, and
 * that whose slowness brings the item's run time back below the upper end of what is normal.
 * NULL where there is none, the item is about something else than run time, or ran on several
 * nodes. Only steps that ended before known_until_unix_us say how slow a node was.
 *
 * *ret_node is good until the release.  Returns 0, or a negative errno when the store fails.
 */
int slow_nodes_explain(struct slow_nodes *nodes, struct store *store,
		       const struct finding_item *item, int64_t known_until_unix_us,
		       struct slow_node **ret_node, struct jo_err *err);

/*
 * The nodes that the admin is to be told of: slow in this night or the last, and not in the ledger
 * since ledger_from_unix_us; of two nights in which one was slow, the first.  *ret_due has const
 * struct slow_node *, good until the release, and is the caller's to g_ptr_array_unref.  Returns 0,
 * or a negative errno when the store fails.
 */
int slow_nodes_due(struct slow_nodes *nodes, struct store *store, const struct ledger *ledger,
		   int64_t now_unix_us, int64_t ledger_from_unix_us, GPtrArray **ret_due,
		   struct jo_err *err);

#endif
