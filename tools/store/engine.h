/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a database engine is: functions that do what those of driver.h with their
 * names say.  Private to driver.c, engines.c and the engines.
 */
#ifndef STORE_ENGINE_H
#define STORE_ENGINE_H

#include "driver.h"

/* The first member of an engine's own. */
struct db {
	const struct db_engine *engine;
	char *name; /* as for texts; the engine frees it */
	bool is_own_only;
};

/* The first member of an engine's own, which engines.c fills. */
struct store_lock {
	const struct db_engine *engine;
};

/* What an engine that keeps steps by their months does with them, as the functions of driver.h. */
struct db_months {
	int (*begin)(struct db *db, struct jo_err *err);
	int (*make)(struct db *db, int32_t month, struct jo_err *err);
	int (*cut)(struct db *db, struct id_range part, struct jo_err *err);
	int (*list)(struct db *db, struct id_range **ret_list, struct jo_err *err);
	int (*drop)(struct db *db, struct id_range part, struct jo_err *err);
};

struct db_engine {
	bool is_shared; /* other hosts reach it under the same name */
	bool wants_utf8;
	int (*make)(const char *database, struct jo_err *err); /* or NULL */
	int (*open)(const char *database, const struct store_options *options, struct db **ret_db,
		    struct jo_err *err);
	void (*close)(struct db *db); /* never NULL */
	int (*begin)(struct db *db, struct jo_err *err);
	int (*view_begin)(struct db *db, struct jo_err *err);
	int (*commit)(struct db *db, struct jo_err *err);
	void (*rollback)(struct db *db);
	int (*schema_read)(struct db *db, struct db_schema *ret_schema, struct jo_err *err);
	int (*schema_mark)(struct db *db, int64_t version, struct jo_err *err);
	int (*schema_take)(struct db *db, struct db *model, struct jo_err *err); /* or NULL */
	const char *(*schema_own)(int64_t version); /* NULL: it has none */
	int (*check)(struct db *db, struct jo_err *err);
	int (*size)(struct db *db, int64_t *ret_bytes, struct jo_err *err);
	char *(*identity)(struct db *db);
	int (*readers_set)(struct db *db, const struct store_readers *readers, struct jo_err *err);
	int (*copy_open)(struct db *source, const char *path, struct db **ret_copy,
			 struct jo_err *err);
	int (*copy_begin)(struct db *copy, struct db *source, store_progress_fn *progress,
			  void *context, struct jo_err *err);
	int (*copy_put)(struct db *copy, struct jo_err *err);
	int (*exec)(struct db *db, const char *sql, struct jo_err *err);
	int (*last_id)(struct db *db, const char *table, int64_t *ret_id, struct jo_err *err);
	int (*last_id_put)(struct db *db, const char *table, int64_t id, struct jo_err *err);
	const struct db_months *months; /* NULL: none */

	int (*prepare)(struct db *db, const char *sql, enum db_use use, struct db_stmt *ret_stmt,
		       struct jo_err *err);
	void (*release)(struct db_stmt *stmt); /* and below: never one that is not prepared */
	const char *(*sql)(const struct db_stmt *stmt);
	void (*reset)(struct db_stmt *stmt);

	/* What they return becomes stmt->bind_error. */
	int (*bind_null)(struct db_stmt *stmt, int index,
			 enum db_type type); /* of what is not there */
	int (*bind_int)(struct db_stmt *stmt, int index, int64_t value);
	int (*bind_real)(struct db_stmt *stmt, int index, double value);
	int (*bind_text)(struct db_stmt *stmt, int index, const char *text, bool is_copied);
	int (*bind_blob)(struct db_stmt *stmt, int index, const void *data, size_t size);

	int (*step)(struct db_stmt *stmt, struct jo_err *err);
	int (*put)(struct db_stmt *stmt, struct jo_err *err); /* NULL: as step */
	int (*changes)(const struct db_stmt *stmt);           /* of its last run */
	int (*insert)(struct db_stmt *stmt, int64_t *ret_id, struct jo_err *err);

	enum db_type (*column_type)(const struct db_stmt *stmt, int index);
	const char *(*column_name)(const struct db_stmt *stmt, int index); /* good until released */
	int64_t (*column_int)(const struct db_stmt *stmt, int index);
	double (*column_real)(const struct db_stmt *stmt, int index);
	const char *(*column_text)(const struct db_stmt *stmt, int index);
	const void *(*column_blob)(const struct db_stmt *stmt, int index, size_t *ret_size);

	bool (*is_keeper)(const char *database);
	bool (*place_check)(const char *database, store_tell_fn *tell, void *context);
	bool (*readers_check)(const char *database, const struct store_readers *readers,
			      store_tell_fn *tell, void *context);
	int (*lock_take)(const char *database, struct db *db, /* NULL: by nobody's connection */
			 const struct store_lock_name *name, struct store_lock **ret_lock,
			 struct jo_err *err);
	int (*lock_check)(struct store_lock *lock, struct jo_err *err); /* NULL: it is never lost */
	void (*lock_release)(struct store_lock *lock);
	char *(*lock_title)(const char *database, enum store_lock_kind kind);
	int (*note_put)(struct store_lock *lock, const char *text, size_t len, struct jo_err *err);
	int (*note_get)(const char *database, enum store_lock_kind kind, char *ret_text,
			size_t size, struct jo_err *err);
};

/* The engines that there are, each in a file of its name. */
extern const struct db_engine sqlite_engine, postgres_engine;

#endif
