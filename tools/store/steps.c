/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps, their nodes, and those that will never end. */
#include "steps.h"

#include <stdlib.h>

#include "step/columns.h"
#include "open_store.h"
#include "statements.h"
#include "step_select.h"
#include "util/alloc.h"

/*
 * Left to itself SQLite reads all steps that ever ended for those that have not ended, or were
 * sampled, which are few: it has no figures on how many the partial indexes hold.
 */
static const char *index_sql(const struct store_selection *selection)
{
	if (selection->want_profiled && selection->group_id != JO_MISSING)
		return DB_INDEXED_BY(step_profiled);
	return query_wants_running(selection) ? DB_INDEXED_BY(step_running) : "";
}

/* The way to the steps, with its conditions: to those that wait, by what waits. */
static int query_from(struct query *query, struct store *store,
		      const struct store_selection *selection, struct jo_err *err)
{
	if (selection->want_unjudged) {
		strbuf_adds(&query->sql,
			    " FROM waiting AS w CROSS JOIN step AS s WHERE s.id = w.step");
		query_int(query, " AND w.group_id = ?", selection->group_id);
		query_int(query, " AND w.end_unix_us >= ?", selection->end_from_unix_us);
		query_int(query, " AND w.end_unix_us < ?", selection->end_to_unix_us);
	} else {
		strbuf_addf(&query->sql, " FROM step AS s%s WHERE true", index_sql(selection));
	}
	return query_steps(query, store, selection, err);
}

int store_steps_open(struct store *store, const struct store_selection *selection,
		     struct store_cursor **ret_cursor, struct jo_err *err)
{
	struct query query;
	int rc;

	query_init(&query);
	strbuf_adds(&query.sql, "SELECT ");
	query_columns(&query, selection->columns);
	rc = query_from(&query, store, selection, err);
	if (rc == 0) {
		query_order(&query, selection, NULL);
		rc = query_open(&query, store, CURSOR_STEPS, ret_cursor, err);
	}
	if (rc == 0)
		(*ret_cursor)->columns = selection->columns;
	query_release(&query);
	return rc;
}

int store_steps_next(struct store_cursor *cursor, struct step *ret_step, struct jo_err *err)
{
	int rc = cursor_step(cursor, CURSOR_STEPS, err);
	struct step step;

	if (rc <= 0)
		return rc;
	rc = step_read(cursor->store, &cursor->stmt, cursor->columns, &step, err);
	if (rc < 0)
		return rc;
	*ret_step = step;
	return 1;
}

static int oldest(struct store *store, enum store_statement which, int64_t from_unix_us,
		  int64_t *ret_end_unix_us, struct jo_err *err)
{
	struct db_stmt *stmt;
	int64_t end_unix_us;
	int rc = store_use(store, which, &stmt, err);

	if (rc < 0)
		return rc;
	db_bind_int(stmt, from_unix_us == JO_MISSING ? INT64_MIN + 1 : from_unix_us);
	rc = db_step(stmt, err);
	if (rc <= 0)
		return rc;
	end_unix_us = db_column_us(stmt);
	db_reset(stmt);
	if (end_unix_us == JO_MISSING)
		return 0;
	*ret_end_unix_us = end_unix_us;
	return 1;
}

int store_unjudged_oldest(struct store *store, int64_t from_unix_us, int64_t *ret_end_unix_us,
			  struct jo_err *err)
{
	return oldest(store, STMT_WAITING_OLDEST, from_unix_us, ret_end_unix_us, err);
}

int store_unjudged_groups(struct store *store, int64_t taken_before_unix_us,
			  struct store_unjudged **ret_list, size_t *ret_count, struct jo_err *err)
{
	struct store_unjudged *list = NULL;
	size_t count = 0, capacity = 0;
	struct db_stmt stmt;
	int rc = db_prepare(store->db,
			    "SELECT group_id, count(*) FROM waiting WHERE change_unix_us < ?"
			    " GROUP BY group_id ORDER BY group_id",
			    DB_ONCE, &stmt, err);

	if (rc < 0)
		return rc;
	db_bind_int(&stmt, taken_before_unix_us == JO_MISSING ? INT64_MAX : taken_before_unix_us);
	while ((rc = db_step(&stmt, err)) > 0) {
		list = xgrow(list, count, &capacity, sizeof(list[0]));
		list[count].group_id = db_column_int(&stmt);
		list[count++].count = db_column_count(&stmt);
		rc = db_row_check(&stmt, err);
		if (rc < 0)
			break;
	}
	db_release(&stmt);
	if (rc < 0) {
		free(list);
		return rc;
	}
	*ret_list = list;
	*ret_count = count;
	return 0;
}

int store_unjudged_of(struct store *store, int64_t group_id, int64_t end_from_unix_us,
		      int64_t end_to_unix_us, struct store_change **ret_list, size_t *ret_count,
		      struct jo_err *err)
{
	struct store_change *list = NULL;
	size_t count = 0, capacity = 0;
	struct db_stmt *stmt;
	int rc = store_use(store, STMT_WAITING_OF_GROUP, &stmt, err);

	if (rc < 0)
		return rc;
	db_bind_int(stmt, group_id);
	db_bind_int(stmt, end_from_unix_us);
	db_bind_int(stmt, end_to_unix_us);
	while ((rc = db_step(stmt, err)) > 0) {
		list = xgrow(list, count, &capacity, sizeof(list[0]));
		list[count].step_id = db_column_int(stmt);
		list[count++].change_unix_us = db_column_int(stmt);
		rc = db_row_check(stmt, err);
		if (rc < 0)
			break;
	}
	db_reset(stmt);
	if (rc < 0) {
		free(list);
		return rc;
	}
	*ret_list = list;
	*ret_count = count;
	return 0;
}

int store_unsuspended_oldest(struct store *store, int64_t *ret_end_unix_us, struct jo_err *err)
{
	return oldest(store, STMT_UNSUSPENDED_OLDEST, JO_MISSING, ret_end_unix_us, err);
}

int store_steps_count(struct store *store, const struct store_selection *selection,
		      int64_t *ret_count, struct jo_err *err)
{
	struct store_cursor *cursor = NULL;
	struct query query;
	int rc;

	query_init(&query);
	strbuf_adds(&query.sql, "SELECT count(*)");
	rc = query_from(&query, store, selection, err);
	if (rc == 0)
		rc = query_open(&query, store, CURSOR_STEPS, &cursor, err);
	if (rc == 0)
		rc = cursor_step(cursor, CURSOR_STEPS, err);
	if (rc > 0)
		*ret_count = db_column_int(&cursor->stmt);
	store_cursor_close(cursor);
	query_release(&query);
	return rc < 0 ? rc : 0;
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
	rc = cursor_open(store, CURSOR_NODES, DB_CURSOR, sql, &cursor, err);
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
	rc = step_read(cursor->store, &cursor->stmt, NULL, &node, err);
	if (rc < 0)
		return rc;
	node.node_seen_count = 1;
	node.mem_peak_sum_bytes = node.mem_peak_bytes;
	node.end_unix_us = JO_MISSING;
	if (node.node_ended_count == 0)
		node.state = STEP_STATE_RUNNING;
	else if (node.start_unix_us != JO_MISSING && node.wall_us != JO_MISSING)
		node.end_unix_us = node.start_unix_us + node.wall_us +
				   (node.suspended_us == JO_MISSING ? 0 : node.suspended_us);
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

	rc = db_prepare(store->db, lost_sql, DB_ONCE, &stmt, err);
	if (rc < 0)
		return rc;
	db_bind_int(&stmt, STEP_STATE_LOST);
	db_bind_int(&stmt, now_unix_us);
	db_bind_int(&stmt, grace_us);
	db_bind_int(&stmt, no_limit_us);
	return db_change_once(&stmt, err);
}
