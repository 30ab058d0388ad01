/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A step that the table has already, and what one more record says that is not known of it. */
#include "step_update.h"

#include <stdlib.h>

#include "statements.h"
#include "util/alloc.h"

void known_release(struct known_step *known)
{
	free(known->nodes);
	free(known->is_changed);
}

static void known_append(struct known_step *known, const struct row *node, bool is_changed)
{
	if (known->count == known->capacity) {
		known->capacity = known->capacity > 0 ? 2 * known->capacity : 4;
		known->nodes = xreallocarray(known->nodes, known->capacity, sizeof(*known->nodes));
		known->is_changed = xreallocarray(known->is_changed, known->capacity,
						  sizeof(*known->is_changed));
	}
	known->nodes[known->count] = *node;
	known->is_changed[known->count] = is_changed;
	known->count++;
}

static int read_nodes(struct store *store, struct known_step *known, struct jo_err *err)
{
	struct db_stmt *stmt;
	struct row node;
	int rc;

	rc = store_use(store, STMT_STEP_NODES, &stmt, err);
	if (rc < 0)
		return rc;
	db_bind_int(stmt, known->step.id);
	while ((rc = db_step(stmt, err)) > 0) {
		rc = row_read(store, stmt, true, &node, err);
		if (rc < 0)
			break;
		known_append(known, &node, false);
	}
	db_reset(stmt);
	return rc;
}

int known_read(struct store *store, const struct row *row, struct known_step *known,
	       struct jo_err *err)
{
	struct db_stmt *stmt;
	int rc;

	known->step.id = JO_MISSING;
	rc = store_use(store, STMT_STEP_BY_KEY, &stmt, err);
	if (rc < 0)
		return rc;
	db_bind_int(stmt, row->cells[COL_job_id].number);
	db_bind_int(stmt, row->cells[COL_cluster_id].number);
	db_bind_int(stmt, row->cells[COL_array_task_id].number);
	db_bind_int(stmt, row->cells[COL_restart_count].number);
	db_bind_int(stmt, row->cells[COL_step_id].number);
	rc = db_step(stmt, err);
	if (rc > 0)
		rc = row_read(store, stmt, false, &known->step, err);
	db_reset(stmt);
	if (rc < 0 || known->step.id == JO_MISSING)
		return rc;

	known->old_group_id = known->step.cells[COL_group_id].number;
	known->old_end_unix_us = known->step.cells[COL_end_unix_us].number;
	known->was_single = known->step.cells[COL_node_seen_count].number == 1;
	if (!known->was_single)
		return read_nodes(store, known, err);
	known_append(known, &known->step, false);
	return 0;
}

/* ---- what a record adds ---- */

static bool is_bookkeeping(int column)
{
	return column == COL_ingest_unix_us || column == COL_judged_unix_us;
}

static bool says_the_same(const struct known_step *known, const struct row *node,
			  const struct row *row)
{
	for (int i = 0; i < COL_COUNT; i++) {
		const struct row *old = column_is_of_node(&step_columns[i]) ? node : &known->step;

		if (step_columns[i].rule != RULE_MADE && !is_bookkeeping(i) &&
		    !row_cell_equals(old, row, i))
			return false;
	}
	return known->step.cells[COL_state].number == row->cells[COL_state].number ||
	       row->cells[COL_state].number == STEP_STATE_NONE;
}

/* The step's own columns: an end knows them best, a start fills gaps, an import's only row is all.
 */
static void take_identity(struct known_step *known, const struct row *row)
{
	bool is_import = row->cells[COL_source].number != STEP_SOURCE_PLUGIN;
	bool has_ended = row->cells[COL_node_ended_count].number == 1;

	for (int i = 0; i < COL_COUNT; i++) {
		if (step_columns[i].rule != RULE_STEP || is_bookkeeping(i))
			continue;
		if ((is_import && known->count == 1) || row_is_missing(&known->step, i) ||
		    (has_ended && !row_is_missing(row, i)))
			known->step.cells[i] = row->cells[i];
	}
	known->step.cells[COL_state] = row->cells[COL_state];
}

static struct row *find_node(struct known_step *known, const struct row *row, size_t *ret_index)
{
	for (size_t i = 0; i < known->count; i++)
		if (known->nodes[i].cells[COL_node_id].number == row->cells[COL_node_id].number) {
			*ret_index = i;
			return &known->nodes[i];
		}
	return NULL;
}

/* A better source begins the step anew, under its old id. */
static int replace_all(struct store *store, struct known_step *known, const struct row *row,
		       struct jo_err *err)
{
	int64_t id = known->step.id;
	struct db_stmt *stmt;
	int rc;

	rc = store_use(store, STMT_STEP_NODES_DROP, &stmt, err);
	if (rc < 0)
		return rc;
	db_bind_int(stmt, id);
	rc = db_run(stmt, err);
	if (rc < 0)
		return rc;
	known->step = *row;
	known->step.id = id;
	known->count = 0;
	known->was_single = true;
	known_append(known, row, true);
	return 0;
}

int known_apply(struct store *store, struct known_step *known, const struct row *row,
		struct jo_err *err)
{
	int64_t source = row->cells[COL_source].number;
	int64_t known_source = known->step.cells[COL_source].number;
	bool has_ended = row->cells[COL_node_ended_count].number == 1;
	struct row *node;
	size_t i;
	int rc;

	if (known->count == 0) {
		known->step = *row;
		known_append(known, row, true);
		return 1;
	}
	if (source < known_source)
		return 0;
	if (source > known_source) {
		rc = replace_all(store, known, row, err);
		return rc < 0 ? rc : 1;
	}
	node = find_node(known, row, &i);
	if (node == NULL) {
		known_append(known, row, true);
	} else {
		if (source == STEP_SOURCE_PLUGIN
			    ? node->cells[COL_node_ended_count].number == 1 || !has_ended
			    : says_the_same(known, node, row))
			return 0;
		*node = *row;
		known->is_changed[i] = true;
	}
	take_identity(known, row);
	return 1;
}
