/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In what PostgreSQL's tables differ from the schema's text, which SQLite reads:
 * it stores each number in as many bytes as it needs, and PostgreSQL in as many
 * as its column's type has.  Private to that engine.
 */
#ifndef STORE_POSTGRES_SHAPE_H
#define STORE_POSTGRES_SHAPE_H

#include <libpq-fe.h>
#include <stdint.h>

#include "joboutliers/err.h"

/* Make the tables that have a row for each step, which are empty, as narrow as their values allow.
 */
int postgres_shape_tables(const char *database, PGconn *conn, struct jo_err *err);

/* What makes the index, in PostgreSQL's words, where that is not the schema's text; else NULL. */
const char *postgres_shape_index(const char *name);

/* The same of what makes the schema's version of the one before it. */
const char *postgres_shape_version(int64_t version);

#endif
