/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Drifts are few: one row for each time that a group's level moved. */
#include "drift.h"

#include "cursor_kinds.h"
#include "joboutliers/record.h"
#include "measure_column.h"
#include "query.h"
#include "statements.h"

int store_drift_put(struct store *store, const struct store_drift *drift, struct jo_err *err)
{
	struct db_stmt *stmt;
	int rc;

	rc = store_use(store, STMT_DRIFT_PUT, &stmt, err);
	if (rc < 0)
		return rc;
	db_bind_int(stmt, drift->group_id);
	db_bind_int(stmt, (int64_t)drift->metric);
	db_bind_int(stmt, drift->begin_unix_us);
	db_bind_int(stmt, drift->since_unix_us);
	db_bind_int(stmt, drift->since_end_unix_us);
	db_bind_int(stmt, drift->until_unix_us);
	db_bind_int(stmt, drift->is_gradual);
	db_bind_int(stmt, drift->is_back);
	db_bind_real(stmt, drift->log_ratio);
	db_bind_real(stmt, drift->statistic);
	db_bind_int(stmt, drift->before_count);
	db_bind_int(stmt, drift->since_count);
	db_bind_int(stmt, drift->night_count);
	db_bind_int(stmt, drift->found_night);
	db_bind_int(stmt, drift->seen_night);
	measure_bind(stmt, drift->metric, drift->measure);
	return db_run(stmt, err);
}

void store_drift_selection_init(struct store_drift_selection *selection)
{
	*selection = (struct store_drift_selection){
		.group_id = JO_MISSING,
		.begin_from_unix_us = JO_MISSING,
		.begin_to_unix_us = JO_MISSING,
	};
}

#define NAME(column) "(SELECT text FROM name WHERE id = g." #column ")"
static const char drifts_sql[] = "SELECT d.group_id, d.metric, d.begin_unix_us, d.since_unix_us, "
				 "d.since_end_unix_us,"
				 " d.until_unix_us, d.is_gradual, d.is_back, d.log_ratio, "
				 "d.statistic, d.before_count,"
				 " d.since_count, d.night_count, d.found_night, d.seen_night, "
				 "d.measure, " NAME(cluster_id) ", " NAME(partition_id) ", " NAME(
					 user_id) ", " NAME(class_id) " FROM drift AS d JOIN "
								      "step_group AS g ON g.id = "
								      "d.group_id WHERE true";

int store_drifts_open(struct store *store, const struct store_drift_selection *selection,
		      struct store_cursor **ret_cursor, struct jo_err *err)
{
	struct query query;
	int rc;

	query_init(&query);
	strbuf_adds(&query.sql, drifts_sql);
	query_int(&query, " AND d.group_id = ?", selection->group_id);
	query_int(&query, " AND d.begin_unix_us >= ?", selection->begin_from_unix_us);
	query_int(&query, " AND d.begin_unix_us < ?", selection->begin_to_unix_us);
	query_int(&query, " AND d.seen_night >= ?", selection->seen_from_night);
	if (selection->want_open)
		strbuf_adds(&query.sql, " AND d.until_unix_us IS NULL");
	rc = query_names(&query, store, " AND g.cluster_id IN " DB_LIST, &selection->clusters, err);
	if (rc == 0)
		rc = query_names(&query, store, " AND g.partition_id IN " DB_LIST,
				 &selection->partitions, err);
	if (rc == 0)
		rc = query_names(&query, store, " AND g.class_id IN " DB_LIST, &selection->classes,
				 err);
	strbuf_adds(&query.sql, " ORDER BY d.group_id, d.metric, d.begin_unix_us");
	if (rc == 0)
		rc = query_open(&query, store, CURSOR_DRIFTS, ret_cursor, err);
	query_release(&query);
	return rc;
}

int store_drifts_next(struct store_cursor *cursor, struct store_drift *ret_drift,
		      struct jo_err *err)
{
	struct db_stmt *stmt = &cursor->stmt;
	int rc = cursor_step(cursor, CURSOR_DRIFTS, err);
	struct store_drift drift;

	if (rc <= 0)
		return rc;
	drift.group_id = db_column_int(stmt);
	drift.metric = (enum metric)db_column_enum(stmt, METRIC_COUNT);
	drift.begin_unix_us = db_column_us(stmt);
	drift.since_unix_us = db_column_us(stmt);
	drift.since_end_unix_us = db_column_us(stmt);
	drift.until_unix_us = db_column_us(stmt);
	drift.is_gradual = db_column_int(stmt) == 1;
	drift.is_back = db_column_int(stmt) == 1;
	drift.log_ratio = db_column_real(stmt);
	drift.statistic = db_column_real(stmt);
	drift.before_count = db_column_int(stmt);
	drift.since_count = db_column_int(stmt);
	drift.night_count = db_column_int(stmt);
	drift.found_night = (int32_t)db_column_int(stmt);
	drift.seen_night = (int32_t)db_column_int(stmt);
	drift.measure = measure_read(stmt, drift.metric);
	drift.cluster = db_column_text(stmt);
	drift.partition = db_column_text(stmt);
	drift.user = db_column_text(stmt);
	drift.class_name = db_column_text(stmt);
	rc = db_row_check(stmt, err);
	if (rc < 0)
		return rc;
	*ret_drift = drift;
	return 1;
}
