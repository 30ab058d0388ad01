/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A PostgreSQL server of the benchmark's own. */
#ifndef BENCH_SERVER_H
#define BENCH_SERVER_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <unistd.h>

#include "bench.h"
#include "util/alloc.h"

/* Run this program again below a server that it has to itself, unless it is; false where none can
 * be started here. */
MAYBE_UNUSED static bool find_server(char **argv)
{
	static char name[] = "tests/postgres/server";
	char *words[16] = {name}; /* more than any takes */
	size_t count = 1;

	if (getenv("JO_POSTGRES") != NULL)
		return true;
	if (system("tests/postgres/server true 2>/dev/null") != 0)
		return false;
	while (*argv != NULL && count < sizeof(words) / sizeof(words[0]) - 1)
		words[count++] = *argv++;
	(void)execv(name, words);
	check(0, "cannot start tests/postgres/server");
	return false;
}

/* What the database is called for store_open and libpq; the caller frees it. */
MAYBE_UNUSED static char *address_of(const char *name)
{
	return xasprintf("postgresql:///%s?host=%s", name, getenv("PGHOST"));
}

MAYBE_UNUSED static PGconn *connect_to(const char *name)
{
	char *address = address_of(name);
	PGconn *conn = PQconnectdb(address);

	check(PQstatus(conn) == CONNECTION_OK, PQerrorMessage(conn));
	free(address);
	return conn;
}

/* What it answers is the caller's. */
MAYBE_UNUSED static PGresult *ask(PGconn *conn, const char *sql)
{
	PGresult *result = PQexec(conn, sql);

	check(PQresultStatus(result) == PGRES_COMMAND_OK ||
		      PQresultStatus(result) == PGRES_TUPLES_OK ||
		      PQresultStatus(result) == PGRES_COPY_IN ||
		      PQresultStatus(result) == PGRES_COPY_OUT,
	      PQerrorMessage(conn));
	return result;
}

MAYBE_UNUSED static void run(PGconn *conn, const char *sql)
{
	PQclear(ask(conn, sql));
}

MAYBE_UNUSED static double number(PGconn *conn, const char *sql)
{
	PGresult *result = ask(conn, sql);
	double value = atof(PQgetvalue(result, 0, 0));

	PQclear(result);
	return value;
}

MAYBE_UNUSED static void make_database(const char *name)
{
	char *sql = xasprintf("CREATE DATABASE %s TEMPLATE template0", name);
	PGconn *conn = connect_to("postgres");

	run(conn, sql);
	PQfinish(conn);
	free(sql);
}

#endif
