/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A row for each step that is out, or given up. */
#include "exported.h"

#include <errno.h>

#include "open_store.h"
#include "query.h"
#include "transaction.h"
#include "waiting.h"

static int add_all(struct store *store, const int64_t *step_ids, size_t count,
		   enum store_exported_state state, struct jo_err *err)
{
	struct db_stmt stmt;
	int rc = db_prepare(store->db,
			    "INSERT INTO exported (step, state) VALUES (?, ?)"
			    " ON CONFLICT (step) DO UPDATE SET state = excluded.state",
			    DB_ONCE, &stmt, err);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < count && rc == 0; i++) {
		db_reset(&stmt);
		db_bind_int(&stmt, step_ids[i]);
		db_bind_int(&stmt, (int64_t)state);
		rc = db_run(&stmt, err);
	}
	db_release(&stmt);
	return rc;
}

int store_exported_add(struct store *store, const int64_t *step_ids, size_t count,
		       enum store_exported_state state, struct jo_err *err)
{
	int rc = store_begin(store, err);

	if (rc < 0)
		return rc;
	rc = add_all(store, step_ids, count, state, err);
	if (rc == 0)
		rc = store_commit(store, err);
	if (rc < 0)
		store_rollback(store);
	return rc;
}

/* Of a step "s" that has ended. */
#define IS_UNEXPORTED                                                                              \
	" AND NOT " WAITING_HAS_STEP                                                               \
	" AND NOT EXISTS (SELECT 1 FROM exported AS e WHERE e.step = s.id)"

static const char give_up_sql[] = "INSERT INTO exported (step, state) SELECT s.id, 3 FROM step AS s"
				  " WHERE s.end_unix_us < ?" IS_UNEXPORTED;

static const char waiting_sql[] =
	"SELECT count(*) FROM step AS s WHERE s.end_unix_us >= ?" IS_UNEXPORTED;

/* One number of a statement with one time. */
static int64_t ask(struct store *store, const char *sql, int64_t unix_us, struct jo_err *err)
{
	struct db_stmt stmt;
	int64_t number;
	int rc = db_prepare(store->db, sql, DB_ONCE, &stmt, err);

	if (rc < 0)
		return rc;
	db_bind_int(&stmt, unix_us);
	rc = db_take_int(&stmt, &number, err);
	return rc < 0 ? rc : number;
}

int64_t store_exported_give_up(struct store *store, int64_t end_before_unix_us, struct jo_err *err)
{
	int64_t known = ask(store, "SELECT EXISTS (SELECT 1 FROM exported WHERE step > ?)", 0, err);
	struct db_stmt stmt;
	int count;

	if (known < 0)
		return known;
	count = db_prepare(store->db, give_up_sql, DB_ONCE, &stmt, err);
	if (count < 0)
		return count;
	db_bind_int(&stmt, end_before_unix_us);
	count = db_change_once(&stmt, err);
	return count < 0 || known == 1 ? count : 0;
}

int64_t store_exported_waiting(struct store *store, int64_t end_from_unix_us, struct jo_err *err)
{
	return ask(store, waiting_sql, end_from_unix_us, err);
}

int store_trace_is_busy(struct store *store, const char *trace_id, int64_t since_unix_us,
			struct jo_err *err)
{
	struct db_stmt stmt;
	int64_t is_busy;
	int rc = db_prepare(store->db, "SELECT " QUERY_TRACE_IS_BUSY("?"), DB_ONCE, &stmt, err);

	if (rc < 0)
		return rc;
	db_bind_text(&stmt, trace_id);
	db_bind_int(&stmt, since_unix_us);
	rc = db_take_int(&stmt, &is_busy, err);
	return rc < 0 ? rc : (int)is_busy;
}
