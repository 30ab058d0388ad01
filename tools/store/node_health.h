/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is known of each node's records: when the last one came, how many were lost. */
#ifndef STORE_NODE_HEALTH_H
#define STORE_NODE_HEALTH_H

#include <stdint.h>

#include "joboutliers/err.h"

struct store;
struct store_cursor;

/* One node's health. */
struct store_node_health {
	const char *cluster;
	const char *node;
	int64_t last_record_unix_us;  /* newest time seen in its records */
	int64_t dropped_count;        /* records it could not write, since its spool began */
	int64_t last_dropped_unix_us; /* when ingest last saw that there were more */
	int64_t bad_count;            /* lines of it that ingest set aside, since ever */
};

/* All nodes, by cluster and node. */
int store_node_health_open(struct store *store, struct store_cursor **ret_cursor,
			   struct jo_err *err);

/* The next node; see cursor.h. */
int store_node_health_next(struct store_cursor *cursor, struct store_node_health *ret_health,
			   struct jo_err *err);

/* Ingest tells what it set aside; node may be "" when even that is not known. */
int store_add_bad(struct store *store, const char *cluster, const char *node, int64_t count,
		  int64_t now_unix_us, struct jo_err *err);

#endif
