/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The only way to SQLite: statements whose values are bound and read in order,
 * with checked types, and SQLite's errors in our shape.  Private to store/.
 */
#ifndef STORE_DB_H
#define STORE_DB_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "joboutliers/err.h"

struct store;

/* A prepared statement and how far its values are bound or read. */
struct db_stmt {
	struct store *store;
	sqlite3_stmt *raw;
	int bind_index;    /* of the value bound last, from 1 */
	int column_index;  /* of the column read next, from 0 */
	int rc;            /* first SQLite error of a bind */
	const char *fault; /* the first column whose type was not the one asked for */
};

/* Prepare; is_kept for one that is used many times.  *ret_stmt must be released. */
int db_prepare(struct store *store, const char *sql, bool is_kept, struct db_stmt *ret_stmt,
	       struct jo_err *err);
void db_release(struct db_stmt *stmt);

/* Whether it was prepared from this text. */
bool db_is(const struct db_stmt *stmt, const char *sql);

/* Make ready for the first bind again. */
void db_reset(struct db_stmt *stmt);

/* Bind the next value.  JO_MISSING, NaN and a NULL text become NULL.  An error shows at db_step. */
void db_bind_int(struct db_stmt *stmt, int64_t value);
void db_bind_real(struct db_stmt *stmt, double value);
void db_bind_text(struct db_stmt *stmt, const char *text); /* must stay until the step */
void db_bind_copy(struct db_stmt *stmt, const char *text); /* need not stay */
void db_bind_blob(struct db_stmt *stmt, const void *data, size_t size);

/* 1: a row to read; 0: done, and the statement is reset; or a negative errno. */
int db_step(struct db_stmt *stmt, struct jo_err *err);

/* Bound statement without rows. */
int db_run(struct db_stmt *stmt, struct jo_err *err);

/* As db_run, and release it.  Returns how many rows it changed. */
int db_run_once(struct db_stmt *stmt, struct jo_err *err);

/*
 * Read the next column.  NULL is JO_MISSING, NaN or "".  A value of another type
 * counts as missing and makes db_row_check fail: the file was tampered with.
 */
int64_t db_column_int(struct db_stmt *stmt);
double db_column_real(struct db_stmt *stmt);
const char *db_column_text(struct db_stmt *stmt);
const void *db_column_blob(struct db_stmt *stmt, size_t *ret_size);

/* An integer within 0 <= value < end, for what becomes an enum. */
int db_column_enum(struct db_stmt *stmt, int end);

/* 0, or -EBADMSG when a column of this row was of another type. */
int db_row_check(struct db_stmt *stmt, struct jo_err *err);

/* Several statements without values or rows. */
int db_exec(struct store *store, const char *sql, struct jo_err *err);

/* One number, as of "PRAGMA user_version"; JO_MISSING for no row. */
int db_query_int(struct store *store, const char *sql, int64_t *ret_value, struct jo_err *err);

/* SQLite's last error on this store as errno and text; what says what was tried. */
int db_fail(struct store *store, int sqlite_rc, struct jo_err *err, const char *what);

#endif
