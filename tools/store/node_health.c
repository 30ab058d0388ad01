/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is known of each node's records: when the last one came, how many were lost. */
#include "node_health.h"

#include "cursor_kinds.h"
#include "name.h"
#include "node_touch.h"

int store_add_bad(struct store *store, const char *cluster, const char *node, int64_t count,
		  int64_t now_unix_us, struct jo_err *err)
{
	int64_t cluster_id, node_id;
	int rc;

	rc = name_id(store, cluster, &cluster_id, err);
	if (rc == 0)
		rc = name_id(store, node, &node_id, err);
	return rc < 0 ? rc : node_touch_bad(store, cluster_id, node_id, count, now_unix_us, err);
}

/*
 * A starting slurmd does not know its cluster unless the plugin was told: what
 * it told is of the cluster whose steps the node has run.  The count of dropped
 * records is the node's own in either case.
 */
static const char health_sql[] =
	"SELECT (SELECT text FROM name WHERE id = cluster),"
	" (SELECT text FROM name WHERE id = node_id), max(last_record_unix_us),"
	" max(dropped_count), max(last_dropped_unix_us), "
	"CAST(sum(bad_count) AS bigint)"
	" FROM (SELECT h.*, CASE cluster_id WHEN 0 THEN newest ELSE cluster_id END AS cluster"
	"  FROM node_health h JOIN (SELECT node_id, max(cluster_id) AS newest FROM node_health"
	"   GROUP BY node_id) AS known USING (node_id)) AS told"
	" GROUP BY cluster, node_id ORDER BY 1" DB_ASC ", 2" DB_ASC;

int store_node_health_open(struct store *store, struct store_cursor **ret_cursor,
			   struct jo_err *err)
{
	return cursor_open(store, CURSOR_HEALTH, DB_CURSOR, health_sql, ret_cursor, err);
}

int store_node_health_next(struct store_cursor *cursor, struct store_node_health *ret_health,
			   struct jo_err *err)
{
	struct store_node_health health;
	int rc = cursor_step(cursor, CURSOR_HEALTH, err);

	if (rc <= 0)
		return rc;
	health.cluster = db_column_text(&cursor->stmt);
	health.node = db_column_text(&cursor->stmt);
	health.last_record_unix_us = db_column_us(&cursor->stmt);
	health.dropped_count = db_column_count(&cursor->stmt);
	health.last_dropped_unix_us = db_column_us(&cursor->stmt);
	health.bad_count = db_column_count(&cursor->stmt);
	rc = db_row_check(&cursor->stmt, err);
	if (rc < 0)
		return rc;
	*ret_health = health;
	return 1;
}
