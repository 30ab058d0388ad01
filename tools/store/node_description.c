/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What nodes are made of: all descriptions, and the one that held at a time. */
#include "node_description.h"

#include <errno.h>

#include "cursor_kinds.h"
#include "joboutliers/record.h"
#include "name.h"
#include "open_store.h"
#include "statements.h"

struct description {
	int64_t node_model_id;
	int64_t socket_count, core_count, numa_node_count, node_mem_bytes;
	int64_t slurm_version_id, plugin_version_id;
};

static void read_description(struct db_stmt *stmt, struct description *ret_description)
{
	ret_description->node_model_id = db_column_int(stmt);
	ret_description->socket_count = db_column_int(stmt);
	ret_description->core_count = db_column_int(stmt);
	ret_description->numa_node_count = db_column_int(stmt);
	ret_description->node_mem_bytes = db_column_int(stmt);
	ret_description->slurm_version_id = db_column_int(stmt);
	ret_description->plugin_version_id = db_column_int(stmt);
}

static const char descriptions_sql[] =
	"SELECT (SELECT text FROM name WHERE id = cluster_id),"
	" (SELECT text FROM name WHERE id = node_id), since_unix_us,"
	" (SELECT text FROM name WHERE id = node_model_id), socket_count, core_count,"
	" numa_node_count, node_mem_bytes, (SELECT text FROM name WHERE id = slurm_version_id),"
	" (SELECT text FROM name WHERE id = plugin_version_id) FROM node"
	" ORDER BY 1" DB_ASC ", 2" DB_ASC ", 3";

int store_descriptions_open(struct store *store, struct store_cursor **ret_cursor,
			    struct jo_err *err)
{
	return cursor_open(store, CURSOR_DESCRIPTIONS, descriptions_sql, ret_cursor, err);
}

int store_descriptions_next(struct store_cursor *cursor, struct store_node *ret_node,
			    struct jo_err *err)
{
	struct db_stmt *stmt = &cursor->stmt;
	struct store_node node;
	int rc = cursor_step(cursor, CURSOR_DESCRIPTIONS, err);

	if (rc <= 0)
		return rc;
	node.cluster = db_column_text(stmt);
	node.node = db_column_text(stmt);
	node.since_unix_us = db_column_us(stmt);
	node.node_model = db_column_text(stmt);
	node.socket_count = db_column_int(stmt);
	node.core_count = db_column_int(stmt);
	node.numa_node_count = db_column_int(stmt);
	node.node_mem_bytes = db_column_int(stmt);
	node.slurm_version = db_column_text(stmt);
	node.plugin_version = db_column_text(stmt);
	rc = db_row_check(stmt, err);
	if (rc < 0)
		return rc;
	*ret_node = node;
	return 1;
}

int store_node_at(struct store *store, const char *cluster, const char *node_name, int64_t unix_us,
		  struct store_node *ret_node, struct jo_err *err)
{
	struct description description;
	int64_t cluster_id, node_id, since_unix_us = JO_MISSING;
	struct db_stmt *stmt;
	struct store_node node;
	int rc;

	rc = name_find(store, cluster, &cluster_id, err);
	if (rc == 0)
		rc = name_find(store, node_name, &node_id, err);
	if (rc == 0)
		rc = store_use(store, STMT_NODE_AT, &stmt, err);
	if (rc < 0)
		return rc;
	db_bind_int(stmt, cluster_id);
	db_bind_int(stmt, node_id);
	db_bind_int(stmt, unix_us);
	rc = db_step(stmt, err);
	if (rc > 0) {
		since_unix_us = db_column_us(stmt);
		read_description(stmt, &description);
		if (db_row_check(stmt, err) < 0)
			rc = -EBADMSG;
	}
	db_reset(stmt);
	if (rc <= 0)
		return rc;

	arena_reset(&store->held_node);
	node.cluster = arena_strdup(&store->held_node, cluster);
	node.node = arena_strdup(&store->held_node, node_name);
	node.since_unix_us = since_unix_us;
	node.node_model =
		arena_strdup(&store->held_node, name_text(store, description.node_model_id));
	node.socket_count = description.socket_count;
	node.core_count = description.core_count;
	node.numa_node_count = description.numa_node_count;
	node.node_mem_bytes = description.node_mem_bytes;
	node.slurm_version =
		arena_strdup(&store->held_node, name_text(store, description.slurm_version_id));
	node.plugin_version =
		arena_strdup(&store->held_node, name_text(store, description.plugin_version_id));
	*ret_node = node;
	return 1;
}
