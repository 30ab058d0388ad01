/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One row for each start of slurmd. */
#include "node_add.h"

#include "name.h"
#include "node_description.h"
#include "open_store.h"
#include "statements.h"

int node_add(struct store *store, const struct jo_record *record, const struct row *row,
	     struct jo_err *err)
{
	int64_t node_model_id, slurm_version_id, plugin_version_id;
	struct db_stmt *stmt;
	int rc;

	rc = name_id(store, record->node_model, &node_model_id, err);
	if (rc == 0)
		rc = name_id(store, record->slurm_version, &slurm_version_id, err);
	if (rc == 0)
		rc = name_id(store, record->plugin_version, &plugin_version_id, err);
	if (rc == 0)
		rc = store_use(store, STMT_NODE_ADD, &stmt, err);
	if (rc < 0)
		return rc;
	db_bind_int(stmt, row->cells[COL_cluster_id].number);
	db_bind_int(stmt, row->cells[COL_node_id].number);
	db_bind_int(stmt, record->start_unix_us);
	db_bind_int(stmt, node_model_id);
	db_bind_int(stmt, record->socket_count);
	db_bind_int(stmt, record->core_count);
	db_bind_int(stmt, record->numa_node_count);
	db_bind_int(stmt, record->node_mem_bytes);
	db_bind_int(stmt, slurm_version_id);
	db_bind_int(stmt, plugin_version_id);
	node_descriptions_forget(store->nodes);
	return db_change(stmt, err);
}
