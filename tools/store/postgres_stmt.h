/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Statements of the PostgreSQL engine.  A connection has one result at a time,
 * and the store reads rows of one statement while it runs others: so the rows
 * are all fetched at once, but for cursors outside of transactions, each of which
 * has a connection of its own until its last row.  Private to that engine.
 */
#ifndef STORE_POSTGRES_STMT_H
#define STORE_POSTGRES_STMT_H

#include <libpq-fe.h>
#include <stdbool.h>

#include "engine.h"
#include "postgres_copy.h"
#include "step/month.h"

/* Cursors that are read at the same time: lists with a list for each row.  Rows of one more are
 * fetched at once. */
#define POSTGRES_STREAMS 3

/* A connection that cursors are read by. */
struct postgres_stream {
	PGconn *conn; /* NULL: not connected yet */
	bool is_busy; /* rows are coming */
};

struct postgres_db {
	struct db db;
	struct store_options options;
	PGconn *conn;
	struct postgres_stream streams[POSTGRES_STREAMS];
	bool has_no_more;          /* streams: the server did not give another connection */
	bool is_in_transaction;    /* what it has written only its own connection sees */
	struct postgres_copy copy; /* rows that were put, on their way by conn */
	unsigned prepared_count;
	bool has_month[MONTH_MAX + 1]; /* those that are known to be there, in a transaction */
};

/* What struct db_engine has of statements. */
int postgres_stmt_prepare(struct db *db, const char *sql, enum db_use use, struct db_stmt *ret_stmt,
			  struct jo_err *err);
void postgres_stmt_release(struct db_stmt *stmt);
const char *postgres_stmt_sql(const struct db_stmt *stmt);
void postgres_stmt_reset(struct db_stmt *stmt);
int postgres_stmt_bind_null(struct db_stmt *stmt, int index, enum db_type type);
int postgres_stmt_bind_int(struct db_stmt *stmt, int index, int64_t value);
int postgres_stmt_bind_real(struct db_stmt *stmt, int index, double value);
int postgres_stmt_bind_text(struct db_stmt *stmt, int index, const char *text, bool is_copied);
int postgres_stmt_bind_blob(struct db_stmt *stmt, int index, const void *data, size_t size);
int postgres_stmt_step(struct db_stmt *stmt, struct jo_err *err);
int postgres_stmt_put(struct db_stmt *stmt, struct jo_err *err);
int postgres_stmt_changes(const struct db_stmt *stmt);
int postgres_stmt_insert(struct db_stmt *stmt, int64_t *ret_id, struct jo_err *err);
enum db_type postgres_stmt_column_type(const struct db_stmt *stmt, int index);
const char *postgres_stmt_column_name(const struct db_stmt *stmt, int index);
int64_t postgres_stmt_column_int(const struct db_stmt *stmt, int index);
double postgres_stmt_column_real(const struct db_stmt *stmt, int index);
const char *postgres_stmt_column_text(const struct db_stmt *stmt, int index);
const void *postgres_stmt_column_blob(const struct db_stmt *stmt, int index, size_t *ret_size);

#endif
