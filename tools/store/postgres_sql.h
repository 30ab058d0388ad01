/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The SQL of store/ in PostgreSQL's words.  Private to the PostgreSQL engine. */
#ifndef STORE_POSTGRES_SQL_H
#define STORE_POSTGRES_SQL_H

/*
 * Statements, also those of a schema, with $1, $2, ... for ? and ?N, and the
 * macros of driver.h and the types of columns as PostgreSQL has them; the caller
 * frees it.  What is between quotes stays, and comments go.
 */
char *postgres_sql(const char *sql);

#endif
