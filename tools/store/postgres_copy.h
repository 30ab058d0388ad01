/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rows of the PostgreSQL engine that go to the server many at a time, by COPY:
 * a statement for each would cost a round trip, and more work than the row.
 * Private to that engine.
 */
#ifndef STORE_POSTGRES_COPY_H
#define STORE_POSTGRES_COPY_H

#include <libpq-fe.h>
#include <stddef.h>

#include "engine.h"
#include "util/strbuf.h"

/* Columns of a table, as an INSERT names them. */
struct postgres_target {
	char *name; /* "TABLE (COLUMN, ...)"; NULL: not asked for yet */
	int count;
	Oid *types; /* of the columns */
};

/* A value of a row: what a statement's is bound as, in the server's binary format. */
struct postgres_cell {
	Oid type;
	const char *data; /* NULL: NULL */
	int length;
};

/* Rows of one target on their way; strbuf_init(&rows), and the rest zero, makes one. */
struct postgres_copy {
	struct strbuf rows; /* in COPY's binary format, without its head */
	char *table;        /* and columns, that they go into; NULL: none yet */
	bool is_sent;       /* rows before these are at the server, which has not answered yet */
};

/* Ask for what an INSERT of one row is into, in PostgreSQL's words; ret_target is all zero. */
int postgres_copy_target(const char *database, PGconn *conn, const char *insert,
			 struct postgres_target *ret_target, struct jo_err *err);
/* Free what it holds; an all-zero one is fine. */
void postgres_copy_release_target(struct postgres_target *target);

/* Add a row of the target. */
int postgres_copy_add(const char *database, PGconn *conn, struct postgres_copy *copy,
		      const struct postgres_target *target, const struct postgres_cell *cells,
		      struct jo_err *err);

/* Wait until all rows are in their table.  To be called before anything else is asked of the
 * connection; costs nothing where there are none. */
int postgres_copy_flush(const char *database, PGconn *conn, struct postgres_copy *copy,
			struct jo_err *err);

/* Forget the rows, whose transaction is rolled back. */
void postgres_copy_forget(struct postgres_copy *copy);

/* Free what there is, sent or not. */
void postgres_copy_release(struct postgres_copy *copy);

#endif
