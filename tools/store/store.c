/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opening, closing and transactions. */
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "internal.h"
#include "util/alloc.h"

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

/* SQLite would make the file with 0644; names and job classes are nobody else's business. */
static int make_file(const char *path, struct jo_err *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640);

	if (fd < 0)
		return errno == EEXIST ? 0 : jo_err_sys(err, -errno, "create database %s", path);
	(void)close(fd);
	return 0;
}

/*
 * SQLite's own answer to what is no database file is vague, so look first.  Of
 * a file that may not be written it would make a log with the same mode, which
 * then stands in the way when the file's has been put right.
 */
static int check_file(const char *path, enum store_mode mode, struct jo_err *err)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return jo_err_sys(err, -errno, "database %s", path);
	if (!S_ISREG(st.st_mode))
		return jo_err_set(err, -EBADMSG, "database %s: not a regular file", path);
	if (mode != STORE_READ && faccessat(AT_FDCWD, path, R_OK | W_OK, AT_EACCESS) < 0)
		return jo_err_sys(err, -errno, "write to database %s", path);
	return 0;
}

static int open_db(struct store *store, const struct store_options *options, struct jo_err *err)
{
	int flags = options->mode == STORE_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
	int is_persistent = 1;
	int rc;

	rc = sqlite3_open_v2(store->path, &store->db, flags | SQLITE_OPEN_NOMUTEX, NULL);
	if (store->db == NULL)
		return jo_err_sys(err, -ENOMEM, "database %s", store->path);
	if (rc != SQLITE_OK)
		return db_fail(store, rc, err, "open");
	(void)sqlite3_busy_timeout(store->db, (int)options->busy_timeout_ms);
	/* Leave the log when closing: who may only read the folder could not make one. */
	(void)sqlite3_file_control(store->db, NULL, SQLITE_FCNTL_PERSIST_WAL, &is_persistent);

	rc = db_exec(store, read_pragmas, err);
	if (rc < 0 || options->mode == STORE_READ)
		return rc;
	if (sqlite3_db_readonly(store->db, "main") == 1)
		return db_fail(store, SQLITE_READONLY, err, "open");
	return db_exec(store, write_pragmas, err);
}

int store_open(const char *path, const struct store_options *options, struct store **ret_store,
	       struct jo_err *err)
{
	struct store *store = NULL;
	int rc = 0;

	if (options->mode == STORE_CREATE)
		rc = make_file(path, err);
	if (rc == 0)
		rc = check_file(path, options->mode, err);
	if (rc < 0)
		return rc;

	store = xcalloc(1, sizeof(*store));
	store->path = xstrdup(path);
	store->mode = options->mode;
	store->names = xcalloc(NAME_CACHE_SLOTS, sizeof(*store->names));
	store->groups.key_count = 8;
	store->touched.key_count = 1;
	store->health.key_count = 2;

	rc = open_db(store, options, err);
	if (rc == 0)
		rc = schema_open(store, err);
	if (rc == 0)
		rc = group_load_rule(store, err);
	if (rc == 0) {
		*ret_store = store;
		store = NULL;
	}
	store_close(store);
	return rc;
}

void store_close(struct store *store)
{
	if (store == NULL)
		return;
	for (size_t i = 0; i < STMT_COUNT; i++)
		db_release(&store->statements[i]);
	for (size_t i = 0; i < IDLE_MAX; i++)
		db_release(&store->idle[i]);
	/* An open transaction is rolled back. */
	(void)sqlite3_close(store->db);
	name_forget(store);
	free(store->names);
	keymap_release(&store->groups);
	keymap_release(&store->touched);
	keymap_release(&store->health);
	arena_release(&store->texts);
	arena_release(&store->held_node);
	arena_release(&store->held_message);
	free(store->path);
	free(store);
}

const char *store_path(const struct store *store)
{
	return store->path;
}

int store_use(struct store *store, enum store_statement which, struct db_stmt **ret_stmt,
	      struct jo_err *err)
{
	struct db_stmt *stmt = &store->statements[which];
	int rc;

	if (stmt->raw == NULL) {
		rc = db_prepare(store, store_statements[which], true, stmt, err);
		if (rc < 0)
			return rc;
	}
	db_reset(stmt);
	*ret_stmt = stmt;
	return 0;
}

/* What another program may have changed meanwhile, or a rollback took back. */
static void forget(struct store *store)
{
	keymap_clear(&store->groups);
	keymap_clear(&store->touched);
	keymap_clear(&store->health);
}

int store_begin(struct store *store, struct jo_err *err)
{
	int rc;

	if (store->mode == STORE_READ)
		return jo_err_set(err, -EROFS, "database %s: opened for reading alone",
				  store->path);
	forget(store);
	rc = db_exec(store, "BEGIN IMMEDIATE", err);
	store->is_in_transaction = rc == 0;
	return rc;
}

int store_commit(struct store *store, struct jo_err *err)
{
	int rc;

	rc = group_flush(store, err);
	if (rc == 0)
		rc = health_flush(store, err);
	if (rc == 0)
		rc = db_exec(store, "COMMIT", err);
	if (rc == 0)
		store->is_in_transaction = false;
	return rc;
}

void store_rollback(struct store *store)
{
	/* It fails only when SQLite rolled back by itself already, as on a full disk. */
	(void)sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
	store->is_in_transaction = false;
	forget(store);
	name_forget(store);
}

int store_check(struct store *store, struct jo_err *err)
{
	struct db_stmt stmt;
	const char *answer;
	int rc;

	rc = db_prepare(store, "PRAGMA integrity_check(1)", false, &stmt, err);
	if (rc < 0)
		return rc;
	rc = db_step(&stmt, err);
	if (rc > 0) {
		answer = db_column_text(&stmt);
		rc = strcmp(answer, "ok") == 0
			     ? 0
			     : jo_err_set(err, -EBADMSG, "database %s: damaged: %s", store->path,
					  answer);
	}
	db_release(&stmt);
	return rc;
}

int store_counts(struct store *store, struct store_counts *ret_counts, struct jo_err *err)
{
	struct store_counts counts;
	const struct {
		const char *sql;
		int64_t *value;
	} queries[] = {
		{"SELECT count(*) FROM step", &counts.step_count},
		{"SELECT count(*) FROM step WHERE state = 1", &counts.running_count},
		{"SELECT count(*) FROM step WHERE judged_unix_us IS NULL"
		 " AND end_unix_us IS NOT NULL",
		 &counts.unjudged_count},
		{"SELECT count(*) FROM step_group", &counts.group_count},
		{"SELECT min(end_unix_us) FROM step", &counts.oldest_end_unix_us},
		{"SELECT max(end_unix_us) FROM step", &counts.newest_end_unix_us},
		{"SELECT page_count * page_size FROM pragma_page_count, pragma_page_size",
		 &counts.file_bytes},
		{"PRAGMA user_version", &counts.schema_version},
	};

	for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++) {
		int rc = db_query_int(store, queries[i].sql, queries[i].value, err);

		if (rc < 0)
			return rc;
	}
	*ret_counts = counts;
	return 0;
}
