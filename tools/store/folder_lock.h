/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One reader at a time of a folder whose files become rows, however many hosts see it and whatever
 * each of them calls it. */
#ifndef STORE_FOLDER_LOCK_H
#define STORE_FOLDER_LOCK_H

#include "joboutliers/err.h"

struct store;
struct store_folder_lock;

/*
 * Take the lock of the folder for this store's database.  It is a lock on the file
 * FOLDER/.ingest, made where it is not there, and one of the database's, whose
 * number stands in that file: not every shared file system knows of locks that
 * other hosts hold, and a database that is a file knows of this host alone.
 * Both last until it is released, or the process ends, and the latter as
 * run_lock.h says.  Returns 0 and what to
 * release; -EBUSY when another process has one of them; or a negative errno.
 */
int store_folder_lock_take(struct store *store, const char *folder,
			   struct store_folder_lock **ret_lock, struct jo_err *err);

/* Give both back; NULL is fine. */
void store_folder_lock_release(struct store_folder_lock *lock);

#endif
