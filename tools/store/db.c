/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Binding, stepping and reading of SQLite statements; knows no table. */
#include "db.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "internal.h"
#include "joboutliers/record.h"

/* What SQLite's primary result codes are in errno, and what a person can do about them. */
static const struct {
	int sqlite_rc, code;
	const char *text; /* NULL: SQLite's own */
} failures[] = {
	{SQLITE_BUSY, -EBUSY, "locked by another program; try again when it has ended"},
	{SQLITE_LOCKED, -EBUSY, "locked by another program; try again when it has ended"},
	{SQLITE_NOTADB, -EBADMSG, "not a database; restore it from a backup"},
	{SQLITE_CORRUPT, -EBADMSG, "damaged; restore it from a backup"},
	{SQLITE_READONLY, -EROFS, "cannot be written: file, folder or file system is read-only"},
	{SQLITE_CANTOPEN, -EACCES, "cannot be opened; check the rights of file and folder"},
	{SQLITE_PERM, -EACCES, "cannot be opened; check the rights of file and folder"},
	{SQLITE_AUTH, -EACCES, NULL},
	{SQLITE_FULL, -ENOSPC, "no space left for it"},
	{SQLITE_NOMEM, -ENOMEM, NULL},
	{SQLITE_CONSTRAINT, -EEXIST, NULL},
	{SQLITE_TOOBIG, -E2BIG, NULL},
};

int db_fail(struct store *store, int sqlite_rc, struct jo_err *err, const char *what)
{
	const char *text = sqlite3_errmsg(store->db);
	int code = -EIO;

	for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++)
		if (failures[i].sqlite_rc == (sqlite_rc & 0xff)) {
			code = failures[i].code;
			if (failures[i].text != NULL)
				text = failures[i].text;
		}
	return jo_err_set(err, code, "database %s: %s: %s", store->path, what, text);
}

int db_prepare(struct store *store, const char *sql, bool is_kept, struct db_stmt *ret_stmt,
	       struct jo_err *err)
{
	struct db_stmt stmt = {.store = store};
	int rc;

	rc = sqlite3_prepare_v3(store->db, sql, -1, is_kept ? SQLITE_PREPARE_PERSISTENT : 0,
				&stmt.raw, NULL);
	if (rc != SQLITE_OK)
		return db_fail(store, rc, err, "prepare");
	*ret_stmt = stmt;
	return 0;
}

void db_release(struct db_stmt *stmt)
{
	(void)sqlite3_finalize(stmt->raw);
	*stmt = (struct db_stmt){0};
}

bool db_is(const struct db_stmt *stmt, const char *sql)
{
	return stmt->raw != NULL && strcmp(sqlite3_sql(stmt->raw), sql) == 0;
}

void db_reset(struct db_stmt *stmt)
{
	/* Its result repeats what the last step returned already. */
	(void)sqlite3_reset(stmt->raw);
	stmt->bind_index = 0;
	stmt->rc = SQLITE_OK;
	stmt->fault = NULL;
}

static void note_bind(struct db_stmt *stmt, int rc)
{
	if (stmt->rc == SQLITE_OK)
		stmt->rc = rc;
}

void db_bind_int(struct db_stmt *stmt, int64_t value)
{
	int index = ++stmt->bind_index;

	if (value == JO_MISSING)
		note_bind(stmt, sqlite3_bind_null(stmt->raw, index));
	else
		note_bind(stmt, sqlite3_bind_int64(stmt->raw, index, value));
}

void db_bind_real(struct db_stmt *stmt, double value)
{
	int index = ++stmt->bind_index;

	if (isnan(value))
		note_bind(stmt, sqlite3_bind_null(stmt->raw, index));
	else
		note_bind(stmt, sqlite3_bind_double(stmt->raw, index, value));
}

void db_bind_text(struct db_stmt *stmt, const char *text)
{
	int index = ++stmt->bind_index;

	note_bind(stmt, sqlite3_bind_text(stmt->raw, index, text, -1, SQLITE_STATIC));
}

void db_bind_copy(struct db_stmt *stmt, const char *text)
{
	int index = ++stmt->bind_index;

	note_bind(stmt, sqlite3_bind_text(stmt->raw, index, text, -1, SQLITE_TRANSIENT));
}

void db_bind_blob(struct db_stmt *stmt, const void *data, size_t size)
{
	int index = ++stmt->bind_index;

	note_bind(stmt, sqlite3_bind_blob64(stmt->raw, index, data, size, SQLITE_STATIC));
}

int db_step(struct db_stmt *stmt, struct jo_err *err)
{
	int rc;

	stmt->column_index = 0;
	if (stmt->rc != SQLITE_OK)
		return db_fail(stmt->store, stmt->rc, err, "bind a value");
	rc = sqlite3_step(stmt->raw);
	if (rc == SQLITE_ROW)
		return 1;
	if (rc == SQLITE_DONE) {
		db_reset(stmt);
		return 0;
	}
	rc = db_fail(stmt->store, rc, err, sqlite3_stmt_readonly(stmt->raw) ? "read" : "write");
	db_reset(stmt);
	return rc;
}

int db_run(struct db_stmt *stmt, struct jo_err *err)
{
	int rc = db_step(stmt, err);

	if (rc > 0)
		db_reset(stmt);
	return rc < 0 ? rc : 0;
}

int db_run_once(struct db_stmt *stmt, struct jo_err *err)
{
	sqlite3 *db = stmt->store->db;
	int rc = db_run(stmt, err);

	db_release(stmt);
	return rc < 0 ? rc : sqlite3_changes(db);
}

static bool column_is(struct db_stmt *stmt, int index, int type)
{
	int found = sqlite3_column_type(stmt->raw, index);

	if (found == type)
		return true;
	if (found != SQLITE_NULL && stmt->fault == NULL)
		stmt->fault = sqlite3_column_name(stmt->raw, index);
	return false;
}

int64_t db_column_int(struct db_stmt *stmt)
{
	int index = stmt->column_index++;

	return column_is(stmt, index, SQLITE_INTEGER) ? sqlite3_column_int64(stmt->raw, index)
						      : JO_MISSING;
}

double db_column_real(struct db_stmt *stmt)
{
	int index = stmt->column_index++;

	return column_is(stmt, index, SQLITE_FLOAT) ? sqlite3_column_double(stmt->raw, index) : NAN;
}

const char *db_column_text(struct db_stmt *stmt)
{
	int index = stmt->column_index++;
	const char *text;

	if (!column_is(stmt, index, SQLITE_TEXT))
		return "";
	text = (const char *)sqlite3_column_text(stmt->raw, index);
	return text != NULL ? text : "";
}

const void *db_column_blob(struct db_stmt *stmt, size_t *ret_size)
{
	int index = stmt->column_index++;
	const void *data;

	*ret_size = 0;
	if (!column_is(stmt, index, SQLITE_BLOB))
		return "";
	data = sqlite3_column_blob(stmt->raw, index);
	*ret_size = (size_t)sqlite3_column_bytes(stmt->raw, index);
	return data != NULL ? data : "";
}

int db_column_enum(struct db_stmt *stmt, int end)
{
	int index = stmt->column_index;
	int64_t value = db_column_int(stmt);

	if (value >= 0 && value < end)
		return (int)value;
	if (stmt->fault == NULL)
		stmt->fault = sqlite3_column_name(stmt->raw, index);
	return 0;
}

int db_row_check(struct db_stmt *stmt, struct jo_err *err)
{
	if (stmt->fault == NULL)
		return 0;
	return jo_err_set(err, -EBADMSG,
			  "database %s: column %s holds a value of another type; "
			  "was the file edited by hand?",
			  stmt->store->path, stmt->fault);
}

int db_exec(struct store *store, const char *sql, struct jo_err *err)
{
	int rc = sqlite3_exec(store->db, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? 0 : db_fail(store, rc, err, "change");
}

int db_query_int(struct store *store, const char *sql, int64_t *ret_value, struct jo_err *err)
{
	struct db_stmt stmt;
	int64_t value = JO_MISSING;
	int rc;

	rc = db_prepare(store, sql, false, &stmt, err);
	if (rc < 0)
		return rc;
	rc = db_step(&stmt, err);
	if (rc > 0)
		value = db_column_int(&stmt);
	db_release(&stmt);
	if (rc < 0)
		return rc;
	*ret_value = value;
	return 0;
}
