/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What nodes are made of, as each start of slurmd told. */
#ifndef STORE_NODE_DESCRIPTION_H
#define STORE_NODE_DESCRIPTION_H

#include <stdint.h>

#include "joboutliers/err.h"

struct store;
struct store_cursor;
struct node_descriptions;

/* What a node is made of, as slurmd told when it started. */
struct store_node {
	const char *cluster;
	const char *node;
	int64_t since_unix_us; /* start of that slurmd */
	const char *node_model;
	int64_t core_count, numa_node_count;
	int64_t node_mem_bytes;
	const char *slurm_version, *plugin_version;
};

/* All descriptions, by cluster, node and since. */
int store_descriptions_open(struct store *store, struct store_cursor **ret_cursor,
			    struct jo_err *err);

/* The next description; see cursor.h. */
int store_descriptions_next(struct store_cursor *cursor, struct store_node *ret_node,
			    struct jo_err *err);

/*
 * What the node was at the time: the newest description since before it, or
 * the oldest one when all are later; when none names the cluster, of those that
 * name none, as a starting slurmd may not know it.  Returns 1 and fills *ret_node, whose
 * strings are good as long as the store, or 0 for none.  A node is read when it is first asked for.
 */
int store_node_at(struct store *store, const char *cluster, const char *node, int64_t unix_us,
		  struct store_node *ret_node, struct jo_err *err);

/* ---- within store/ ---- */

/* Nothing read yet; for store->nodes. */
struct node_descriptions *node_descriptions_new(void);

/* Give all of it back, and the texts that were handed out; NULL is fine. */
void node_descriptions_free(struct node_descriptions *nodes);

/* Read nodes anew: some were added, or rolled back.  What was handed out stays good. */
void node_descriptions_forget(struct node_descriptions *nodes);

#endif
