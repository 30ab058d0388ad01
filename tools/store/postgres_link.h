/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Connections to a PostgreSQL server, and its errors in our shape.  Private to its engine. */
#ifndef STORE_POSTGRES_LINK_H
#define STORE_POSTGRES_LINK_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

#include "joboutliers/err.h"
#include "terms.h"

/* The first version that is known to do; it is as old as what the oldest of our systems have. */
#define POSTGRES_VERSION_MIN 130000

/* Where somebody without rights is sent. */
#define POSTGRES_WHO_READS "joboutliers-database(7) says who may read"

/* Our own table beside those of the schema: its version, and the notes. */
#define POSTGRES_OWN_TABLE "joboutliers"

/*
 * Connect, and set what a session of ours depends on; a lock is waited for as
 * long as options say, and tables are those beside our own one, where that is.  Refused: a password in the database's name, an older
 * server, an encoding that does not hold every name, and a pooler of transactions.
 */
int postgres_link_open(const char *database, const struct store_options *options, PGconn **ret_conn,
		       struct jo_err *err);

/* Connect to another database of the server, and set nothing: for what is about the server.
 * -ENOTCONN when that fails.  The name is one that postgres_link_open takes. */
int postgres_link_server(const char *database, const char *other, PGconn **ret_conn,
			 struct jo_err *err);

/* Connect as postgres_link_server does, to one host of those that the name has, whichever of them
 * the name wants; NULL where it has no such words. */
int postgres_link_host(const char *database, const char *host, const char *address,
		       const char *port, PGconn **ret_conn, struct jo_err *err);

/* What the server calls the database of this name; the caller frees it.  NULL: it cannot be told.
 */
char *postgres_link_dbname(const char *database);

/* Whether the name leads to several hosts, one of which is to stand in for another. */
bool postgres_link_has_several_hosts(PGconn *conn);

/* What the name, services and the environment say, for PQconninfoFree; or NULL. */
PQconninfoOption *postgres_link_options(const char *database);

/* What went wrong, as errno and text; what says what was tried.  The result, which may be NULL, is
 * freed. */
int postgres_link_fail(const char *database, const PGconn *conn, PGresult *result,
		       struct jo_err *err, const char *what);

/* Run statements without values; the result, of the last one, is for the caller to free, or NULL
 * where nobody wants it. */
int postgres_link_run(const char *database, PGconn *conn, const char *sql, const char *what,
		      PGresult **ret_result, struct jo_err *err);

#endif
