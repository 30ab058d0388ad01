/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What nodes are made of: all descriptions, and the one that held at a time. */
#include "node_description.h"

#include <glib.h>
#include <stdlib.h>

#include "cursor_kinds.h"
#include "joboutliers/record.h"
#include "name.h"
#include "name_text.h"
#include "open_store.h"
#include "statements.h"
#include "util/alloc.h"

/* One node, as far as a step of the cluster may have run there. */
struct known_node {
	struct store_node *list; /* those that name no cluster last, then the oldest first */
	size_t count, named_count;
};

struct node_descriptions {
	GHashTable *known;     /* struct known_node by "cluster\nnode" */
	GStringChunk *strings; /* kept to the end: who has a text knows nothing of a rollback */
};

static void free_known(gpointer data)
{
	struct known_node *known = data;

	free(known->list);
	free(known);
}

struct node_descriptions *node_descriptions_new(void)
{
	struct node_descriptions *nodes = g_new0(struct node_descriptions, 1);

	nodes->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_known);
	nodes->strings = g_string_chunk_new(4096);
	return nodes;
}

void node_descriptions_free(struct node_descriptions *nodes)
{
	if (nodes == NULL)
		return;
	g_hash_table_destroy(nodes->known);
	g_string_chunk_free(nodes->strings);
	g_free(nodes);
}

void node_descriptions_forget(struct node_descriptions *nodes)
{
	g_hash_table_remove_all(nodes->known);
}

static const char descriptions_sql[] =
	"SELECT (SELECT text FROM name WHERE id = cluster_id),"
	" (SELECT text FROM name WHERE id = node_id), since_unix_us,"
	" (SELECT text FROM name WHERE id = node_model_id), core_count,"
	" numa_node_count, node_mem_bytes, (SELECT text FROM name WHERE id = slurm_version_id),"
	" (SELECT text FROM name WHERE id = plugin_version_id) FROM node"
	" ORDER BY 1" DB_ASC ", 2" DB_ASC ", 3";

int store_descriptions_open(struct store *store, struct store_cursor **ret_cursor,
			    struct jo_err *err)
{
	return cursor_open(store, CURSOR_DESCRIPTIONS, DB_CURSOR, descriptions_sql, ret_cursor, err);
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

static int read_description(struct store *store, struct db_stmt *stmt, struct store_node *ret_node,
			    bool *ret_is_named, struct jo_err *err)
{
	int64_t model_id, slurm_id, plugin_id;
	int rc;

	*ret_is_named = db_column_int(stmt) != 0;
	ret_node->since_unix_us = db_column_us(stmt);
	model_id = db_column_int(stmt);
	ret_node->core_count = db_column_int(stmt);
	ret_node->numa_node_count = db_column_int(stmt);
	ret_node->node_mem_bytes = db_column_int(stmt);
	slurm_id = db_column_int(stmt);
	plugin_id = db_column_int(stmt);
	rc = db_row_check(stmt, err);
	if (rc == 0)
		rc = name_text(store, model_id, &ret_node->node_model, err);
	if (rc == 0)
		rc = name_text(store, slurm_id, &ret_node->slurm_version, err);
	if (rc == 0)
		rc = name_text(store, plugin_id, &ret_node->plugin_version, err);
	return rc;
}

static int read_known(struct store *store, const struct store_node *named, struct known_node *known,
		      struct jo_err *err)
{
	struct store_node node = *named;
	int64_t cluster_id, node_id;
	size_t capacity = 0;
	struct db_stmt *stmt;
	bool is_named;
	int rc = name_find(store, named->cluster, &cluster_id, err);

	if (rc == 0)
		rc = name_find(store, named->node, &node_id, err);
	if (rc == 0)
		rc = store_use(store, STMT_NODE_DESCRIPTIONS, &stmt, err);
	if (rc < 0)
		return rc;
	db_bind_int(stmt, cluster_id);
	db_bind_int(stmt, node_id);
	while ((rc = db_step(stmt, err)) > 0) {
		rc = read_description(store, stmt, &node, &is_named, err);
		if (rc < 0)
			break;
		known->list = xgrow(known->list, known->count, &capacity, sizeof(node));
		known->list[known->count++] = node;
		known->named_count += is_named;
	}
	db_reset(stmt);
	return rc;
}

/* What is known of the node, read when it is first asked for. */
static int know(struct store *store, const char *cluster, const char *node_name,
		struct known_node **ret_known, struct jo_err *err)
{
	struct node_descriptions *nodes = store->nodes;
	char *key = g_strconcat(cluster, "\n", node_name, NULL);
	struct known_node *known = g_hash_table_lookup(nodes->known, key);
	int rc = 0;

	if (known == NULL) {
		const struct store_node named = {
			.cluster = g_string_chunk_insert_const(nodes->strings, cluster),
			.node = g_string_chunk_insert_const(nodes->strings, node_name),
		};

		known = xcalloc(1, sizeof(*known));
		rc = read_known(store, &named, known, err);
		if (rc < 0) {
			free_known(known);
			goto out;
		}
		(void)g_hash_table_insert(nodes->known, g_strdup(key), known);
	}
	*ret_known = known;
out:
	g_free(key);
	return rc;
}

int store_node_at(struct store *store, const char *cluster, const char *node_name, int64_t unix_us,
		  struct store_node *ret_node, struct jo_err *err)
{
	struct known_node *known;
	size_t count, at = 0;
	int rc = know(store, cluster, node_name, &known, err);

	if (rc < 0 || known->count == 0)
		return rc;
	count = known->named_count > 0 ? known->named_count : known->count;
	while (at + 1 < count && known->list[at + 1].since_unix_us <= unix_us)
		at++;
	*ret_node = known->list[at];
	return 1;
}
