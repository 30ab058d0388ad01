/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SQLite: a database is a file.  Each function does what that of driver.h with its name says. */
#include "engine.h"

#include <errno.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sqlite_copy.h"
#include "sqlite_file.h"
#include "util/alloc.h"
#include "util/when.h"

struct sqlite_db {
	struct db db;
	sqlite3 *raw;
	/* Of a copy that is being made; else NULL and 0. */
	char *final_path;
	int64_t source_bytes;
	store_progress_fn *progress;
	void *progress_context;
};

static struct sqlite_db *sqlite_of(struct db *db)
{
	return (struct sqlite_db *)db;
}

/* What SQLite's result codes are in errno, and what a person can do about them; a primary one
 * stands for all of its kind that are not there. */
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
	{SQLITE_IOERR_SHMSIZE, -ENOSPC, "no space left for it"},
	{SQLITE_NOMEM, -ENOMEM, NULL},
	{SQLITE_CONSTRAINT, -EEXIST, NULL},
	{SQLITE_TOOBIG, -E2BIG, NULL},
};

/* The last error on this connection as errno and text; what says what was tried. */
static int fail(struct db *db, int sqlite_rc, struct jo_err *err, const char *what)
{
	const char *text = sqlite3_errmsg(sqlite_of(db)->raw);
	int extended = sqlite3_extended_errcode(sqlite_of(db)->raw);
	int code = -EIO;

	for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++)
		if (failures[i].sqlite_rc == (sqlite_rc & 0xff) ||
		    failures[i].sqlite_rc == extended) {
			code = failures[i].code;
			if (failures[i].text != NULL)
				text = failures[i].text;
		}
	return jo_err_set(err, code, "database %s: %s: %s", db->name, what, text);
}

/* ---- connections ---- */

/*
 * WAL lets readers work beside the writer.  FULL syncs at each commit: what is
 * committed is then removed from the spool.  The write-ahead log may grow to
 * 64 MB before it is copied back, as a batch of ingest touches many pages
 * again and again; 256 MB of them hold the indexes of a large site.
 */
static const char write_pragmas[] = "PRAGMA journal_mode = WAL;"
				    "PRAGMA synchronous = FULL;"
				    "PRAGMA wal_autocheckpoint = 16000;"
				    "PRAGMA journal_size_limit = 67108864;"
				    "PRAGMA cache_size = -262144;";
/*
 * The schema may be foreign: run nothing that it brings.  16 MB hold the inner
 * pages of a large site's indexes; all else the system keeps, for every reader
 * once, so that a long answer takes no more memory than a short one.
 */
static const char read_pragmas[] = "PRAGMA trusted_schema = OFF;"
				   "PRAGMA cell_size_check = ON;"
				   "PRAGMA temp_store = MEMORY;"
				   "PRAGMA cache_size = -16384;";

/*
 * A copy that is not whole is thrown away, so nothing can be taken back, and
 * what is whole is synced once.  A reader of the old journal's mode makes no
 * file beside it.  Pages are written in order and not looked at again.
 */
static const char copy_pragmas[] = "PRAGMA journal_mode = OFF;"
				   "PRAGMA synchronous = OFF;"
				   "PRAGMA cache_size = -16384;";

/* "jobo" in ASCII: tells our files from other programs' SQLite files, also to file(1). */
#define APPLICATION_ID 0x6a6f626f

static int schema_read(struct db *db, struct db_schema *ret_schema, struct jo_err *err)
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

/* Between two tries: less than anybody notices, more than the change takes. */
#define RETRY_MS 20

/*
 * Who writes first to a new file, or to one that a backup left, changes its journal.  For that
 * SQLite waits for nobody, whatever the time-out: it may read by then, and two that may would wait
 * for each other.
 */
static int set_up_writer(struct db *db, const char *pragmas, int64_t patience_ms,
			 struct jo_err *err)
{
	int64_t begin_us = when_monotonic_us();
	struct jo_err last;
	int rc;

	while ((rc = db_exec(db, pragmas, &last)) == -EBUSY &&
	       when_monotonic_us() - begin_us < patience_ms * 1000)
		(void)sqlite3_sleep(RETRY_MS);
	return rc < 0 ? jo_err_set(err, rc, "%s", last.text) : 0;
}

static int open_raw(struct db *db, const struct store_options *options, const char *writer_pragmas,
		    struct jo_err *err)
{
	int flags = options->mode == STORE_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
	struct db_schema schema;
	int is_persistent = 1;
	int rc;

	rc = sqlite3_open_v2(db->name, &sqlite_of(db)->raw, flags | SQLITE_OPEN_NOMUTEX, NULL);
	if (sqlite_of(db)->raw == NULL)
		return jo_err_sys(err, -ENOMEM, "database %s", db->name);
	if (rc != SQLITE_OK)
		return fail(db, rc, err, "open");
	(void)sqlite3_busy_timeout(sqlite_of(db)->raw, (int)options->busy_timeout_ms);
	/* Leave the log when closing: who may only read the folder could not make one. */
	(void)sqlite3_file_control(sqlite_of(db)->raw, NULL, SQLITE_FCNTL_PERSIST_WAL,
				   &is_persistent);

	rc = db_exec(db, read_pragmas, err);
	if (rc < 0 || options->mode == STORE_READ)
		return rc;
	if (sqlite3_db_readonly(sqlite_of(db)->raw, "main") == 1)
		return fail(db, SQLITE_READONLY, err, "open");
	/* Another program's stays as it is: whoever looks at the schema next refuses it. */
	rc = schema_read(db, &schema, err);
	if (rc < 0 || (!schema.is_empty && !schema.is_ours))
		return rc;
	return set_up_writer(db, writer_pragmas, options->busy_timeout_ms, err);
}

/* Not open yet; the name is freed with it. */
static struct db *new_db(char *name)
{
	struct sqlite_db *sqlite = xcalloc(1, sizeof(*sqlite));

	sqlite->db = (struct db){&sqlite_engine, name, false};
	return &sqlite->db;
}

static int open_file(const char *database, const struct store_options *options, struct db **ret_db,
		     struct jo_err *err)
{
	struct db *db;
	int rc = 0;

	if (strcmp(database, DB_SCRATCH) != 0)
		rc = sqlite_file_ready(database, options->mode, err);
	if (rc < 0)
		return rc;
	db = new_db(xstrdup(database));
	rc = open_raw(db, options, write_pragmas, err);
	/* Only a log, or its index, would have to be made. */
	if (options->mode == STORE_READ &&
	    (rc == -EROFS || (rc == -EACCES && sqlite_file_lacks_log(database))))
		rc = jo_err_set(
			err, rc,
			"database %s: there is no log beside it, and who may not write there "
			"can make none; the next ingest leaves one",
			database);
	if (rc < 0)
		db_close(db);
	else
		*ret_db = db;
	return rc;
}

static void close_db(struct db *db)
{
	struct sqlite_db *sqlite = sqlite_of(db);

	(void)sqlite3_close(sqlite->raw);
	if (sqlite->final_path != NULL)
		sqlite_copy_drop(db->name);
	free(sqlite->final_path);
	free(db->name);
	free(sqlite);
}

static int begin(struct db *db, struct jo_err *err)
{
	return db_exec(db, "BEGIN IMMEDIATE", err);
}

/* IMMEDIATE would take the lock for writing. */
static int view_begin(struct db *db, struct jo_err *err)
{
	return db_exec(db, "BEGIN", err);
}

static int commit(struct db *db, struct jo_err *err)
{
	return db_exec(db, "COMMIT", err);
}

static void rollback(struct db *db)
{
	/* Fails only when SQLite rolled back by itself already, as on a full disk. */
	(void)sqlite3_exec(sqlite_of(db)->raw, "ROLLBACK", NULL, NULL, NULL);
}

static int schema_mark(struct db *db, int64_t version, struct jo_err *err)
{
	char pragma[80]; /* the text below with two integers of 32 bits */

	(void)snprintf(pragma, sizeof(pragma),
		       "PRAGMA user_version = %d; PRAGMA application_id = %d;", (int)version,
		       APPLICATION_ID);
	return db_exec(db, pragma, err);
}

static int check(struct db *db, struct jo_err *err)
{
	struct db_stmt stmt;
	const char *answer;
	int rc;

	rc = db_prepare(db, "PRAGMA integrity_check(1)", DB_ONCE, &stmt, err);
	if (rc < 0)
		return rc;
	rc = db_step(&stmt, err);
	if (rc > 0) {
		answer = db_column_text(&stmt);
		rc = strcmp(answer, "ok") == 0
			     ? 0
			     : jo_err_set(err, -EBADMSG, "database %s: damaged: %s", db->name,
					  answer);
	}
	db_release(&stmt);
	return rc;
}

static int size_of(struct db *db, int64_t *ret_bytes, struct jo_err *err)
{
	return db_query_int(db,
			    "SELECT page_count * page_size FROM pragma_page_count,"
			    " pragma_page_size",
			    ret_bytes, err);
}

/* Also of one that has several names. */
static char *identity(struct db *db)
{
	struct stat st;

	return stat(db->name, &st) < 0 ? NULL
				       : xasprintf("file %ju of device %ju", (uintmax_t)st.st_ino,
						   (uintmax_t)st.st_dev);
}

/* Who reads a file is a matter of its mode. */
static int readers_set(struct db *db, const struct store_readers *readers, struct jo_err *err)
{
	(void)db;
	(void)readers;
	(void)err;
	return 0;
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

static int copy_open(struct db *source, const char *path, struct db **ret_copy, struct jo_err *err)
{
	const struct store_options options = {STORE_CREATE, STORE_BUSY_TIMEOUT_MS};
	struct db *db;
	int64_t bytes;
	char *beside;
	int rc;

	rc = used_bytes(source, &bytes, err);
	if (rc == 0)
		rc = sqlite_copy_start(source->name, path, bytes, &beside, err);
	if (rc < 0)
		return rc;
	db = new_db(beside);
	sqlite_of(db)->final_path = xstrdup(path);
	sqlite_of(db)->source_bytes = bytes;
	rc = open_raw(db, &options, copy_pragmas, err);
	if (rc < 0)
		db_close(db);
	else
		*ret_copy = db;
	return rc;
}

/* What SQLite does between two of these takes some milliseconds. */
#define OPCODES_PER_TELLING 100000

static int tell_progress(void *context)
{
	const struct sqlite_db *copy = context;

	copy->progress(copy->progress_context, sqlite_copy_size(copy->db.name), copy->source_bytes);
	return 0;
}

static int copy_begin(struct db *copy, struct db *source, store_progress_fn *progress,
		      void *context, struct jo_err *err)
{
	struct db_stmt stmt = {0};
	int rc;

	sqlite_of(copy)->progress = progress;
	sqlite_of(copy)->progress_context = context;
	if (progress != NULL)
		sqlite3_progress_handler(sqlite_of(copy)->raw, OPCODES_PER_TELLING, tell_progress,
					 copy);
	rc = db_prepare(copy, "ATTACH ? AS source", DB_ONCE, &stmt, err);
	if (rc < 0)
		return rc;
	db_bind_text(&stmt, source->name);
	rc = db_run(&stmt, err);
	db_release(&stmt);
	/* IMMEDIATE would take the source's lock for writing. */
	return rc < 0 ? rc : db_exec(copy, "BEGIN", err);
}

static int copy_put(struct db *copy, struct jo_err *err)
{
	char end[80]; /* the text below with an integer of 32 bits */
	int rc;

	(void)snprintf(end, sizeof(end), "PRAGMA application_id = %d; COMMIT; DETACH source",
		       SQLITE_COPY_ID);
	rc = db_exec(copy, end, err);
	if (rc == 0)
		rc = sqlite_copy_put(copy->name, sqlite_of(copy)->final_path, err);
	if (rc < 0)
		return rc;
	free(sqlite_of(copy)->final_path); /* what db_close would remove has its name now */
	sqlite_of(copy)->final_path = NULL;
	return 0;
}

/* ---- statements ---- */

static int exec(struct db *db, const char *sql, struct jo_err *err)
{
	int rc = sqlite3_exec(sqlite_of(db)->raw, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? 0 : fail(db, rc, err, "change");
}

/* The table sqlite_sequence has those alone whose ids are never given out again. */
#define GIVEN_OUT "SELECT seq FROM sqlite_sequence WHERE name = ?"

static int last_id(struct db *db, const char *table, int64_t *ret_id, struct jo_err *err)
{
	char *sql =
		xasprintf("SELECT coalesce((" GIVEN_OUT "), (SELECT max(id) FROM %s), 0)", table);
	struct db_stmt stmt;
	int rc = db_prepare(db, sql, DB_ONCE, &stmt, err);

	free(sql);
	if (rc < 0)
		return rc;
	db_bind_text(&stmt, table);
	return db_take_int(&stmt, ret_id, err);
}

static int last_id_put(struct db *db, const char *table, int64_t id, struct jo_err *err)
{
	static const char *const changes[] = {
		"UPDATE sqlite_sequence SET seq = ?2 WHERE name = ?1",
		"INSERT INTO sqlite_sequence (name, seq) SELECT name, ?2 FROM sqlite_master"
		" WHERE name = ?1 AND sql LIKE '%AUTOINCREMENT%' AND ?2 > 0"
		" AND name NOT IN (SELECT name FROM sqlite_sequence)",
	};
	int rc = 0;

	for (size_t i = 0; rc >= 0 && i < sizeof(changes) / sizeof(changes[0]); i++) {
		struct db_stmt stmt;

		rc = db_prepare(db, changes[i], DB_ONCE, &stmt, err);
		if (rc < 0)
			break;
		db_bind_text(&stmt, table);
		db_bind_int(&stmt, id);
		rc = db_change_once(&stmt, err);
	}
	return rc < 0 ? rc : 0;
}

static int prepare(struct db *db, const char *sql, enum db_use use, struct db_stmt *ret_stmt,
		   struct jo_err *err)
{
	struct db_stmt stmt = {.db = db};
	sqlite3_stmt *raw;
	int rc;

	rc = sqlite3_prepare_v3(sqlite_of(db)->raw, sql, -1,
				use == DB_ONCE ? 0 : SQLITE_PREPARE_PERSISTENT, &raw, NULL);
	if (rc != SQLITE_OK)
		return fail(db, rc, err, "prepare");
	stmt.handle = raw;
	*ret_stmt = stmt;
	return 0;
}

static void release(struct db_stmt *stmt)
{
	(void)sqlite3_finalize(stmt->handle);
}

static const char *sql_of(const struct db_stmt *stmt)
{
	return sqlite3_sql(stmt->handle);
}

static void reset(struct db_stmt *stmt)
{
	/* Its result repeats what the last step returned already. */
	(void)sqlite3_reset(stmt->handle);
}

static int bind_null(struct db_stmt *stmt, int index, enum db_type type)
{
	(void)type;
	return sqlite3_bind_null(stmt->handle, index);
}

static int bind_int(struct db_stmt *stmt, int index, int64_t value)
{
	return sqlite3_bind_int64(stmt->handle, index, value);
}

static int bind_real(struct db_stmt *stmt, int index, double value)
{
	return sqlite3_bind_double(stmt->handle, index, value);
}

static int bind_text(struct db_stmt *stmt, int index, const char *text, bool is_copied)
{
	return sqlite3_bind_text(stmt->handle, index, text, -1,
				 is_copied ? SQLITE_TRANSIENT : SQLITE_STATIC);
}

static int bind_blob(struct db_stmt *stmt, int index, const void *data, size_t size)
{
	return sqlite3_bind_blob64(stmt->handle, index, data, size, SQLITE_STATIC);
}

static int step(struct db_stmt *stmt, struct jo_err *err)
{
	int rc;

	if (stmt->bind_error != SQLITE_OK)
		return fail(stmt->db, stmt->bind_error, err, "bind a value");
	rc = sqlite3_step(stmt->handle);
	if (rc == SQLITE_ROW || rc == SQLITE_DONE)
		return rc == SQLITE_ROW;
	return fail(stmt->db, rc, err, sqlite3_stmt_readonly(stmt->handle) ? "read" : "write");
}

static int changes(const struct db_stmt *stmt)
{
	return sqlite3_changes(sqlite_of(stmt->db)->raw);
}

static int insert(struct db_stmt *stmt, int64_t *ret_id, struct jo_err *err)
{
	int rc = db_change(stmt, err);

	if (rc > 0)
		*ret_id = sqlite3_last_insert_rowid(sqlite_of(stmt->db)->raw);
	return rc;
}

static enum db_type column_type(const struct db_stmt *stmt, int index)
{
	switch (sqlite3_column_type(stmt->handle, index)) {
	case SQLITE_INTEGER:
		return DB_INTEGER;
	case SQLITE_FLOAT:
		return DB_REAL;
	case SQLITE_TEXT:
		return DB_TEXT;
	case SQLITE_BLOB:
		return DB_BLOB;
	default:
		return DB_NULL;
	}
}

static const char *column_name(const struct db_stmt *stmt, int index)
{
	return sqlite3_column_name(stmt->handle, index);
}

static int64_t column_int(const struct db_stmt *stmt, int index)
{
	return sqlite3_column_int64(stmt->handle, index);
}

static double column_real(const struct db_stmt *stmt, int index)
{
	return sqlite3_column_double(stmt->handle, index);
}

static const char *column_text(const struct db_stmt *stmt, int index)
{
	return (const char *)sqlite3_column_text(stmt->handle, index);
}

static const void *column_blob(const struct db_stmt *stmt, int index, size_t *ret_size)
{
	const void *data = sqlite3_column_blob(stmt->handle, index);

	*ret_size = (size_t)sqlite3_column_bytes(stmt->handle, index);
	return data;
}

const struct db_engine sqlite_engine = {
	.make = sqlite_file_make,
	.open = open_file,
	.close = close_db,
	.begin = begin,
	.view_begin = view_begin,
	.commit = commit,
	.rollback = rollback,
	.schema_read = schema_read,
	.schema_mark = schema_mark,
	.check = check,
	.size = size_of,
	.identity = identity,
	.readers_set = readers_set,
	.copy_open = copy_open,
	.copy_begin = copy_begin,
	.copy_put = copy_put,
	.exec = exec,
	.last_id = last_id,
	.last_id_put = last_id_put,
	.prepare = prepare,
	.release = release,
	.sql = sql_of,
	.reset = reset,
	.bind_null = bind_null,
	.bind_int = bind_int,
	.bind_real = bind_real,
	.bind_text = bind_text,
	.bind_blob = bind_blob,
	.step = step,
	.changes = changes,
	.insert = insert,
	.column_type = column_type,
	.column_name = column_name,
	.column_int = column_int,
	.column_real = column_real,
	.column_text = column_text,
	.column_blob = column_blob,
	.is_keeper = sqlite_file_is_keeper,
	.place_check = sqlite_file_place_check,
	.readers_check = sqlite_file_readers_check,
	.lock_take = sqlite_file_lock_take,
	.lock_release = sqlite_file_lock_release,
	.lock_title = sqlite_file_lock_title,
	.note_put = sqlite_file_note_put,
	.note_get = sqlite_file_note_get,
};
