/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The locks are the driver's. */
#include "run_lock.h"

#include "open_store.h"

int store_lock_take(struct store *store, enum store_lock_kind kind, struct store_lock **ret_lock,
		    struct jo_err *err)
{
	return db_lock_hold(store->db, &(struct store_lock_name){.kind = kind}, ret_lock, err);
}

int store_lock_await(struct store *store, enum store_lock_kind kind, struct store_lock **ret_lock,
		     struct jo_err *err)
{
	const struct store_lock_name name = {.kind = kind, .is_awaited = true};

	return db_lock_hold(store->db, &name, ret_lock, err);
}

int store_lock_take_part(struct store *store, enum store_lock_kind kind, uint32_t first,
			 uint32_t last, struct store_lock **ret_lock, struct jo_err *err)
{
	const struct store_lock_name name = {
		.kind = kind, .is_part = true, .first = first, .last = last};

	return db_lock_hold(store->db, &name, ret_lock, err);
}

int store_lock_check(struct store_lock *lock, struct jo_err *err)
{
	return db_lock_check(lock, err);
}

void store_lock_release(struct store_lock *lock)
{
	db_lock_release(lock);
}

int store_lock_take_all(struct db *db, struct store_lock *locks[static STORE_LOCK_COUNT],
			struct jo_err *err)
{
	int rc = 0;

	for (int i = 0; i < STORE_LOCK_COUNT; i++)
		locks[i] = NULL;
	for (int i = 0; rc == 0 && i < STORE_LOCK_COUNT; i++)
		rc = db_lock_hold(db, &(struct store_lock_name){.kind = (enum store_lock_kind)i},
				  &locks[i], err);
	if (rc < 0)
		store_lock_release_all(locks);
	return rc;
}

void store_lock_release_all(struct store_lock *locks[static STORE_LOCK_COUNT])
{
	for (int i = 0; i < STORE_LOCK_COUNT; i++) {
		store_lock_release(locks[i]);
		locks[i] = NULL;
	}
}
