/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mutes, weekly mails and expected steps: a few rows each, changed by requests. */
#include "wish.h"

#include <errno.h>

#include "cursor_kinds.h"
#include "joboutliers/record.h"
#include "name.h"
#include "open_store.h"
#include "query.h"

/* ---- mutes ---- */

/* The user's other ones. */
static int count_mutes(struct store *store, int64_t user_id, int64_t class_id, int64_t partition_id,
		       int64_t *ret_count, struct jo_err *err)
{
	struct db_stmt stmt;
	int rc;

	rc = db_prepare(store->db,
			"SELECT count(*) FROM mute WHERE user_id = ?"
			" AND NOT (class_id = ? AND partition_id = ?)",
			DB_ONCE, &stmt, err);
	if (rc < 0)
		return rc;
	db_bind_int(&stmt, user_id);
	db_bind_int(&stmt, class_id);
	db_bind_int(&stmt, partition_id);
	rc = db_step(&stmt, err);
	if (rc > 0)
		*ret_count = db_column_int(&stmt);
	db_release(&stmt);
	return rc < 0 ? rc : 0;
}

int store_mute_put(struct store *store, const struct store_mute *mute, struct jo_err *err)
{
	int64_t user_id, class_id, partition_id, count = 0;
	struct db_stmt stmt;
	int rc;

	rc = name_id(store, mute->user, &user_id, err);
	if (rc == 0)
		rc = name_id(store, mute->class_name, &class_id, err);
	if (rc == 0)
		rc = name_id(store, mute->partition, &partition_id, err);
	if (rc == 0)
		rc = count_mutes(store, user_id, class_id, partition_id, &count, err);
	if (rc == 0 && count >= STORE_MUTES_MAX)
		rc = jo_err_set(err, -EDQUOT, "'%.64s' has %d mutes, and there may be no more",
				mute->user, STORE_MUTES_MAX);
	if (rc == 0)
		rc = db_prepare(store->db,
				"INSERT INTO mute (user_id, class_id, partition_id,"
				" until_unix_us, created_unix_us) VALUES (?, ?, ?, ?, ?)"
				" ON CONFLICT (user_id, class_id, partition_id) DO UPDATE SET"
				" until_unix_us = excluded.until_unix_us,"
				" created_unix_us = excluded.created_unix_us",
				DB_ONCE, &stmt, err);
	if (rc < 0)
		return rc;
	db_bind_int(&stmt, user_id);
	db_bind_int(&stmt, class_id);
	db_bind_int(&stmt, partition_id);
	db_bind_int(&stmt, mute->until_unix_us);
	db_bind_int(&stmt, mute->created_unix_us);
	rc = db_run(&stmt, err);
	db_release(&stmt);
	return rc;
}

int store_mute_drop(struct store *store, const char *user, const char *class_name,
		    const char *partition, struct jo_err *err)
{
	int64_t user_id, class_id, partition_id;
	struct db_stmt stmt;
	int rc;

	rc = name_find(store, user, &user_id, err);
	if (rc == 0)
		rc = name_find(store, class_name, &class_id, err);
	if (rc == 0)
		rc = name_find(store, partition, &partition_id, err);
	if (rc == 0)
		rc = db_prepare(store->db,
				"DELETE FROM mute WHERE user_id = ?1 AND ?2 IN (0, class_id)"
				" AND ?3 IN (0, partition_id)",
				DB_ONCE, &stmt, err);
	if (rc < 0)
		return rc;
	db_bind_int(&stmt, user_id);
	db_bind_int(&stmt, class_id);
	db_bind_int(&stmt, partition_id);
	return db_change_once(&stmt, err);
}

int store_mutes_open(struct store *store, const char *user, struct store_cursor **ret_cursor,
		     struct jo_err *err)
{
	struct query query;
	int64_t user_id;
	int rc = 0;

	query_init(&query);
	strbuf_adds(&query.sql,
		    "SELECT (SELECT text FROM name WHERE id = user_id) AS user_name,"
		    " (SELECT text FROM name WHERE id = class_id) AS class_name,"
		    " (SELECT text FROM name WHERE id = partition_id) AS partition_name,"
		    " until_unix_us, created_unix_us FROM mute WHERE true");
	if (user != NULL) {
		rc = name_find(store, user, &user_id, err);
		if (rc == 0)
			query_int(&query, " AND user_id = ?", user_id);
	}
	strbuf_adds(&query.sql,
		    " ORDER BY user_name" DB_ASC ", class_name" DB_ASC ", partition_name" DB_ASC);
	if (rc == 0)
		rc = query_open(&query, store, CURSOR_MUTES, ret_cursor, err);
	query_release(&query);
	return rc;
}

int store_mutes_next(struct store_cursor *cursor, struct store_mute *ret_mute, struct jo_err *err)
{
	struct db_stmt *stmt = &cursor->stmt;
	int rc = cursor_step(cursor, CURSOR_MUTES, err);
	struct store_mute mute;

	if (rc <= 0)
		return rc;
	mute.user = db_column_text(stmt);
	mute.class_name = db_column_text(stmt);
	mute.partition = db_column_text(stmt);
	mute.until_unix_us = db_column_us(stmt);
	mute.created_unix_us = db_column_us(stmt);
	rc = db_row_check(stmt, err);
	if (rc < 0)
		return rc;
	*ret_mute = mute;
	return 1;
}

/* ---- one mail a week ---- */

int store_weekly_set(struct store *store, const char *user, bool is_weekly, int64_t now_unix_us,
		     struct jo_err *err)
{
	struct db_stmt stmt;
	int64_t user_id;
	int rc;

	rc = name_id(store, user, &user_id, err);
	if (rc == 0)
		rc = db_prepare(store->db,
				is_weekly ? "INSERT INTO weekly (user_id,"
					    " created_unix_us) VALUES (?, ?)"
					    " ON CONFLICT DO NOTHING"
					  : "DELETE FROM weekly WHERE user_id = ?",
				DB_ONCE, &stmt, err);
	if (rc < 0)
		return rc;
	db_bind_int(&stmt, user_id);
	if (is_weekly)
		db_bind_int(&stmt, now_unix_us);
	rc = db_run(&stmt, err);
	db_release(&stmt);
	return rc;
}

int store_weekly_open(struct store *store, struct store_cursor **ret_cursor, struct jo_err *err)
{
	return cursor_open(store, CURSOR_WEEKLY, DB_CURSOR,
			   "SELECT (SELECT text FROM name WHERE id = user_id) AS user_name"
			   ", created_unix_us FROM weekly ORDER BY user_name" DB_ASC,
			   ret_cursor, err);
}

int store_weekly_next(struct store_cursor *cursor, const char **ret_user,
		      int64_t *ret_since_unix_us, struct jo_err *err)
{
	int rc = cursor_step(cursor, CURSOR_WEEKLY, err);
	int64_t since_unix_us;
	const char *user;

	if (rc <= 0)
		return rc;
	user = db_column_text(&cursor->stmt);
	since_unix_us = db_column_us(&cursor->stmt);
	rc = db_row_check(&cursor->stmt, err);
	if (rc < 0)
		return rc;
	*ret_user = user;
	*ret_since_unix_us = since_unix_us;
	return 1;
}

/* ---- expected steps ---- */

int store_expected_add(struct store *store, int64_t step_id, const char *user, int64_t now_unix_us,
		       struct jo_err *err)
{
	struct db_stmt stmt;
	int64_t user_id;
	int rc;

	rc = name_id(store, user, &user_id, err);
	if (rc == 0)
		rc = db_prepare(store->db,
				"INSERT INTO expected (step, user_id, created_unix_us)"
				" VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
				DB_ONCE, &stmt, err);
	if (rc < 0)
		return rc;
	db_bind_int(&stmt, step_id);
	db_bind_int(&stmt, user_id);
	db_bind_int(&stmt, now_unix_us);
	return db_change_once(&stmt, err);
}
