/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A row for each way. */
#include "outlet.h"

#include <errno.h>

#include "joboutliers/record.h"
#include "open_store.h"

int store_outlet_get(struct store *store, enum store_outlet_kind kind,
		     struct store_outlet *ret_outlet, struct jo_err *err)
{
	struct store_outlet outlet = {.ran_unix_us = JO_MISSING,
				      .failing_since_unix_us = JO_MISSING};
	struct db_stmt stmt;
	int rc = db_prepare(store->db,
			    "SELECT ran_unix_us, done_count, waiting_count, lost_count,"
			    " failing_since_unix_us, error FROM outlet WHERE kind = ?",
			    DB_ONCE, &stmt, err);

	if (rc < 0)
		return rc;
	db_bind_int(&stmt, (int64_t)kind);
	rc = db_step(&stmt, err);
	if (rc > 0) {
		outlet.ran_unix_us = db_column_us(&stmt);
		outlet.done_count = db_column_int(&stmt);
		outlet.waiting_count = db_column_int(&stmt);
		outlet.lost_count = db_column_int(&stmt);
		outlet.failing_since_unix_us = db_column_us(&stmt);
		(void)jo_err_set(&outlet.trouble, -EIO, "%s", db_column_text(&stmt));
		rc = db_row_check(&stmt, err);
	}
	db_release(&stmt);
	if (rc == 0)
		*ret_outlet = outlet;
	return rc;
}

/* Since when it fails stays as it is while it does. */
static const char put_sql[] =
	"INSERT INTO outlet (kind, ran_unix_us, done_count, waiting_count, lost_count,"
	" failing_since_unix_us, error)"
	" VALUES (?1, ?2, ?3, ?4, ?5, CASE WHEN ?6 IS NULL THEN NULL ELSE ?2 END,"
	" ?6) ON CONFLICT (kind) DO UPDATE SET ran_unix_us = ?2, done_count = ?3,"
	" waiting_count = ?4, lost_count = outlet.lost_count + ?5, failing_since_unix_us ="
	" CASE WHEN ?6 IS NULL THEN NULL ELSE coalesce(outlet.failing_since_unix_us, ?2) END, "
	"error = ?6";

int store_outlet_put(struct store *store, enum store_outlet_kind kind,
		     const struct store_outlet *run, struct jo_err *err)
{
	struct db_stmt stmt;
	int rc = db_prepare(store->db, put_sql, DB_ONCE, &stmt, err);

	if (rc < 0)
		return rc;
	db_bind_int(&stmt, (int64_t)kind);
	db_bind_int(&stmt, run->ran_unix_us);
	db_bind_int(&stmt, run->done_count);
	db_bind_int(&stmt, run->waiting_count);
	db_bind_int(&stmt, run->lost_count);
	db_bind_text(&stmt, run->trouble.code != 0 ? run->trouble.text : NULL);
	rc = db_run(&stmt, err);
	db_release(&stmt);
	return rc;
}
