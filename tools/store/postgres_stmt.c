/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Values go and come in the server's binary format: integers and doubles are
 * exact, and bytes take no more room than they have.  Which type a value has is
 * known when it is bound, so a statement is prepared at its first step.
 */
#include "postgres_stmt.h"

#include <endian.h>
#include <errno.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "postgres_link.h"
#include "postgres_oid.h"
#include "postgres_sql.h"
#include "util/alloc.h"

#define NAME_SIZE 16   /* "s" and an unsigned int */
#define VALUES_MAX 128 /* more than the columns of a step */

/*
 * A list is read by the server's cursor: for one it takes the plan by which the
 * first tenth of the rows is found soonest (cursor_tuple_fraction).  A year of
 * steps comes by the index of their ends then and is not sorted first, and yet a
 * class's few are not looked for among all of them.
 */
/* Whoever reads it may take his time. */
#define BEGIN_LIST "BEGIN READ ONLY; SET LOCAL idle_in_transaction_session_timeout = 0"
#define DECLARE_LIST "DECLARE list NO SCROLL CURSOR FOR "
#define FETCH_LIST "FETCH 256 FROM list" /* some tens of kilobytes */

struct value {
	const char *data; /* NULL: NULL */
	int length;
	char number[8];
	char *copy; /* of data, where it need not stay; else NULL */
};

/* A statement, its values, and its rows. */
struct handle {
	char *sql;  /* as it was given */
	char *text; /* in PostgreSQL's words */
	enum db_use use;
	char name[NAME_SIZE]; /* that it is prepared by */
	PGconn *conn;         /* where it is prepared; NULL: nowhere */
	Oid prepared_types[VALUES_MAX];
	int count;
	Oid types[VALUES_MAX];
	struct value values[VALUES_MAX];

	PGresult *result;               /* NULL: to be run */
	struct postgres_stream *stream; /* that further rows come from */
	int row;                        /* of the result */
	int change_count;               /* rows, of the last run */
	bool is_insert;                 /* and gives the new row's id */
	struct postgres_target target;  /* of rows that are put */
	char *column;                   /* a name that was handed out */
};

static struct postgres_db *postgres_of(const struct db_stmt *stmt)
{
	return (struct postgres_db *)stmt->db;
}

int postgres_stmt_prepare(struct db *db, const char *sql, enum db_use use, struct db_stmt *ret_stmt,
			  struct jo_err *err)
{
	struct handle *handle = xcalloc(1, sizeof(*handle));

	(void)err;
	handle->sql = xstrdup(sql);
	handle->text = postgres_sql(sql, db->is_own_only);
	handle->use = use;
	*ret_stmt = (struct db_stmt){.db = db, .handle = handle};
	return 0;
}

/* Take it off the server, if that would hear of it. */
static void unprepare(struct handle *handle)
{
	char sql[NAME_SIZE + sizeof("DEALLOCATE ")];

	PGTransactionStatusType status = PQtransactionStatus(handle->conn);

	if (handle->conn != NULL && (status == PQTRANS_IDLE || status == PQTRANS_INTRANS)) {
		(void)snprintf(sql, sizeof(sql), "DEALLOCATE %s", handle->name);
		PQclear(PQexec(handle->conn, sql));
	}
	handle->conn = NULL;
}

static void forget_values(struct handle *handle)
{
	for (int i = 0; i < handle->count; i++) {
		free(handle->values[i].copy);
		handle->values[i].copy = NULL;
	}
}

void postgres_stmt_release(struct db_stmt *stmt)
{
	struct handle *handle = stmt->handle;

	postgres_stmt_reset(stmt);
	unprepare(handle);
	forget_values(handle);
	postgres_copy_release_target(&handle->target);
	free(handle->column);
	free(handle->text);
	free(handle->sql);
	free(handle);
}

const char *postgres_stmt_sql(const struct db_stmt *stmt)
{
	const struct handle *handle = stmt->handle;

	return handle->sql;
}

/* Let the connection go of which rows are left: those that are here already are thrown away, and
 * the server is told to make no more. */
static void end_stream(struct handle *handle)
{
	PGconn *conn = handle->stream->conn;
	bool is_cancelled = false;
	PGresult *result;

	/* Nothing of a list is on its way. */
	if (handle->use == DB_LISTED) {
		PQclear(PQexec(conn, "ROLLBACK"));
		goto out;
	}
	for (;;) {
		(void)PQconsumeInput(conn);
		if (PQisBusy(conn) && !is_cancelled) {
			PGcancel *cancel = PQgetCancel(conn);
			char text[256]; /* of no use: the rows are read to their end in any case */

			(void)PQcancel(cancel, text, sizeof(text));
			PQfreeCancel(cancel);
			is_cancelled = true;
		}
		result = PQgetResult(conn);
		if (result == NULL)
			break;
		PQclear(result);
	}
out:
	handle->stream->is_busy = false;
	handle->stream = NULL;
}

void postgres_stmt_reset(struct db_stmt *stmt)
{
	struct handle *handle = stmt->handle;

	if (handle->stream != NULL)
		end_stream(handle);
	PQclear(handle->result);
	handle->result = NULL;
}

/* ---- values ---- */

/* The slot of a value; those are bound in order, from 1. */
static struct value *slot(struct db_stmt *stmt, int index, Oid type)
{
	struct handle *handle = stmt->handle;
	struct value *value;

	if (index > VALUES_MAX)
		return NULL;
	if (index == 1) {
		forget_values(handle);
		handle->count = 0;
	}
	handle->types[handle->count] = type;
	value = &handle->values[handle->count++];
	*value = (struct value){0};
	return value;
}

int postgres_stmt_bind_null(struct db_stmt *stmt, int index, enum db_type type)
{
	static const Oid oids[] = {[DB_NULL] = OID_TEXT,
				   [DB_INTEGER] = OID_INT8,
				   [DB_REAL] = OID_FLOAT8,
				   [DB_TEXT] = OID_TEXT,
				   [DB_BLOB] = OID_BYTEA};

	return slot(stmt, index, oids[type]) == NULL ? -E2BIG : 0;
}

static int bind_eight(struct db_stmt *stmt, int index, Oid type, uint64_t bits)
{
	struct value *value = slot(stmt, index, type);

	if (value == NULL)
		return -E2BIG;
	bits = htobe64(bits);
	memcpy(value->number, &bits, sizeof(bits));
	value->data = value->number;
	value->length = sizeof(bits);
	return 0;
}

int postgres_stmt_bind_int(struct db_stmt *stmt, int index, int64_t number)
{
	return bind_eight(stmt, index, OID_INT8, (uint64_t)number);
}

int postgres_stmt_bind_real(struct db_stmt *stmt, int index, double number)
{
	uint64_t bits;

	memcpy(&bits, &number, sizeof(bits));
	return bind_eight(stmt, index, OID_FLOAT8, bits);
}

/* Records have UTF-8 alone, but not what a person types, or how files are called. */
int postgres_stmt_bind_text(struct db_stmt *stmt, int index, const char *text, bool is_copied)
{
	struct value *value = slot(stmt, index, OID_TEXT);

	if (value == NULL)
		return -E2BIG;
	if (!g_utf8_validate(text, -1, NULL)) {
		char *valid = g_utf8_make_valid(text, -1);

		text = value->copy = xstrdup(valid);
		g_free(valid);
	} else if (is_copied) {
		text = value->copy = xstrdup(text);
	}
	value->data = text;
	value->length = (int)strlen(text);
	return 0;
}

int postgres_stmt_bind_blob(struct db_stmt *stmt, int index, const void *data, size_t size)
{
	struct value *value = slot(stmt, index, OID_BYTEA);

	if (value == NULL || size > INT32_MAX)
		return -E2BIG;
	value->data = data;
	value->length = (int)size;
	return 0;
}

/* ---- running ---- */

/* Prepare it on this connection, unless it is. */
static int prepare_on(struct db_stmt *stmt, PGconn *conn, struct jo_err *err)
{
	struct postgres_db *db = postgres_of(stmt);
	struct handle *handle = stmt->handle;
	size_t types_size = (size_t)handle->count * sizeof(handle->types[0]);
	PGresult *result;

	if (handle->conn == conn && memcmp(handle->prepared_types, handle->types, types_size) == 0)
		return 0;
	unprepare(handle);
	(void)snprintf(handle->name, sizeof(handle->name), "s%u", ++db->prepared_count);
	result = PQprepare(conn, handle->name, handle->text, handle->count, handle->types);
	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		return postgres_link_fail(db->db.name, conn, result, err, "prepare");
	PQclear(result);
	handle->conn = conn;
	memcpy(handle->prepared_types, handle->types, types_size);
	return 0;
}

/* The values as libpq wants them. */
struct given {
	const char *data[VALUES_MAX];
	int lengths[VALUES_MAX], formats[VALUES_MAX];
};

static void give(const struct handle *handle, struct given *given)
{
	for (int i = 0; i < handle->count; i++) {
		given->data[i] = handle->values[i].data;
		given->lengths[i] = handle->values[i].length;
		given->formats[i] = 1;
	}
}

/* A connection for the rows of a cursor, the one where it is prepared before others; NULL where it
 * is to be run as any statement. */
static struct postgres_stream *find_stream(struct db_stmt *stmt)
{
	struct postgres_db *db = postgres_of(stmt);
	const struct handle *handle = stmt->handle;
	struct postgres_stream *found = NULL;

	if ((handle->use != DB_CURSOR && handle->use != DB_LISTED) || db->is_in_transaction)
		return NULL;
	for (size_t i = 0; i < POSTGRES_STREAMS; i++) {
		struct postgres_stream *stream = &db->streams[i];

		if (!stream->is_busy && stream->conn != NULL &&
		    (found == NULL || stream->conn == handle->conn))
			found = stream;
	}
	for (size_t i = 0; found == NULL && !db->has_no_more && i < POSTGRES_STREAMS; i++)
		if (db->streams[i].conn == NULL) {
			/* A server that has no more of them can still be read from; to ask it for
			 * each statement takes longer than the statements, and others' places. */
			if (postgres_link_open(db->db.name, &db->options, &db->streams[i].conn,
					       NULL) < 0)
				db->has_no_more = true;
			else
				found = &db->streams[i];
		}
	return found;
}

static int send(struct db_stmt *stmt, struct postgres_stream *stream, struct jo_err *err)
{
	struct handle *handle = stmt->handle;
	struct given given;
	int rc = prepare_on(stmt, stream->conn, err);

	if (rc < 0)
		return rc;
	give(handle, &given);
	if (PQsendQueryPrepared(stream->conn, handle->name, handle->count, given.data,
				given.lengths, given.formats, 1) != 1 ||
	    PQsetSingleRowMode(stream->conn) != 1)
		return postgres_link_fail(stmt->db->name, stream->conn, NULL, err, "read");
	return 0;
}

static int declare_list(struct db_stmt *stmt, struct postgres_stream *stream, struct jo_err *err)
{
	struct handle *handle = stmt->handle;
	struct given given;
	PGresult *result;
	char *text;
	int rc = postgres_link_run(stmt->db->name, stream->conn, BEGIN_LIST, "read", NULL, err);

	if (rc < 0)
		return rc;
	give(handle, &given);
	text = xasprintf(DECLARE_LIST "%s", handle->text);
	result = PQexecParams(stream->conn, text, handle->count, handle->types, given.data,
			      given.lengths, given.formats, 1);
	free(text);
	if (PQresultStatus(result) != PGRES_COMMAND_OK) {
		rc = postgres_link_fail(stmt->db->name, stream->conn, result, err, "read");
		PQclear(PQexec(stream->conn, "ROLLBACK"));
		return rc;
	}
	PQclear(result);
	return 0;
}

static int begin_stream(struct db_stmt *stmt, struct postgres_stream *stream, struct jo_err *err)
{
	struct handle *handle = stmt->handle;
	int rc = handle->use == DB_LISTED ? declare_list(stmt, stream, err)
					  : send(stmt, stream, err);

	if (rc < 0)
		return rc;
	stream->is_busy = true;
	handle->stream = stream;
	return 0;
}

static int fetch_list(struct db_stmt *stmt, struct jo_err *err)
{
	struct handle *handle = stmt->handle;
	PGconn *conn = handle->stream->conn;

	PQclear(handle->result);
	handle->row = 0;
	handle->result = PQexecParams(conn, FETCH_LIST, 0, NULL, NULL, NULL, NULL, 1);
	if (PQresultStatus(handle->result) != PGRES_TUPLES_OK) {
		PGresult *result = handle->result;

		handle->result = NULL;
		return postgres_link_fail(stmt->db->name, conn, result, err, "read");
	}
	return PQntuples(handle->result) > 0;
}

/* The next row of those that come. */
static int receive(struct db_stmt *stmt, struct jo_err *err)
{
	struct handle *handle = stmt->handle;

	if (handle->use == DB_LISTED)
		return handle->result != NULL && ++handle->row < PQntuples(handle->result)
			       ? 1
			       : fetch_list(stmt, err);
	PQclear(handle->result);
	handle->result = PQgetResult(handle->stream->conn);
	handle->row = 0;
	if (PQresultStatus(handle->result) == PGRES_SINGLE_TUPLE)
		return 1;
	if (PQresultStatus(handle->result) != PGRES_TUPLES_OK) {
		PGresult *result = handle->result;

		handle->result = NULL;
		return postgres_link_fail(stmt->db->name, handle->stream->conn, result, err,
					  "read");
	}
	return 0;
}

static int run(struct db_stmt *stmt, struct jo_err *err)
{
	struct postgres_db *db = postgres_of(stmt);
	struct handle *handle = stmt->handle;
	ExecStatusType status;
	struct given given;
	int rc;

	rc = postgres_copy_flush(db->db.name, db->conn, &db->copy, err);
	if (rc < 0)
		return rc;
	give(handle, &given);
	if (handle->use == DB_ONCE) {
		handle->result = PQexecParams(db->conn, handle->text, handle->count, handle->types,
					      given.data, given.lengths, given.formats, 1);
	} else {
		rc = prepare_on(stmt, db->conn, err);
		if (rc < 0)
			return rc;
		handle->result = PQexecPrepared(db->conn, handle->name, handle->count, given.data,
						given.lengths, given.formats, 1);
	}
	status = PQresultStatus(handle->result);
	handle->row = -1;
	if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
		PGresult *result = handle->result;

		handle->result = NULL;
		rc = postgres_link_fail(db->db.name, db->conn, result, err,
					strncmp(handle->text, "SELECT", 6) == 0 ? "read" : "write");
	} else {
		handle->change_count = atoi(PQcmdTuples(handle->result));
	}
	return rc;
}

int postgres_stmt_step(struct db_stmt *stmt, struct jo_err *err)
{
	struct handle *handle = stmt->handle;
	struct postgres_stream *stream;
	int rc;

	if (stmt->bind_error != 0)
		return jo_err_sys(err, stmt->bind_error, "database %s: bind a value",
				  stmt->db->name);
	if (handle->stream != NULL)
		return receive(stmt, err);
	if (handle->result == NULL) {
		stream = find_stream(stmt);
		rc = stream != NULL ? begin_stream(stmt, stream, err) : run(stmt, err);
		if (rc < 0)
			return rc;
		if (stream != NULL)
			return receive(stmt, err);
	}
	return ++handle->row < PQntuples(handle->result);
}

int postgres_stmt_changes(const struct db_stmt *stmt)
{
	const struct handle *handle = stmt->handle;

	return handle->change_count;
}

int postgres_stmt_insert(struct db_stmt *stmt, int64_t *ret_id, struct jo_err *err)
{
	struct handle *handle = stmt->handle;
	char *text;
	int rc;

	if (!handle->is_insert) {
		text = xasprintf("%s RETURNING id", handle->text);
		free(handle->text);
		handle->text = text;
		handle->is_insert = true;
	}
	rc = db_step(stmt, err);
	if (rc > 0)
		*ret_id = db_column_int(stmt);
	return rc;
}

int postgres_stmt_put(struct db_stmt *stmt, struct jo_err *err)
{
	struct postgres_db *db = postgres_of(stmt);
	struct handle *handle = stmt->handle;
	struct postgres_cell cells[VALUES_MAX];
	int rc = 0;

	if (stmt->bind_error != 0)
		return jo_err_sys(err, stmt->bind_error, "database %s: bind a value",
				  stmt->db->name);
	if (handle->target.name == NULL) {
		rc = postgres_copy_flush(db->db.name, db->conn, &db->copy, err);
		if (rc == 0)
			rc = postgres_copy_target(db->db.name, db->conn, handle->text,
						  &handle->target, err);
		if (rc < 0)
			return rc;
	}
	for (int i = 0; i < handle->count; i++)
		cells[i] = (struct postgres_cell){handle->types[i], handle->values[i].data,
						  handle->values[i].length};
	return postgres_copy_add(db->db.name, db->conn, &db->copy, &handle->target, cells, err);
}

/* ---- columns ---- */

enum db_type postgres_stmt_column_type(const struct db_stmt *stmt, int index)
{
	static const struct {
		Oid oid;
		enum db_type type;
	} types[] = {
		{OID_INT8, DB_INTEGER}, {OID_INT4, DB_INTEGER}, {OID_INT2, DB_INTEGER},
		{OID_BOOL, DB_INTEGER}, {OID_FLOAT8, DB_REAL},  {OID_TEXT, DB_TEXT},
		{OID_BYTEA, DB_BLOB},
	};
	const struct handle *handle = stmt->handle;
	Oid oid = PQftype(handle->result, index);

	if (PQgetisnull(handle->result, handle->row, index))
		return DB_NULL;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i].oid == oid)
			return types[i].type;
	/* None that a table of ours has: a type that nobody asks for. */
	return DB_BLOB;
}

const char *postgres_stmt_column_name(const struct db_stmt *stmt, int index)
{
	struct handle *handle = stmt->handle;
	const char *name = PQfname(handle->result, index);

	free(handle->column);
	handle->column = xstrdup(name != NULL ? name : "");
	return handle->column;
}

static const char *bytes_of(const struct db_stmt *stmt, int index, size_t *ret_size)
{
	const struct handle *handle = stmt->handle;

	*ret_size = (size_t)PQgetlength(handle->result, handle->row, index);
	return PQgetvalue(handle->result, handle->row, index);
}

/* A big-endian integer of so many bytes. */
static uint64_t number_of(const char *bytes, size_t size)
{
	uint64_t number = size > 1 && (bytes[0] & 0x80) != 0 ? UINT64_MAX : 0;

	for (size_t i = 0; i < size; i++)
		number = number << 8 | (unsigned char)bytes[i];
	return number;
}

int64_t postgres_stmt_column_int(const struct db_stmt *stmt, int index)
{
	size_t size;
	const char *bytes = bytes_of(stmt, index, &size);

	return (int64_t)number_of(bytes, size);
}

double postgres_stmt_column_real(const struct db_stmt *stmt, int index)
{
	size_t size;
	const char *bytes = bytes_of(stmt, index, &size);
	uint64_t bits = number_of(bytes, size);
	double number;

	memcpy(&number, &bits, sizeof(number));
	return number;
}

/* A byte of 0 is behind every value. */
const char *postgres_stmt_column_text(const struct db_stmt *stmt, int index)
{
	size_t size;

	return bytes_of(stmt, index, &size);
}

const void *postgres_stmt_column_blob(const struct db_stmt *stmt, int index, size_t *ret_size)
{
	return bytes_of(stmt, index, ret_size);
}
