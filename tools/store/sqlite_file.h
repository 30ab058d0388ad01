/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file that a SQLite database is.  Private to sqlite.c. */
#ifndef STORE_SQLITE_FILE_H
#define STORE_SQLITE_FILE_H

#include "engine.h"

/* What driver.h says of db_make. */
int sqlite_file_make(const char *path, struct jo_err *err);

/* Make the file where the mode says so, and refuse what cannot be a database. */
int sqlite_file_ready(const char *path, enum store_mode mode, struct jo_err *err);

/* Whether SQLite's log beside it, or its index, is to be made by who opens it. */
bool sqlite_file_lacks_log(const char *path);

/* What driver.h says of db_is_keeper and of those that follow it there. */
bool sqlite_file_is_keeper(const char *database);
bool sqlite_file_readers_check(const char *database, const struct store_readers *readers,
			       store_tell_fn *tell, void *context);
bool sqlite_file_place_check(const char *database, store_tell_fn *tell, void *context);
int sqlite_file_lock_take(const char *database, struct db *db,
			  const struct store_lock_name *name, struct store_lock **ret_lock,
			  struct jo_err *err);
void sqlite_file_lock_release(struct store_lock *lock); /* never NULL */
char *sqlite_file_lock_title(const char *database, enum store_lock_kind kind);
int sqlite_file_note_put(struct store_lock *lock, const char *text, size_t len, struct jo_err *err);
int sqlite_file_note_get(const char *database, enum store_lock_kind kind, char *ret_text,
			 size_t size, struct jo_err *err);

#endif
