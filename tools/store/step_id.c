/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Nobody else adds steps until the commit, so the database is asked for the number, and told, once
 * in a transaction. */
#include "step_id.h"

#include <errno.h>

#include "open_store.h"
#include "statements.h"
#include "step/month.h"

void step_id_forget(struct store *store)
{
	store->step_number = store->step_number_written = JO_MISSING;
}

static int look(struct store *store, struct jo_err *err)
{
	struct db_stmt *stmt;
	int64_t number = JO_MISSING;
	int rc = store_use(store, STMT_STEP_NUMBER, &stmt, err);

	if (rc == 0)
		rc = db_step(stmt, err);
	if (rc < 0)
		return rc;
	if (rc > 0) {
		number = db_column_int(stmt);
		rc = db_row_check(stmt, err);
		db_reset(stmt);
	}
	if (rc == 0 && (number < 0 || number >= MONTH_NUMBER_MAX))
		rc = jo_err_set(err, -EBADMSG,
				"database %s: damaged: it does not know how many steps it had; "
				"restore it from a backup",
				db_name(store->db));
	if (rc == 0)
		store->step_number = store->step_number_written = number;
	return rc;
}

int step_id_last(struct store *store, int64_t *ret_number, struct jo_err *err)
{
	int rc = store->step_number == JO_MISSING ? look(store, err) : 0;

	if (rc == 0)
		*ret_number = store->step_number;
	return rc;
}

/* By its start; what does not say when it began, by what it does say. */
static int32_t month_of_step(const struct row *step, int64_t now_unix_us)
{
	int64_t unix_us = step->cells[COL_start_unix_us].number;

	if (unix_us == JO_MISSING)
		unix_us = step->cells[COL_end_unix_us].number;
	if (unix_us == JO_MISSING)
		unix_us = now_unix_us;
	return month_of(unix_us, now_unix_us);
}

int step_id_make(struct store *store, const struct row *step, int64_t now_unix_us, int64_t *ret_id,
		 struct jo_err *err)
{
	int32_t month = db_has_months(store->db) ? month_of_step(step, now_unix_us) : MONTH_NONE;
	int64_t number;
	int rc = step_id_last(store, &number, err);

	if (rc == 0)
		rc = db_month_make(store->db, month, err);
	if (rc < 0)
		return rc;
	*ret_id = month_step_id(month, ++store->step_number);
	return 0;
}

int step_id_flush(struct store *store, struct jo_err *err)
{
	struct db_stmt *stmt;
	int rc;

	if (store->step_number == store->step_number_written)
		return 0;
	rc = store_use(store, STMT_STEP_NUMBER_PUT, &stmt, err);
	if (rc < 0)
		return rc;
	db_bind_int(stmt, store->step_number);
	store->step_number_written = store->step_number;
	return db_run(stmt, err);
}
