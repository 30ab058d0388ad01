/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One run at a time of what must not run twice on a database.  A lock lasts
 * until it is released, or until the process ends, however it does.
 *
 * On a server it also ends with the connection of the store, which is the one
 * that writes: so no transaction is committed without the lock.  Who does
 * something else, such as sending a mail, asks by store_lock_check before.
 * Locks are taken and released outside of transactions, and released before the
 * store is closed.
 */
#ifndef STORE_RUN_LOCK_H
#define STORE_RUN_LOCK_H

#include "joboutliers/err.h"
#include "terms.h"

struct db;
struct store;
struct store_lock;

/* Take the lock.  Returns 0 and what to release; -EBUSY when another process has it; or why it
 * could not be asked for. */
int store_lock_take(struct store *store, enum store_lock_kind kind, struct store_lock **ret_lock,
		    struct jo_err *err);

/* As store_lock_take, and wait for who has it, who is known to be done in a moment. */
int store_lock_await(struct store *store, enum store_lock_kind kind, struct store_lock **ret_lock,
		     struct jo_err *err);

/* As store_lock_take, of parts of it alone. */
int store_lock_take_part(struct store *store, enum store_lock_kind kind, uint32_t first,
			 uint32_t last, struct store_lock **ret_lock, struct jo_err *err);

/* Whether it is still held: 0, or a negative errno and why that cannot be told any more. */
int store_lock_check(struct store_lock *lock, struct jo_err *err);

/* Take all of them, so that nothing runs meanwhile.  The locks are for store_lock_release_all. */
int store_lock_take_all(struct db *db, struct store_lock *locks[static STORE_LOCK_COUNT],
			struct jo_err *err);
void store_lock_release_all(struct store_lock *locks[static STORE_LOCK_COUNT]);

/* Give the lock back; NULL is fine. */
void store_lock_release(struct store_lock *lock);

#endif
