/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each is asked for once in a transaction at most, so nothing is kept. */
#include "setting.h"

int setting_get(struct db *db, const char *key, int64_t *ret_value, struct jo_err *err)
{
	struct db_stmt stmt;
	int rc = db_prepare(db, "SELECT value FROM setting WHERE key = ?", DB_ONCE, &stmt, err);

	if (rc < 0)
		return rc;
	db_bind_text(&stmt, key);
	return db_take_int(&stmt, ret_value, err);
}

int setting_put(struct db *db, const char *key, int64_t value, struct jo_err *err)
{
	struct db_stmt stmt;
	int rc = db_prepare(db,
			    "INSERT INTO setting (key, value) VALUES (?, ?)"
			    " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
			    DB_ONCE, &stmt, err);

	if (rc < 0)
		return rc;
	db_bind_text(&stmt, key);
	db_bind_int(&stmt, value);
	rc = db_run(&stmt, err);
	db_release(&stmt);
	return rc;
}
