/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counts by GROUP BY: a month of steps from one index, messages from their table. */
#include "tally.h"

#include "joboutliers/record.h"
#include "cursor_kinds.h"
#include "open_store.h"
#include "step/step.h"

/* Whether a size was declared is told by its source, which is in the index. */
static const char days_sql[] =
	"SELECT (SELECT text FROM name WHERE id = cluster_id),"
	" (SELECT text FROM name WHERE id = node_id), day, step_count, sized_count FROM"
	" (SELECT cluster_id, node_id, (end_unix_us - ?1) / 86400000000 AS day,"
	" count(*) AS step_count,"
	" count(CASE WHEN input_source NOT IN (?3, ?4) THEN 1 END) AS sized_count FROM step"
	" WHERE end_unix_us >= ?1 AND end_unix_us < ?2 GROUP BY 1, 2, 3) AS counted"
	" ORDER BY cluster_id, node_id, day";

int store_days_open(struct store *store, int64_t from_unix_us, int64_t to_unix_us,
		    struct store_cursor **ret_cursor, struct jo_err *err)
{
	int rc = cursor_open(store, CURSOR_DAYS, DB_CURSOR, days_sql, ret_cursor, err);

	if (rc < 0)
		return rc;
	db_bind_int(&(*ret_cursor)->stmt, from_unix_us);
	db_bind_int(&(*ret_cursor)->stmt, to_unix_us);
	db_bind_int(&(*ret_cursor)->stmt, JO_INPUT_NONE);
	db_bind_int(&(*ret_cursor)->stmt, JO_INPUT_INVALID);
	return 0;
}

int store_days_next(struct store_cursor *cursor, struct store_day *ret_day, struct jo_err *err)
{
	struct db_stmt *stmt = &cursor->stmt;
	int rc = cursor_step(cursor, CURSOR_DAYS, err);
	struct store_day day;

	if (rc <= 0)
		return rc;
	day.cluster = db_column_text(stmt);
	day.node = db_column_text(stmt);
	day.day = db_column_int(stmt);
	day.step_count = db_column_int(stmt);
	day.sized_count = db_column_int(stmt);
	rc = db_row_check(stmt, err);
	if (rc < 0)
		return rc;
	*ret_day = day;
	return 1;
}

static const char groups_sql[] =
	"SELECT count(*), count(CASE WHEN completed >= ?2 THEN 1 END) FROM"
	" (SELECT count(CASE WHEN state = ?1 THEN 1 END) AS completed FROM step"
	" WHERE end_unix_us IS NOT NULL GROUP BY group_id) AS counted";

int store_group_tally(struct store *store, int64_t enough_count,
		      struct store_group_tally *ret_tally, struct jo_err *err)
{
	struct store_group_tally tally = {0};
	struct db_stmt stmt;
	int rc = db_prepare(store->db, groups_sql, DB_ONCE, &stmt, err);

	if (rc < 0)
		return rc;
	db_bind_int(&stmt, STEP_STATE_COMPLETED);
	db_bind_int(&stmt, enough_count);
	rc = db_step(&stmt, err);
	if (rc > 0) {
		tally.count = db_column_int(&stmt);
		tally.filled_count = db_column_int(&stmt);
		rc = db_row_check(&stmt, err);
	}
	db_release(&stmt);
	if (rc == 0)
		*ret_tally = tally;
	return rc;
}

static const char messages_sql[] = "SELECT state, count(*), count(CASE WHEN done_unix_us >= ?1 AND "
				   "done_unix_us < ?2 THEN 1 END)"
				   " FROM message WHERE kind = ?3 GROUP BY state";

int store_message_tally(struct store *store, enum store_message_kind kind, int64_t from_unix_us,
			int64_t to_unix_us, struct store_message_tally *ret_tally,
			struct jo_err *err)
{
	struct store_message_tally tally = {{0}, {0}};
	struct db_stmt stmt;
	int rc;

	if (store->copied_unix_us != JO_MISSING) {
		for (int i = 0; i < STORE_MESSAGE_STATE_COUNT; i++)
			ret_tally->counts[i] = ret_tally->done_counts[i] = JO_MISSING;
		return 0;
	}
	rc = db_prepare(store->db, messages_sql, DB_ONCE, &stmt, err);
	if (rc < 0)
		return rc;
	db_bind_int(&stmt, from_unix_us);
	db_bind_int(&stmt, to_unix_us);
	db_bind_int(&stmt, (int64_t)kind);
	while ((rc = db_step(&stmt, err)) > 0) {
		int state = db_column_enum(&stmt, STORE_MESSAGE_STATE_COUNT);

		tally.counts[state] = db_column_int(&stmt);
		tally.done_counts[state] = db_column_int(&stmt);
		rc = db_row_check(&stmt, err);
		if (rc < 0)
			break;
	}
	db_release(&stmt);
	if (rc == 0)
		*ret_tally = tally;
	return rc;
}
