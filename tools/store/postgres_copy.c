/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A column may be narrower than the 64 bits that a number is bound with: COPY
 * takes only what is of the column's own type.
 */
#include "postgres_copy.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "postgres_link.h"
#include "postgres_oid.h"
#include "util/alloc.h"

/* Some hundred rows: the server works on them while the next are made. */
#define SEND_BYTES (256 << 10)

/* Of the binary format: the signature, no flags, no extension; and what ends it. */
static const char head[19] = "PGCOPY\n\377\r\n", tail[2] = {-1, -1};

/* ---- what it goes into ---- */

int postgres_copy_target(const char *database, PGconn *conn, const char *insert,
			 struct postgres_target *ret_target, struct jo_err *err)
{
	static const char before[] = "INSERT INTO ", behind[] = " VALUES";
	const char *begin = insert + sizeof(before) - 1, *columns = strchr(begin, '(') + 1;
	PGresult *result = NULL;
	char *sql;
	int rc;

	sql = xasprintf("SELECT %.*s FROM %.*s LIMIT 0", (int)strcspn(columns, ")"), columns,
			(int)strcspn(begin, " "), begin);
	rc = postgres_link_run(database, conn, sql, "write", &result, err);
	free(sql);
	if (rc < 0)
		return rc;
	ret_target->count = PQnfields(result);
	ret_target->types =
		xreallocarray(NULL, (size_t)ret_target->count, sizeof(*ret_target->types));
	for (int i = 0; i < ret_target->count; i++)
		ret_target->types[i] = PQftype(result, i);
	PQclear(result);
	ret_target->name = xasprintf("%.*s", (int)(strstr(begin, behind) - begin), begin);
	return 0;
}

void postgres_copy_release_target(struct postgres_target *target)
{
	free(target->name);
	free(target->types);
	*target = (struct postgres_target){0};
}

/* ---- rows ---- */

static void add_int(struct strbuf *rows, uint64_t value, size_t size)
{
	value = htobe64(value << (64 - 8 * size));
	strbuf_add(rows, &value, size);
}

/* A bound number in a column of so many bytes. */
static int add_number(const char *database, struct strbuf *rows, const char *data, size_t size,
		      struct jo_err *err)
{
	uint64_t bits;
	int64_t number, end = size < sizeof(bits) ? INT64_C(1) << (8 * size - 1) : INT64_MAX;

	memcpy(&bits, data, sizeof(bits));
	number = (int64_t)be64toh(bits);
	if (size < sizeof(bits) && (number >= end || number < -end))
		return jo_err_set(err, -ERANGE, "database %s: write: a number is out of range",
				  database);
	add_int(rows, size, 4);
	add_int(rows, (uint64_t)number, size);
	return 0;
}

static int add_cell(const char *database, struct strbuf *rows, Oid type,
		    const struct postgres_cell *cell, struct jo_err *err)
{
	if (cell->data == NULL) {
		add_int(rows, UINT32_MAX, 4);
		return 0;
	}
	if (cell->type == OID_INT8 && type == OID_INT4)
		return add_number(database, rows, cell->data, 4, err);
	if (cell->type == OID_INT8 && type == OID_INT2)
		return add_number(database, rows, cell->data, 2, err);
	add_int(rows, (uint64_t)cell->length, 4);
	strbuf_add(rows, cell->data, (size_t)cell->length);
	return 0;
}

/* ---- to the server ---- */

/* Hear what became of the rows that were sent. */
static int hear(const char *database, PGconn *conn, struct postgres_copy *copy, struct jo_err *err)
{
	PGresult *result, *next;

	if (!copy->is_sent)
		return 0;
	copy->is_sent = false;
	result = PQgetResult(conn);
	while ((next = PQgetResult(conn)) != NULL)
		PQclear(next);
	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		return postgres_link_fail(database, conn, result, err, "write");
	PQclear(result);
	return 0;
}

/* Hand the rows over, and do not wait for what becomes of them. */
static int send(const char *database, PGconn *conn, struct postgres_copy *copy, struct jo_err *err)
{
	PGresult *result;
	char *sql;
	int rc = hear(database, conn, copy, err);

	if (rc < 0 || copy->rows.len == 0)
		return rc;
	sql = xasprintf("COPY %s FROM STDIN (FORMAT binary)", copy->table);
	result = PQexec(conn, sql);
	free(sql);
	if (PQresultStatus(result) != PGRES_COPY_IN)
		return postgres_link_fail(database, conn, result, err, "write");
	PQclear(result);
	copy->is_sent = true;
	if (PQputCopyData(conn, head, sizeof(head)) != 1 ||
	    PQputCopyData(conn, copy->rows.text, (int)copy->rows.len) != 1 ||
	    PQputCopyData(conn, tail, sizeof(tail)) != 1 || PQputCopyEnd(conn, NULL) != 1)
		rc = postgres_link_fail(database, conn, NULL, err, "write");
	strbuf_reset(&copy->rows);
	return rc;
}

int postgres_copy_add(const char *database, PGconn *conn, struct postgres_copy *copy,
		      const struct postgres_target *target, const struct postgres_cell *cells,
		      struct jo_err *err)
{
	int rc = 0;

	if (copy->rows.len > 0 &&
	    (copy->rows.len >= SEND_BYTES || strcmp(copy->table, target->name) != 0))
		rc = send(database, conn, copy, err);
	if (rc < 0)
		return rc;
	if (copy->rows.len == 0) {
		free(copy->table);
		copy->table = xstrdup(target->name);
	}
	add_int(&copy->rows, (uint64_t)target->count, 2);
	for (int i = 0; rc == 0 && i < target->count; i++)
		rc = add_cell(database, &copy->rows, target->types[i], &cells[i], err);
	return rc;
}

int postgres_copy_flush(const char *database, PGconn *conn, struct postgres_copy *copy,
			struct jo_err *err)
{
	int rc = send(database, conn, copy, err);

	return rc < 0 ? rc : hear(database, conn, copy, err);
}

void postgres_copy_forget(struct postgres_copy *copy)
{
	strbuf_reset(&copy->rows);
	copy->is_sent = false;
}

void postgres_copy_release(struct postgres_copy *copy)
{
	strbuf_release(&copy->rows);
	free(copy->table);
}
