/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The locks are the driver's. */
#include "run_lock.h"

#include "driver.h"

int store_lock_take(const char *path, enum store_lock_kind kind, struct store_lock **ret_lock,
		    struct jo_err *err)
{
	return db_lock_take(path, &(struct store_lock_name){.kind = kind}, ret_lock, err);
}

int store_lock_take_part(const char *path, enum store_lock_kind kind, uint32_t first, uint32_t last,
			 struct store_lock **ret_lock, struct jo_err *err)
{
	const struct store_lock_name name = {kind, true, first, last};

	return db_lock_take(path, &name, ret_lock, err);
}

void store_lock_release(struct store_lock *lock)
{
	db_lock_release(lock);
}
