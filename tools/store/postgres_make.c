/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why a connection fails the server says in words of its language alone: so another database of it
 * is asked whether ours is there. */
#include "postgres_make.h"

#include <errno.h>
#include <libpq-fe.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "postgres_link.h"
#include "util/alloc.h"

/* That every server has, for what is about its databases. */
#define MAINTENANCE_DATABASE "postgres"

#define INSUFFICIENT_PRIVILEGE "42501"
#define DUPLICATE_DATABASE "42P04"

/* 1: it is there. */
static int find(const char *database, PGconn *conn, const char *name, struct jo_err *err)
{
	PGresult *result = PQexecParams(conn, "SELECT 1 FROM pg_database WHERE datname = $1", 1,
					NULL, &name, NULL, NULL, 0);
	int rc;

	if (PQresultStatus(result) != PGRES_TUPLES_OK)
		return postgres_link_fail(database, conn, result, err, "look for it");
	rc = PQntuples(result);
	PQclear(result);
	return rc;
}

/* 1: made; 0: another program was faster. */
static int create(const char *database, PGconn *conn, const char *name, struct jo_err *err)
{
	char *quoted = PQescapeIdentifier(conn, name, strlen(name));
	char *sql = xasprintf("CREATE DATABASE %s ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0",
			      quoted != NULL ? quoted : "\"\"");
	PGresult *result = PQexec(conn, sql);
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	int rc = 1;

	PQfreemem(quoted);
	free(sql);
	if (PQresultStatus(result) == PGRES_COMMAND_OK) {
		PQclear(result);
		return rc;
	}
	if (state != NULL && strcmp(state, DUPLICATE_DATABASE) == 0)
		rc = 0;
	else if (state != NULL && strcmp(state, INSUFFICIENT_PRIVILEGE) == 0)
		rc = jo_err_set(
			err, -EACCES,
			"database %s: is not there, and the role %s may make none; have the "
			"server's administrator run: createdb -O %s -E UTF8 -l C "
			"-T template0 %s",
			database, PQuser(conn), PQuser(conn), name);
	else
		return postgres_link_fail(database, conn, result, err, "make it");
	PQclear(result);
	return rc;
}

/* Ask the server that does not let us in; fallback says why. */
static int make_there(const char *database, const char *name, const struct jo_err *fallback,
		      struct jo_err *err)
{
	PGconn *conn;
	int rc = postgres_link_server(database, MAINTENANCE_DATABASE, &conn, NULL);

	if (rc == 0) {
		rc = find(database, conn, name, err);
		if (rc == 0) {
			rc = create(database, conn, name, err);
			PQfinish(conn);
			return rc;
		}
		PQfinish(conn);
		if (rc < 0)
			return rc;
	}
	return jo_err_set(err, fallback->code, "%s", fallback->text);
}

bool postgres_make_lacks(const char *database)
{
	char *name = postgres_link_dbname(database);
	PGconn *conn;
	bool is_lacking = false;

	if (name != NULL &&
	    postgres_link_server(database, MAINTENANCE_DATABASE, &conn, NULL) == 0) {
		is_lacking = find(database, conn, name, NULL) == 0;
		PQfinish(conn);
	}
	free(name);
	return is_lacking;
}

int postgres_make(const char *database, struct jo_err *err)
{
	const struct store_options options = {STORE_READ, STORE_BUSY_TIMEOUT_MS};
	struct jo_err refusal;
	PGconn *conn;
	char *name;
	int rc = postgres_link_open(database, &options, &conn, &refusal);

	if (rc == 0) {
		PQfinish(conn);
		return 0;
	}
	name = rc == -ENOTCONN ? postgres_link_dbname(database) : NULL;
	rc = name != NULL ? make_there(database, name, &refusal, err)
			  : jo_err_set(err, refusal.code, "%s", refusal.text);
	free(name);
	return rc;
}
