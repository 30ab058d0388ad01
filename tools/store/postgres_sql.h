/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The SQL of store/ in PostgreSQL's words.  Private to the PostgreSQL engine. */
#ifndef STORE_POSTGRES_SQL_H
#define STORE_POSTGRES_SQL_H

#include <stdbool.h>

/*
 * Statements, also those of a schema, with $1, $2, ... for ? and ?N, and the
 * macros of driver.h and the types of columns as PostgreSQL has them; the caller
 * frees it.  What is between quotes stays, and comments go.  is_own_only is of
 * the connection: what DB_PEERS is depends on it.
 */
char *postgres_sql(const char *sql, bool is_own_only);

#endif
