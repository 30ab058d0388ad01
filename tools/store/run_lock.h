/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One run at a time of what must not run twice on a database.  A lock lasts
 * until it is released, or until the process ends, however it does.
 */
#ifndef STORE_RUN_LOCK_H
#define STORE_RUN_LOCK_H

#include "joboutliers/err.h"
#include "terms.h"

struct store_lock;

/*
 * Take the lock of the database at path, which need not be there.  Returns 0
 * and what to release; -EBUSY when another process has it; or why it could not
 * be asked for.
 */
int store_lock_take(const char *path, enum store_lock_kind kind, struct store_lock **ret_lock,
		    struct jo_err *err);

/* As store_lock_take, and wait for who has it, who is known to be done in a moment. */
int store_lock_await(const char *path, enum store_lock_kind kind, struct store_lock **ret_lock,
		     struct jo_err *err);

/* As store_lock_take, of parts of it alone. */
int store_lock_take_part(const char *path, enum store_lock_kind kind, uint32_t first, uint32_t last,
			 struct store_lock **ret_lock, struct jo_err *err);

/* Take all of them, so that nothing runs meanwhile; locks are for store_lock_release_all. */
int store_lock_take_all(const char *path, struct store_lock *locks[static STORE_LOCK_COUNT],
			struct jo_err *err);
void store_lock_release_all(struct store_lock *locks[static STORE_LOCK_COUNT]);

/* Give the lock back; NULL is fine. */
void store_lock_release(struct store_lock *lock);

#endif
