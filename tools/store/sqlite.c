/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The driver over SQLite. */
#include "driver.h"

#include <errno.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "joboutliers/record.h"
#include "sqlite_copy.h"
#include "sqlite_file.h"
#include "util/alloc.h"

struct db {
	sqlite3 *raw;
	char *path;
	/* Of a copy that is being made; else NULL and 0. */
	char *final_path;
	int64_t source_bytes;
	store_progress_fn *progress;
	void *progress_context;
};

/* What SQLite's primary result codes are in errno, and what a person can do about them. */
static const struct {
	int sqlite_rc, code;
	const char *text; /* NULL: SQLite's own */
} failures[] = {
	{SQLITE_BUSY, -EBUSY, "locked by another program; try again when it has ended"},
	{SQLITE_LOCKED, -EBUSY, "locked by another program; try again when it has ended"},
	{SQLITE_NOTADB, -EBADMSG, "not a database; restore it from a backup"},
	{SQLITE_CORRUPT, -EBADMSG, "damaged; restore it from a backup"},
	{SQLITE_READONLY, -EROFS, "cannot be written: file, folder or file system is read-only"},
	{SQLITE_CANTOPEN, -EACCES, "cannot be opened; check the rights of file and folder"},
	{SQLITE_PERM, -EACCES, "cannot be opened; check the rights of file and folder"},
	{SQLITE_AUTH, -EACCES, NULL},
	{SQLITE_FULL, -ENOSPC, "no space left for it"},
	{SQLITE_NOMEM, -ENOMEM, NULL},
	{SQLITE_CONSTRAINT, -EEXIST, NULL},
	{SQLITE_TOOBIG, -E2BIG, NULL},
};

/* The last error on this connection as errno and text; what says what was tried. */
static int fail(const struct db *db, int sqlite_rc, struct jo_err *err, const char *what)
{
	const char *text = sqlite3_errmsg(db->raw);
	int code = -EIO;

	for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++)
		if (failures[i].sqlite_rc == (sqlite_rc & 0xff)) {
			code = failures[i].code;
			if (failures[i].text != NULL)
				text = failures[i].text;
		}
	return jo_err_set(err, code, "database %s: %s: %s", db->path, what, text);
}

/* ---- connections ---- */

/*
 * WAL lets readers work beside the writer.  FULL syncs at each commit: what is
 * committed is then removed from the spool.  The write-ahead log may grow to
 * 64 MB before it is copied back, as a batch of ingest touches many pages
 * again and again.
 */
static const char write_pragmas[] = "PRAGMA journal_mode = WAL;"
				    "PRAGMA synchronous = FULL;"
				    "PRAGMA wal_autocheckpoint = 16000;"
				    "PRAGMA journal_size_limit = 67108864;";
/* The schema may be foreign: run nothing that it brings.  256 MB hold the indexes of a large site.
 */
static const char read_pragmas[] = "PRAGMA trusted_schema = OFF;"
				   "PRAGMA cell_size_check = ON;"
				   "PRAGMA temp_store = MEMORY;"
				   "PRAGMA cache_size = -262144;";

/*
 * A copy that is not whole is thrown away, so nothing can be taken back, and
 * what is whole is synced once.  A reader of the old journal's mode makes no
 * file beside it.  Pages are written in order and not looked at again.
 */
static const char copy_pragmas[] = "PRAGMA journal_mode = OFF;"
				   "PRAGMA synchronous = OFF;"
				   "PRAGMA cache_size = -16384;";

static int open_raw(struct db *db, const struct store_options *options, const char *writer_pragmas,
		    struct jo_err *err)
{
	int flags = options->mode == STORE_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
	int is_persistent = 1;
	int rc;

	rc = sqlite3_open_v2(db->path, &db->raw, flags | SQLITE_OPEN_NOMUTEX, NULL);
	if (db->raw == NULL)
		return jo_err_sys(err, -ENOMEM, "database %s", db->path);
	if (rc != SQLITE_OK)
		return fail(db, rc, err, "open");
	(void)sqlite3_busy_timeout(db->raw, (int)options->busy_timeout_ms);
	/* Leave the log when closing: who may only read the folder could not make one. */
	(void)sqlite3_file_control(db->raw, NULL, SQLITE_FCNTL_PERSIST_WAL, &is_persistent);

	rc = db_exec(db, read_pragmas, err);
	if (rc < 0 || options->mode == STORE_READ)
		return rc;
	if (sqlite3_db_readonly(db->raw, "main") == 1)
		return fail(db, SQLITE_READONLY, err, "open");
	return db_exec(db, writer_pragmas, err);
}

int db_open(const char *database, const struct store_options *options, struct db **ret_db,
	    struct jo_err *err)
{
	struct db *db;
	int rc = sqlite_file_ready(database, options->mode, err);

	if (rc < 0)
		return rc;
	db = xcalloc(1, sizeof(*db));
	db->path = xstrdup(database);
	rc = open_raw(db, options, write_pragmas, err);
	if (rc == 0) {
		*ret_db = db;
		db = NULL;
	}
	db_close(db);
	return rc;
}

void db_close(struct db *db)
{
	if (db == NULL)
		return;
	(void)sqlite3_close(db->raw);
	if (db->final_path != NULL)
		sqlite_copy_drop(db->path);
	free(db->final_path);
	free(db->path);
	free(db);
}

const char *db_name(const struct db *db)
{
	return db->path;
}

int db_begin(struct db *db, struct jo_err *err)
{
	return db_exec(db, "BEGIN IMMEDIATE", err);
}

int db_commit(struct db *db, struct jo_err *err)
{
	return db_exec(db, "COMMIT", err);
}

void db_rollback(struct db *db)
{
	/* Fails only when SQLite rolled back by itself already, as on a full disk. */
	(void)sqlite3_exec(db->raw, "ROLLBACK", NULL, NULL, NULL);
}

/* "jobo" in ASCII: tells our files from other programs' SQLite files, also to file(1). */
#define APPLICATION_ID 0x6a6f626f

int db_schema_read(struct db *db, struct db_schema *ret_schema, struct jo_err *err)
{
	int64_t version, application_id, table_count;
	int rc;

	rc = db_query_int(db, "PRAGMA user_version", &version, err);
	if (rc == 0)
		rc = db_query_int(db, "PRAGMA application_id", &application_id, err);
	if (rc == 0)
		rc = db_query_int(db, "SELECT count(*) FROM sqlite_master", &table_count, err);
	if (rc < 0)
		return rc;
	ret_schema->version = version;
	ret_schema->is_copy = application_id == SQLITE_COPY_ID;
	ret_schema->is_ours = application_id == APPLICATION_ID || ret_schema->is_copy;
	ret_schema->is_empty = table_count == 0;
	return 0;
}

int db_schema_mark(struct db *db, int64_t version, struct jo_err *err)
{
	char pragma[80]; /* the text below with two integers of 32 bits */

	(void)snprintf(pragma, sizeof(pragma),
		       "PRAGMA user_version = %d; PRAGMA application_id = %d;", (int)version,
		       APPLICATION_ID);
	return db_exec(db, pragma, err);
}

int db_check(struct db *db, struct jo_err *err)
{
	struct db_stmt stmt;
	const char *answer;
	int rc;

	rc = db_prepare(db, "PRAGMA integrity_check(1)", false, &stmt, err);
	if (rc < 0)
		return rc;
	rc = db_step(&stmt, err);
	if (rc > 0) {
		answer = db_column_text(&stmt);
		rc = strcmp(answer, "ok") == 0
			     ? 0
			     : jo_err_set(err, -EBADMSG, "database %s: damaged: %s", db->path,
					  answer);
	}
	db_release(&stmt);
	return rc;
}

int db_size(struct db *db, int64_t *ret_bytes, struct jo_err *err)
{
	return db_query_int(db,
			    "SELECT page_count * page_size FROM pragma_page_count,"
			    " pragma_page_size",
			    ret_bytes, err);
}

/* ---- a copy ---- */

/* What its pages take that hold anything. */
static int used_bytes(struct db *db, int64_t *ret_bytes, struct jo_err *err)
{
	return db_query_int(db,
			    "SELECT (page_count - freelist_count) * page_size FROM"
			    " pragma_page_count, pragma_freelist_count, pragma_page_size",
			    ret_bytes, err);
}

int db_copy_open(struct db *source, const char *path, struct db **ret_copy, struct jo_err *err)
{
	const struct store_options options = {STORE_CREATE, STORE_BUSY_TIMEOUT_MS};
	struct db *db;
	int64_t bytes;
	char *beside;
	int rc;

	rc = used_bytes(source, &bytes, err);
	if (rc == 0)
		rc = sqlite_copy_start(source->path, path, bytes, &beside, err);
	if (rc < 0)
		return rc;
	db = xcalloc(1, sizeof(*db));
	db->path = beside;
	db->final_path = xstrdup(path);
	db->source_bytes = bytes;
	rc = open_raw(db, &options, copy_pragmas, err);
	if (rc == 0) {
		*ret_copy = db;
		db = NULL;
	}
	db_close(db);
	return rc;
}

/* What SQLite does between two of these takes some milliseconds. */
#define OPCODES_PER_TELLING 100000

static int tell_progress(void *context)
{
	const struct db *db = context;

	db->progress(db->progress_context, sqlite_copy_size(db->path), db->source_bytes);
	return 0;
}

int db_copy_begin(struct db *copy, struct db *source, store_progress_fn *progress, void *context,
		  struct jo_err *err)
{
	struct db_stmt stmt = {0};
	int rc;

	copy->progress = progress;
	copy->progress_context = context;
	if (progress != NULL)
		sqlite3_progress_handler(copy->raw, OPCODES_PER_TELLING, tell_progress, copy);
	rc = db_prepare(copy, "ATTACH ? AS source", false, &stmt, err);
	if (rc < 0)
		return rc;
	db_bind_text(&stmt, source->path);
	rc = db_run(&stmt, err);
	db_release(&stmt);
	/* IMMEDIATE would take the source's lock for writing. */
	return rc < 0 ? rc : db_exec(copy, "BEGIN", err);
}

int db_copy_put(struct db *copy, struct jo_err *err)
{
	char end[80]; /* the text below with an integer of 32 bits */
	int rc;

	(void)snprintf(end, sizeof(end), "PRAGMA application_id = %d; COMMIT; DETACH source",
		       SQLITE_COPY_ID);
	rc = db_exec(copy, end, err);
	if (rc == 0)
		rc = sqlite_copy_put(copy->path, copy->final_path, err);
	if (rc < 0)
		return rc;
	free(copy->final_path); /* what db_close would remove has its name now */
	copy->final_path = NULL;
	return 0;
}

/* ---- statements ---- */

int db_prepare(struct db *db, const char *sql, bool is_kept, struct db_stmt *ret_stmt,
	       struct jo_err *err)
{
	struct db_stmt stmt = {.db = db};
	sqlite3_stmt *raw;
	int rc;

	rc = sqlite3_prepare_v3(db->raw, sql, -1, is_kept ? SQLITE_PREPARE_PERSISTENT : 0, &raw,
				NULL);
	if (rc != SQLITE_OK)
		return fail(db, rc, err, "prepare");
	stmt.handle = raw;
	*ret_stmt = stmt;
	return 0;
}

void db_release(struct db_stmt *stmt)
{
	(void)sqlite3_finalize(stmt->handle);
	*stmt = (struct db_stmt){0};
}

bool db_is(const struct db_stmt *stmt, const char *sql)
{
	return stmt->handle != NULL && strcmp(sqlite3_sql(stmt->handle), sql) == 0;
}

void db_reset(struct db_stmt *stmt)
{
	/* Its result repeats what the last step returned already. */
	(void)sqlite3_reset(stmt->handle);
	stmt->bind_index = 0;
	stmt->bind_error = SQLITE_OK;
	stmt->fault = NULL;
}

static void note_bind(struct db_stmt *stmt, int rc)
{
	if (stmt->bind_error == SQLITE_OK)
		stmt->bind_error = rc;
}

void db_bind_int(struct db_stmt *stmt, int64_t value)
{
	int index = ++stmt->bind_index;

	if (value == JO_MISSING)
		note_bind(stmt, sqlite3_bind_null(stmt->handle, index));
	else
		note_bind(stmt, sqlite3_bind_int64(stmt->handle, index, value));
}

void db_bind_real(struct db_stmt *stmt, double value)
{
	int index = ++stmt->bind_index;

	if (isnan(value))
		note_bind(stmt, sqlite3_bind_null(stmt->handle, index));
	else
		note_bind(stmt, sqlite3_bind_double(stmt->handle, index, value));
}

void db_bind_text(struct db_stmt *stmt, const char *text)
{
	int index = ++stmt->bind_index;

	note_bind(stmt, sqlite3_bind_text(stmt->handle, index, text, -1, SQLITE_STATIC));
}

void db_bind_copy(struct db_stmt *stmt, const char *text)
{
	int index = ++stmt->bind_index;

	note_bind(stmt, sqlite3_bind_text(stmt->handle, index, text, -1, SQLITE_TRANSIENT));
}

void db_bind_blob(struct db_stmt *stmt, const void *data, size_t size)
{
	int index = ++stmt->bind_index;

	note_bind(stmt, sqlite3_bind_blob64(stmt->handle, index, data, size, SQLITE_STATIC));
}

int db_step(struct db_stmt *stmt, struct jo_err *err)
{
	int rc;

	stmt->column_index = 0;
	if (stmt->bind_error != SQLITE_OK)
		return fail(stmt->db, stmt->bind_error, err, "bind a value");
	rc = sqlite3_step(stmt->handle);
	if (rc == SQLITE_ROW)
		return 1;
	if (rc == SQLITE_DONE) {
		db_reset(stmt);
		return 0;
	}
	rc = fail(stmt->db, rc, err, sqlite3_stmt_readonly(stmt->handle) ? "read" : "write");
	db_reset(stmt);
	return rc;
}

int db_run(struct db_stmt *stmt, struct jo_err *err)
{
	int rc = db_step(stmt, err);

	if (rc > 0)
		db_reset(stmt);
	return rc < 0 ? rc : 0;
}

int db_change(struct db_stmt *stmt, struct jo_err *err)
{
	int rc = db_run(stmt, err);

	return rc < 0 ? rc : sqlite3_changes(stmt->db->raw);
}

int db_change_once(struct db_stmt *stmt, struct jo_err *err)
{
	int rc = db_change(stmt, err);

	db_release(stmt);
	return rc;
}

int db_insert(struct db_stmt *stmt, int64_t *ret_id, struct jo_err *err)
{
	int rc = db_change(stmt, err);

	if (rc > 0)
		*ret_id = sqlite3_last_insert_rowid(stmt->db->raw);
	return rc;
}

static bool column_is(struct db_stmt *stmt, int index, int type)
{
	int found = sqlite3_column_type(stmt->handle, index);

	if (found == type)
		return true;
	if (found != SQLITE_NULL && stmt->fault == NULL)
		stmt->fault = sqlite3_column_name(stmt->handle, index);
	return false;
}

int64_t db_column_int(struct db_stmt *stmt)
{
	int index = stmt->column_index++;

	return column_is(stmt, index, SQLITE_INTEGER) ? sqlite3_column_int64(stmt->handle, index)
						      : JO_MISSING;
}

/* Their difference fits in 64 bits, and the year, with a month and a day behind it, in 32. */
#define US_END (INT64_C(1) << 62)

int64_t db_column_us(struct db_stmt *stmt)
{
	int index = stmt->column_index;
	int64_t value = db_column_int(stmt);

	if (value == JO_MISSING || (value > -US_END && value < US_END))
		return value;
	if (stmt->fault == NULL)
		stmt->fault = sqlite3_column_name(stmt->handle, index);
	return JO_MISSING;
}

/* A million of them add up. */
#define COUNT_END (INT64_C(1) << 40)

int64_t db_column_count(struct db_stmt *stmt)
{
	int index = stmt->column_index;
	int64_t value = db_column_int(stmt);

	if (value == JO_MISSING || (value >= 0 && value < COUNT_END))
		return value;
	if (stmt->fault == NULL)
		stmt->fault = sqlite3_column_name(stmt->handle, index);
	return JO_MISSING;
}

double db_column_real(struct db_stmt *stmt)
{
	int index = stmt->column_index++;

	return column_is(stmt, index, SQLITE_FLOAT) ? sqlite3_column_double(stmt->handle, index)
						    : NAN;
}

const char *db_column_text(struct db_stmt *stmt)
{
	int index = stmt->column_index++;
	const char *text;

	if (!column_is(stmt, index, SQLITE_TEXT))
		return "";
	text = (const char *)sqlite3_column_text(stmt->handle, index);
	return text != NULL ? text : "";
}

const void *db_column_blob(struct db_stmt *stmt, size_t *ret_size)
{
	int index = stmt->column_index++;
	const void *data;

	*ret_size = 0;
	if (!column_is(stmt, index, SQLITE_BLOB))
		return "";
	data = sqlite3_column_blob(stmt->handle, index);
	*ret_size = (size_t)sqlite3_column_bytes(stmt->handle, index);
	return data != NULL ? data : "";
}

int db_column_enum(struct db_stmt *stmt, int end)
{
	int index = stmt->column_index;
	int64_t value = db_column_int(stmt);

	if (value >= 0 && value < end)
		return (int)value;
	if (stmt->fault == NULL)
		stmt->fault = sqlite3_column_name(stmt->handle, index);
	return 0;
}

int db_row_check(struct db_stmt *stmt, struct jo_err *err)
{
	if (stmt->fault == NULL)
		return 0;
	return jo_err_set(err, -EBADMSG,
			  "database %s: column %s holds a value that it cannot have; "
			  "was the file edited by hand?",
			  stmt->db->path, stmt->fault);
}

int db_exec(struct db *db, const char *sql, struct jo_err *err)
{
	int rc = sqlite3_exec(db->raw, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? 0 : fail(db, rc, err, "change");
}

int db_query_int(struct db *db, const char *sql, int64_t *ret_value, struct jo_err *err)
{
	struct db_stmt stmt;
	int64_t value = JO_MISSING;
	int rc;

	rc = db_prepare(db, sql, false, &stmt, err);
	if (rc < 0)
		return rc;
	rc = db_step(&stmt, err);
	if (rc > 0)
		value = db_column_int(&stmt);
	db_release(&stmt);
	if (rc < 0)
		return rc;
	*ret_value = value;
	return 0;
}
