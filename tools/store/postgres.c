/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PostgreSQL by libpq.  Each function does what that of driver.h with its name says. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine.h"
#include "postgres_link.h"
#include "postgres_make.h"
#include "postgres_months.h"
#include "postgres_place.h"
#include "postgres_shape.h"
#include "postgres_readers.h"
#include "postgres_sql.h"
#include "postgres_stmt.h"
#include "util/alloc.h"
#include "util/strbuf.h"

static struct postgres_db *postgres_of(struct db *db)
{
	return (struct postgres_db *)db;
}

static int flush(struct db *db, struct jo_err *err)
{
	return postgres_copy_flush(db->name, postgres_of(db)->conn, &postgres_of(db)->copy, err);
}

static int run(struct db *db, const char *sql, const char *what, struct jo_err *err)
{
	int rc = flush(db, err);

	return rc < 0 ? rc
		      : postgres_link_run(db->name, postgres_of(db)->conn, sql, what, NULL, err);
}

/* ---- connections ---- */

static void close_db(struct db *db)
{
	struct postgres_db *postgres = postgres_of(db);

	for (size_t i = 0; i < POSTGRES_STREAMS; i++)
		PQfinish(postgres->streams[i].conn);
	PQfinish(postgres->conn);
	postgres_copy_release(&postgres->copy);
	free(db->name);
	free(postgres);
}

static int schema_read(struct db *db, struct db_schema *ret_schema, struct jo_err *err);

/* A question that is answered by one cell. */
static int ask(struct db *db, const char *sql, bool *ret_is_yes, struct jo_err *err)
{
	PGresult *result = NULL;
	int rc = postgres_link_run(db->name, postgres_of(db)->conn, sql, "open", &result, err);

	if (rc == 0)
		*ret_is_yes = strcmp(PQgetvalue(result, 0, 0), "t") == 0;
	PQclear(result);
	return rc;
}

/* Where nothing is seen: whether there is something that others see. */
static int check_seen(struct db *db, struct jo_err *err)
{
	bool is_elsewhere;
	int rc = ask(db,
		     "SELECT EXISTS (SELECT 1 FROM pg_class WHERE relkind = 'r' AND relname ="
		     " '" POSTGRES_OWN_TABLE "')",
		     &is_elsewhere, err);

	if (rc < 0)
		return rc;
	return is_elsewhere ? jo_err_set(err, -EACCES,
					 "database %s: its tables are not for this role, or in no "
					 "schema of its search_path: " POSTGRES_WHO_READS,
					 db->name)
			    : jo_err_set(err, -ENOENT, "database %s: has no tables yet", db->name);
}

/* Readers are told before they begin what they could not end. */
static int check_writer(struct db *db, struct jo_err *err)
{
	bool may_write;
	int rc = ask(db,
		     "SELECT coalesce(has_table_privilege(to_regclass('" POSTGRES_OWN_TABLE
		     "'), 'INSERT'), true)",
		     &may_write, err);

	if (rc == 0 && !may_write)
		rc = jo_err_set(
			err, -EACCES,
			"database %s: role %s may not change it; this is for those who look "
			"after it",
			db->name, PQuser(postgres_of(db)->conn));
	return rc;
}

/* Where there is nothing yet, only who may make it goes on. */
static int check_role(struct db *db, enum store_mode mode, struct jo_err *err)
{
	struct db_schema schema;
	int rc = schema_read(db, &schema, err);

	if (rc == 0 && schema.is_empty && mode != STORE_CREATE)
		return check_seen(db, err);
	if (rc == 0)
		rc = mode == STORE_READ ? postgres_readers_is_own_only(db, &db->is_own_only, err)
					: check_writer(db, err);
	return rc;
}

static int open_db(const char *database, const struct store_options *options, struct db **ret_db,
		   struct jo_err *err)
{
	struct postgres_db *postgres;
	PGconn *conn;
	int rc = postgres_link_open(database, options, &conn, err);

	if (rc < 0)
		return rc;
	postgres = xcalloc(1, sizeof(*postgres));
	postgres->db = (struct db){&postgres_engine, xstrdup(database), false};
	postgres->options = *options;
	postgres->conn = conn;
	strbuf_init(&postgres->copy.rows);
	rc = check_role(&postgres->db, options->mode, err);
	if (rc < 0)
		close_db(&postgres->db);
	else
		*ret_db = &postgres->db;
	return rc;
}

static void rollback(struct db *db)
{
	/* Fails only where there is no server any more, which has rolled back then. */
	PQclear(PQexec(postgres_of(db)->conn, "ROLLBACK"));
	postgres_copy_forget(&postgres_of(db)->copy);
	postgres_months_forget(db);
	postgres_of(db)->is_in_transaction = false;
}

/*
 * Who writes holds an advisory lock, as SQLite's only writer does; others read
 * meanwhile.  What is looked up while writing is found by an index, whatever the
 * server's figures say of a table that was empty when they were taken; and as that
 * is so for all values, a statement need not be planned for each, which with months
 * takes longer than running it.
 */
static int begin(struct db *db, struct jo_err *err)
{
	int rc = run(db,
		     "BEGIN; SET LOCAL enable_seqscan = off; SET LOCAL plan_cache_mode = "
		     "force_generic_plan;"
		     "SELECT pg_advisory_xact_lock(" POSTGRES_LOCK_CLASS ", 0)",
		     "change", err);

	if (rc < 0)
		rollback(db);
	else
		postgres_of(db)->is_in_transaction = true;
	postgres_months_forget(db);
	return rc;
}

/* Of rows that a role may not see it is told, as a part of them would be taken for all. */
static int view_begin(struct db *db, struct jo_err *err)
{
	int rc = run(db,
		     "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;"
		     "SET LOCAL row_security = off",
		     "read", err);

	if (rc == 0)
		postgres_of(db)->is_in_transaction = true;
	return rc;
}

/* The one thing that a server warns of at the end of a change. */
static void note_unconfirmed(void *context, const PGresult *result)
{
	const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
	bool *is_unconfirmed = context;

	*is_unconfirmed |= severity != NULL && strcmp(severity, "WARNING") == 0;
}

/* Of a transaction that failed on its way the server makes a rollback, and says so in one word; one
 * that did not wait for its standby to the end it calls done, and warns. */
static int commit(struct db *db, struct jo_err *err)
{
	PGconn *conn = postgres_of(db)->conn;
	bool is_done, is_unconfirmed = false;
	PQnoticeReceiver before;
	PGresult *result;
	int rc = flush(db, err);

	if (rc < 0)
		return rc;
	before = PQsetNoticeReceiver(conn, note_unconfirmed, &is_unconfirmed);
	result = PQexec(conn, "COMMIT");
	(void)PQsetNoticeReceiver(conn, before, NULL);
	is_done = strcmp(PQcmdStatus(result), "COMMIT") == 0;
	if (PQstatus(conn) == CONNECTION_BAD) {
		PQclear(result);
		return jo_err_set(err, -ECONNRESET,
				  "database %s: the connection was lost at the end of a change, "
				  "which may be there or not; run it again, it is not done twice",
				  db->name);
	}
	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		return postgres_link_fail(db->name, conn, result, err, "change");
	PQclear(result);
	if (!is_done)
		return jo_err_set(err, -EIO, "database %s: the server took the change back",
				  db->name);
	postgres_of(db)->is_in_transaction = false;
	if (is_unconfirmed)
		return jo_err_set(err, -ETIMEDOUT,
				  "database %s: a change is on this server, but no standby has "
				  "confirmed it in time; run it again, it is not done twice",
				  db->name);
	return 0;
}

static int exec(struct db *db, const char *sql, struct jo_err *err)
{
	char *text = postgres_sql(sql, false);
	int rc = run(db, text, "change", err);

	free(text);
	return rc;
}

/* What gives a table's new rows their ids. */
#define SEQUENCE "pg_get_serial_sequence('%s', 'id')"

static int last_id(struct db *db, const char *table, int64_t *ret_id, struct jo_err *err)
{
	char *sql = xasprintf("SELECT greatest(pg_sequence_last_value(" SEQUENCE "), max(id), 0)"
			      " FROM %s",
			      table, table);
	int rc = db_query_int(db, sql, ret_id, err);

	free(sql);
	return rc;
}

static int last_id_put(struct db *db, const char *table, int64_t id, struct jo_err *err)
{
	char *sql = xasprintf("SELECT setval(" SEQUENCE ", greatest(%" PRId64 ", 1), %s)", table,
			      id, id > 0 ? "true" : "false");
	int rc = run(db, sql, "change", err);

	free(sql);
	return rc;
}

/* ---- the database as a whole ---- */

#define IS_TABLE                                                                                   \
	"relnamespace = quote_ident(current_schema())::regnamespace AND relkind = 'r' AND "        \
	"relname <> "                                                                              \
	"'" POSTGRES_OWN_TABLE "'"

/* A cell of a result without NULL, as a number. */
static int64_t number_of(const PGresult *result, int column)
{
	return strtoll(PQgetvalue(result, 0, column), NULL, 10);
}

static int schema_read(struct db *db, struct db_schema *ret_schema, struct jo_err *err)
{
	struct db_schema schema = {0};
	PGconn *conn = postgres_of(db)->conn;
	PGresult *result = NULL;
	int rc;

	rc = postgres_link_run(db->name, conn,
			       "SELECT (SELECT count(*) FROM pg_class WHERE " IS_TABLE "),"
			       " to_regclass('" POSTGRES_OWN_TABLE "') IS NOT NULL",
			       "open", &result, err);
	if (rc < 0)
		return rc;
	schema.is_empty = number_of(result, 0) == 0;
	schema.is_ours = strcmp(PQgetvalue(result, 0, 1), "t") == 0;
	PQclear(result);
	if (schema.is_ours) {
		rc = postgres_link_run(db->name, conn,
				       "SELECT coalesce(max(value), '0') FROM " POSTGRES_OWN_TABLE
				       " WHERE key = 'schema'",
				       "open", &result, err);
		if (rc < 0)
			return rc;
		schema.version = number_of(result, 0);
		PQclear(result);
	}
	*ret_schema = schema;
	return 0;
}

static int schema_mark(struct db *db, int64_t version, struct jo_err *err)
{
	PGconn *conn = postgres_of(db)->conn;
	char number[24]; /* an integer of 64 bits */
	const char *const values[] = {"schema", number};
	PGresult *result = NULL;
	int rc = run(db, POSTGRES_MAKE_OWN_TABLE, "change", err);

	if (rc < 0)
		return rc;
	(void)snprintf(number, sizeof(number), "%" PRId64, version);
	result = PQexecParams(conn, POSTGRES_PUT_OWN, 2, NULL, values, NULL, NULL, 0);
	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		return postgres_link_fail(db->name, conn, result, err, "change");
	PQclear(result);
	return 0;
}

/* Make what there is of a type, "table" or "index", as SQLite keeps its text. */
static int take(struct db *db, struct db *model, const char *type, struct jo_err *err)
{
	struct db_stmt stmt;
	int rc = db_prepare(model,
			    "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"
			    " AND name NOT LIKE 'sqlite_%' AND type = ? ORDER BY rowid",
			    DB_ONCE, &stmt, err);

	if (rc < 0)
		return rc;
	db_bind_text(&stmt, type);
	while ((rc = db_step(&stmt, err)) > 0) {
		const char *own = postgres_shape_index(db_column_text(&stmt));
		const char *sql = db_column_text(&stmt);

		rc = exec(db, own != NULL ? own : sql, err);
		if (rc < 0)
			break;
	}
	db_release(&stmt);
	return rc;
}

static int schema_take(struct db *db, struct db *model, struct jo_err *err)
{
	int rc = take(db, model, "table", err);

	if (rc == 0)
		rc = postgres_shape_tables(db->name, postgres_of(db)->conn, err);
	return rc < 0 ? rc : take(db, model, "index", err);
}

/* Reads each value of each row, as text. */
static int check(struct db *db, struct jo_err *err)
{
	PGconn *conn = postgres_of(db)->conn;
	PGresult *tables = NULL;
	int rc = postgres_link_run(db->name, conn,
				   "SELECT quote_ident(relname) FROM pg_class WHERE " IS_TABLE,
				   "read", &tables, err);

	if (rc < 0)
		return rc;
	for (int i = 0; rc == 0 && i < PQntuples(tables); i++) {
		char *sql = xasprintf("SELECT count(CAST(t AS text)) FROM %s AS t",
				      PQgetvalue(tables, i, 0));

		rc = run(db, sql, "read", err);
		free(sql);
	}
	PQclear(tables);
	return rc;
}

static int size_of(struct db *db, int64_t *ret_bytes, struct jo_err *err)
{
	PGresult *result = NULL;
	int rc = postgres_link_run(db->name, postgres_of(db)->conn,
				   "SELECT coalesce(sum(pg_total_relation_size(oid)), 0)"
				   " FROM pg_class WHERE " IS_TABLE,
				   "read", &result, err);

	if (rc < 0)
		return rc;
	*ret_bytes = number_of(result, 0);
	PQclear(result);
	return 0;
}

/* A standby has the number of the server that it follows. */
static char *identity(struct db *db)
{
	PGresult *result = NULL;
	char *text;

	if (postgres_link_run(db->name, postgres_of(db)->conn,
			      "SELECT format('schema %L of database %s of server %s',"
			      " current_schema(), oid, system_identifier)"
			      " FROM pg_database, pg_control_system()"
			      " WHERE datname = current_database()",
			      "read", &result, NULL) < 0)
		return NULL;
	text = xstrdup(PQgetvalue(result, 0, 0));
	PQclear(result);
	return text;
}

/* ---- a copy, which is a file ---- */

static int copy_open(struct db *source, const char *path, struct db **ret_copy, struct jo_err *err)
{
	(void)path;
	(void)ret_copy;
	return jo_err_set(err, -EOPNOTSUPP,
			  "database %s: ReadersDatabase is a copy of a file; readers of a server "
			  "have roles there: see joboutliers-database(7)",
			  source->name);
}

const struct db_engine postgres_engine = {
	.is_shared = true,
	.wants_utf8 = true,
	.make = postgres_make,
	.open = open_db,
	.close = close_db,
	.begin = begin,
	.view_begin = view_begin,
	.commit = commit,
	.rollback = rollback,
	.schema_read = schema_read,
	.schema_mark = schema_mark,
	.schema_take = schema_take,
	.schema_own = postgres_shape_version,
	.check = check,
	.size = size_of,
	.identity = identity,
	.readers_set = postgres_readers_set,
	.copy_open = copy_open,
	.exec = exec,
	.last_id = last_id,
	.last_id_put = last_id_put,
	.months = &postgres_months,
	.prepare = postgres_stmt_prepare,
	.release = postgres_stmt_release,
	.sql = postgres_stmt_sql,
	.reset = postgres_stmt_reset,
	.bind_null = postgres_stmt_bind_null,
	.bind_int = postgres_stmt_bind_int,
	.bind_real = postgres_stmt_bind_real,
	.bind_text = postgres_stmt_bind_text,
	.bind_blob = postgres_stmt_bind_blob,
	.step = postgres_stmt_step,
	.put = postgres_stmt_put,
	.changes = postgres_stmt_changes,
	.insert = postgres_stmt_insert,
	.column_type = postgres_stmt_column_type,
	.column_name = postgres_stmt_column_name,
	.column_int = postgres_stmt_column_int,
	.column_real = postgres_stmt_column_real,
	.column_text = postgres_stmt_column_text,
	.column_blob = postgres_stmt_column_blob,
	.is_keeper = postgres_place_is_keeper,
	.place_check = postgres_place_check,
	.readers_check = postgres_readers_check,
	.lock_take = postgres_place_lock_take,
	.lock_check = postgres_place_lock_check,
	.lock_release = postgres_place_lock_release,
	.lock_title = postgres_place_lock_title,
	.note_put = postgres_place_note_put,
	.note_get = postgres_place_note_get,
};
