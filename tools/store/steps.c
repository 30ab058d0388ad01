/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps: their nodes, and those that will never end. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "internal.h"
#include "util/alloc.h"

/* ---- the nodes of a step ---- */

int store_nodes_open(struct store *store, int64_t step_id, struct store_cursor **ret_cursor,
		     struct jo_err *err)
{
	struct store_cursor *cursor;
	char *sql;
	int rc;

	/* A step with one node has no row in step_node: its own row is the node's. */
	sql = xasprintf("SELECT %s FROM step AS s JOIN step_node AS n ON n.step = s.id"
			" WHERE s.id = ?1 AND s.node_seen_count > 1"
			" UNION ALL SELECT %s FROM step AS s"
			" WHERE s.id = ?1 AND s.node_seen_count = 1 ORDER BY %d, %d",
			store_node_sql, store_step_sql, COL_node_index + 2, COL_node_id + 2);
	rc = cursor_open(store, CURSOR_NODES, sql, &cursor, err);
	free(sql);
	if (rc < 0)
		return rc;
	db_bind_int(&cursor->stmt, step_id);
	*ret_cursor = cursor;
	return 0;
}

int store_nodes_next(struct store_cursor *cursor, struct step *ret_node, struct jo_err *err)
{
	int rc = cursor_step(cursor, CURSOR_NODES, err);
	struct step node;

	if (rc <= 0)
		return rc;
	step_read(&cursor->stmt, &node);
	rc = db_row_check(&cursor->stmt, err);
	if (rc < 0)
		return rc;
	node.node_seen_count = 1;
	node.mem_peak_sum_bytes = node.mem_peak_bytes;
	node.end_unix_us = JO_MISSING;
	if (node.node_ended_count == 0)
		node.state = STEP_STATE_RUNNING;
	else if (node.start_unix_us != JO_MISSING && node.wall_us != JO_MISSING)
		node.end_unix_us = node.start_unix_us + node.wall_us;
	*ret_node = node;
	return 1;
}

/* ---- steps that will never end ---- */

static const char lost_sql[] =
	"UPDATE step SET state = ?1 WHERE state = 1 AND start_unix_us <"
	" CASE WHEN time_limit_us IS NULL THEN ?2 - ?4 ELSE ?2 - ?3 - time_limit_us END";

int store_settle_lost(struct store *store, int64_t now_unix_us, int64_t grace_us,
		      int64_t no_limit_us, struct jo_err *err)
{
	struct db_stmt stmt;
	int rc;

	rc = db_prepare(store, lost_sql, false, &stmt, err);
	if (rc < 0)
		return rc;
	db_bind_int(&stmt, STEP_STATE_LOST);
	db_bind_int(&stmt, now_unix_us);
	db_bind_int(&stmt, grace_us);
	db_bind_int(&stmt, no_limit_us);
	return db_run_once(&stmt, err);
}
