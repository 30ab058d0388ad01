/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A row for each log, and for each that it was rotated to. */
#include "log_file.h"

#include <stdlib.h>

#include "joboutliers/record.h"
#include "open_store.h"
#include "util/alloc.h"

static void read_file(struct db_stmt *stmt, struct store_log_file *ret_file)
{
	ret_file->id = db_column_int(stmt);
	ret_file->path = xstrdup(db_column_text(stmt));
	ret_file->device = db_column_int(stmt);
	ret_file->inode = db_column_int(stmt);
	ret_file->first_hash = (uint64_t)db_column_int(stmt);
	ret_file->last_hash = (uint64_t)db_column_int(stmt);
	ret_file->read_bytes = db_column_int(stmt);
	ret_file->file_bytes = db_column_int(stmt);
	ret_file->changed_unix_us = db_column_int(stmt);
	ret_file->seen_unix_us = db_column_int(stmt);
}

int store_log_files_read(struct store *store, const char *section,
			 struct store_log_file **ret_files, size_t *ret_count, struct jo_err *err)
{
	struct store_log_file *files = NULL;
	size_t count = 0, capacity = 0;
	struct db_stmt stmt;
	int rc = db_prepare(store->db,
			    "SELECT id, path, device, inode, first_hash, last_hash, read_bytes,"
			    " file_bytes, changed_unix_us, seen_unix_us FROM log_file"
			    " WHERE section = ? ORDER BY id",
			    DB_ONCE, &stmt, err);

	if (rc < 0)
		return rc;
	db_bind_text(&stmt, section);
	while ((rc = db_step(&stmt, err)) > 0) {
		files = xgrow(files, count, &capacity, sizeof(*files));
		read_file(&stmt, &files[count++]);
		rc = db_row_check(&stmt, err);
		if (rc < 0)
			break;
	}
	db_release(&stmt);
	if (rc < 0) {
		store_log_files_free(files, count);
		return rc;
	}
	*ret_files = files;
	*ret_count = count;
	return 0;
}

void store_log_files_free(struct store_log_file *files, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(files[i].path);
	free(files);
}

/* The columns that follow are bound in one order, and behind them the id of a known one. */
#define ADD_FILE                                                                                   \
	"INSERT INTO log_file (section, path, device, inode, first_hash, last_hash, read_bytes,"   \
	" file_bytes, changed_unix_us, seen_unix_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
#define CHANGE_FILE                                                                                \
	"UPDATE log_file SET section = ?, path = ?, device = ?, inode = ?, first_hash = ?,"        \
	" last_hash = ?, read_bytes = ?, file_bytes = ?, changed_unix_us = ?, seen_unix_us = ?"    \
	" WHERE id = ?"

int store_log_file_put(struct store *store, const char *section, const struct store_log_file *file,
		       struct jo_err *err)
{
	bool is_new = file->id == JO_MISSING;
	struct db_stmt stmt;
	int rc = db_prepare(store->db, is_new ? ADD_FILE : CHANGE_FILE, DB_ONCE, &stmt, err);

	if (rc < 0)
		return rc;
	db_bind_text(&stmt, section);
	db_bind_text(&stmt, file->path);
	db_bind_int(&stmt, file->device);
	db_bind_int(&stmt, file->inode);
	db_bind_int(&stmt, (int64_t)file->first_hash);
	db_bind_int(&stmt, (int64_t)file->last_hash);
	db_bind_int(&stmt, file->read_bytes);
	db_bind_int(&stmt, file->file_bytes);
	db_bind_int(&stmt, file->changed_unix_us);
	db_bind_int(&stmt, file->seen_unix_us);
	if (!is_new)
		db_bind_int(&stmt, file->id);
	rc = db_run(&stmt, err);
	db_release(&stmt);
	return rc;
}

int store_log_files_drop(struct store *store, int64_t seen_before_unix_us, struct jo_err *err)
{
	struct db_stmt stmt;
	int rc = db_prepare(store->db, "DELETE FROM log_file WHERE seen_unix_us < ?", DB_ONCE,
			    &stmt, err);

	if (rc < 0)
		return rc;
	db_bind_int(&stmt, seen_before_unix_us);
	return db_change_once(&stmt, err);
}
