/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps: their words, their nodes, and those that will never end. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "internal.h"
#include "util/alloc.h"

const char *const store_state_words[] = {
	"NONE",      "RUNNING",   "COMPLETED", "FAILED",    "TIMEOUT", "OUT_OF_MEMORY", "CANCELLED",
	"NODE_FAIL", "PREEMPTED", "DEADLINE",  "BOOT_FAIL", "LOST",    "UNKNOWN",       NULL,
};

char *store_job_format(const struct store_step *step, char *buf, size_t size)
{
	if (step->array_job_id != JO_MISSING && step->array_task_id != JO_MISSING)
		(void)snprintf(buf, size, "%" PRId64 "_%" PRId64, step->array_job_id,
			       step->array_task_id);
	else if (step->het_job_id != JO_MISSING && step->het_job_offset != JO_MISSING)
		(void)snprintf(buf, size, "%" PRId64 "+%" PRId64, step->het_job_id,
			       step->het_job_offset);
	else
		(void)snprintf(buf, size, "%" PRId64, step->job_id);
	return buf;
}

char *store_step_format(const struct store_step *step, char *buf, size_t size)
{
	switch (step->step_kind) {
	case JO_STEP_BATCH:
		(void)snprintf(buf, size, "batch");
		break;
	case JO_STEP_INTERACTIVE:
		(void)snprintf(buf, size, "interactive");
		break;
	case JO_STEP_SRUN:
		(void)snprintf(buf, size, "%" PRId64, step->step_id);
		break;
	}
	return buf;
}

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

int store_nodes_next(struct store_cursor *cursor, struct store_step *ret_node, struct jo_err *err)
{
	int rc = cursor_step(cursor, CURSOR_NODES, err);
	struct store_step node;

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
		node.state = STORE_STATE_RUNNING;
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
	db_bind_int(&stmt, STORE_STATE_LOST);
	db_bind_int(&stmt, now_unix_us);
	db_bind_int(&stmt, grace_us);
	db_bind_int(&stmt, no_limit_us);
	return db_run_once(&stmt, err);
}
