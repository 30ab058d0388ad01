/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is known of each node's records: when the last one came, how many were lost. */
#include "internal.h"

/* value of an entry of store.health; 0 stands for none */
enum { HEALTH_RECORD, HEALTH_INGEST, HEALTH_DROPPED };

void health_touch(struct store *store, const struct row *row, int64_t dropped_count,
		  int64_t now_unix_us)
{
	const int64_t key[] = {row->cells[COL_cluster_id].number, row->cells[COL_node_id].number};
	int64_t *value;
	int64_t start_unix_us = row->cells[COL_start_unix_us].number;
	int64_t wall_us = row->cells[COL_wall_us].number;
	int64_t record_unix_us = start_unix_us;

	/* History from elsewhere says nothing about whether the plugin works there. */
	if (row->cells[COL_source].number != STEP_SOURCE_PLUGIN)
		return;
	value = keymap_put(&store->health, key);
	if (start_unix_us != JO_MISSING && wall_us != JO_MISSING &&
	    __builtin_add_overflow(start_unix_us, wall_us, &record_unix_us))
		record_unix_us = start_unix_us;
	if (record_unix_us > value[HEALTH_RECORD])
		value[HEALTH_RECORD] = record_unix_us;
	if (dropped_count > value[HEALTH_DROPPED])
		value[HEALTH_DROPPED] = dropped_count;
	value[HEALTH_INGEST] = now_unix_us;
}

static int put(struct store *store, const int64_t *key, const int64_t *value, int64_t bad_count,
	       struct jo_err *err)
{
	struct db_stmt *stmt;
	int rc;

	rc = store_use(store, STMT_HEALTH_TOUCH, &stmt, err);
	if (rc < 0)
		return rc;
	db_bind_int(stmt, key[0]);
	db_bind_int(stmt, key[1]);
	db_bind_int(stmt, value[HEALTH_RECORD] != 0 ? value[HEALTH_RECORD] : JO_MISSING);
	db_bind_int(stmt, value[HEALTH_INGEST]);
	db_bind_int(stmt, value[HEALTH_DROPPED]);
	db_bind_int(stmt, bad_count);
	return db_run(stmt, err);
}

int health_flush(struct store *store, struct jo_err *err)
{
	for (size_t i = 0; i < store->health.slots; i++) {
		const struct keymap_entry *entry = &store->health.entries[i];
		int rc = entry->is_used ? put(store, entry->key, entry->value, 0, err) : 0;

		if (rc < 0)
			return rc;
	}
	keymap_clear(&store->health);
	return 0;
}

int store_add_bad(struct store *store, const char *cluster, const char *node, int64_t count,
		  int64_t now_unix_us, struct jo_err *err)
{
	const int64_t value[KEYMAP_VALUE_MAX] = {[HEALTH_INGEST] = now_unix_us};
	int64_t key[2];
	int rc;

	rc = name_id(store, cluster, &key[0], err);
	if (rc == 0)
		rc = name_id(store, node, &key[1], err);
	return rc < 0 ? rc : put(store, key, value, count, err);
}

/*
 * A starting slurmd does not know its cluster unless the plugin was told: what
 * it told is of the cluster whose steps the node has run.  The count of dropped
 * records is the node's own in either case.
 */
static const char health_sql[] =
	"SELECT (SELECT text FROM name WHERE id = cluster),"
	" (SELECT text FROM name WHERE id = node_id), max(last_record_unix_us),"
	" max(last_ingest_unix_us), max(dropped_count), max(last_dropped_unix_us), sum(bad_count)"
	" FROM (SELECT h.*, CASE cluster_id WHEN 0 THEN newest ELSE cluster_id END AS cluster"
	"  FROM node_health h JOIN (SELECT node_id, max(cluster_id) AS newest FROM node_health"
	"   GROUP BY node_id) USING (node_id))"
	" GROUP BY cluster, node_id ORDER BY 1, 2";

int store_node_health_open(struct store *store, struct store_cursor **ret_cursor,
			   struct jo_err *err)
{
	return cursor_open(store, CURSOR_HEALTH, health_sql, ret_cursor, err);
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
	health.last_record_unix_us = db_column_int(&cursor->stmt);
	health.last_ingest_unix_us = db_column_int(&cursor->stmt);
	health.dropped_count = db_column_int(&cursor->stmt);
	health.last_dropped_unix_us = db_column_int(&cursor->stmt);
	health.bad_count = db_column_int(&cursor->stmt);
	rc = db_row_check(&cursor->stmt, err);
	if (rc < 0)
		return rc;
	*ret_health = health;
	return 1;
}
