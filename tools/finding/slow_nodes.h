/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Slow nodes: told to the admin, and what they explain is not told to users as theirs. */
#ifndef FINDING_SLOW_NODES_H
#define FINDING_SLOW_NODES_H

#include "notify/notify.h"
#include "step/night.h"

/* A node that was slow in a night, as explain/node_effect.h has it.  Owns its strings. */
struct slow_node {
	char *cluster, *name;
	int64_t night_from_unix_us, night_to_unix_us;
	double ratio, p_value; /* how slow it is */
	size_t step_count, group_count, user_count;
	size_t held_count; /* items that it explains */
};

struct slow_nodes {
	struct slow_node *list;
	size_t count;
};

/*
 * Look at the nodes in last night, in this one, and in every night in which an
 * item ended.  Release it.
 */
int slow_nodes_read(struct store *store, const struct finding_items *items, int64_t now_unix_us,
		      struct slow_nodes *ret_nodes, struct jo_err *err);
void slow_nodes_release(struct slow_nodes *nodes);

/* Add those that were slow in one night, or in part of it. */
int slow_nodes_look(struct store *store, const struct night *night, struct slow_nodes *nodes,
		      struct jo_err *err);

/* Whether the item would have been normal on another node. */
bool slow_node_explains(const struct slow_node *node, const struct finding_item *item);

/*
 * Take out the items that would have been normal on another node: run times of
 * one node, which was slow that night, that its slowness brings back below the
 * upper end of what is normal.
 */
void slow_nodes_hold(struct slow_nodes *nodes, struct finding_items *items);

/*
 * Add a line to the admin's notice for each node that was slow in the last two
 * nights and that the ledger has not had within max_age_us; and when the
 * notice is queued, put them there.
 */
int slow_nodes_tell(struct store *store, const struct notify_settings *settings,
		      const struct slow_nodes *nodes, int64_t now_unix_us, struct strlist *lines,
		      struct jo_err *err);
int slow_nodes_told(struct store *store, const struct notify_settings *settings,
		      const struct slow_nodes *nodes, int64_t now_unix_us, struct jo_err *err);

#endif
