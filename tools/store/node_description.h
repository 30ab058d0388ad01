/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What nodes are made of, as each start of slurmd told. */
#ifndef STORE_NODE_DESCRIPTION_H
#define STORE_NODE_DESCRIPTION_H

#include <stdint.h>

#include "joboutliers/err.h"

struct store;
struct store_cursor;

/* What a node is made of, as slurmd told when it started. */
struct store_node {
	const char *cluster;
	const char *node;
	int64_t since_unix_us; /* start of that slurmd */
	const char *node_model;
	int64_t socket_count, core_count, numa_node_count;
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
 * strings are good until the next call of this function, or 0 for none.
 */
int store_node_at(struct store *store, const char *cluster, const char *node, int64_t unix_us,
		  struct store_node *ret_node, struct jo_err *err);

#endif
