/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When a node's last record came, and how many were lost: a row for each node, in node_health. */
#include "node_touch.h"

#include "open_store.h"
#include "statements.h"
#include "step/step.h"

/* value of an entry of store.touched_nodes; 0 stands for none.  How many a node dropped is what its
 * newest record says: its spool may begin anew, and the count with it. */
enum { TOUCH_RECORD, TOUCH_INGEST, TOUCH_DROPPED, TOUCH_HAS_DROPPED };

void node_touch_add(struct store *store, const struct row *row, int64_t dropped_count,
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
	value = keymap_put(&store->touched_nodes, key);
	if (start_unix_us != JO_MISSING && wall_us != JO_MISSING &&
	    __builtin_add_overflow(start_unix_us, wall_us, &record_unix_us))
		record_unix_us = start_unix_us;
	if (dropped_count != JO_MISSING && record_unix_us >= value[TOUCH_RECORD]) {
		value[TOUCH_DROPPED] = dropped_count;
		value[TOUCH_HAS_DROPPED] = true;
	}
	if (record_unix_us > value[TOUCH_RECORD])
		value[TOUCH_RECORD] = record_unix_us;
	value[TOUCH_INGEST] = now_unix_us;
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
	db_bind_int(stmt, value[TOUCH_RECORD] != 0 ? value[TOUCH_RECORD] : JO_MISSING);
	db_bind_int(stmt, value[TOUCH_INGEST]);
	db_bind_int(stmt, value[TOUCH_HAS_DROPPED] ? value[TOUCH_DROPPED] : JO_MISSING);
	db_bind_int(stmt, bad_count);
	return db_run(stmt, err);
}

int node_touch_flush(struct store *store, struct jo_err *err)
{
	for (size_t i = 0; i < store->touched_nodes.slots; i++) {
		const struct keymap_entry *entry = &store->touched_nodes.entries[i];
		int rc = entry->is_used ? put(store, entry->key, entry->value, 0, err) : 0;

		if (rc < 0)
			return rc;
	}
	keymap_clear(&store->touched_nodes);
	return 0;
}

int node_touch_bad(struct store *store, int64_t cluster_id, int64_t node_id, int64_t bad_count,
		   int64_t now_unix_us, struct jo_err *err)
{
	const int64_t key[] = {cluster_id, node_id};
	const int64_t value[KEYMAP_VALUE_MAX] = {[TOUCH_INGEST] = now_unix_us};

	return put(store, key, value, bad_count, err);
}

void node_touch_forget(struct store *store)
{
	keymap_clear(&store->touched_nodes);
}
