/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What stands for PostgreSQL in a build without libpq. */
#include <errno.h>

#include "engine.h"
#include "util/alloc.h"

static int refuse(const char *database, struct jo_err *err)
{
	return jo_err_set(err, -EOPNOTSUPP,
			  "database %s: this sjoboutliers was built without libpq, and so knows no "
			  "PostgreSQL",
			  database);
}

static int open_db(const char *database, const struct store_options *options, struct db **ret_db,
		   struct jo_err *err)
{
	(void)options;
	(void)ret_db;
	return refuse(database, err);
}

static bool is_keeper(const char *database)
{
	(void)database;
	return false;
}

static bool place_check(const char *database, store_tell_fn *tell, void *context)
{
	struct jo_err err;

	(void)refuse(database, &err);
	tell(context, STORE_GRADE_FAIL, err.text);
	return false;
}

static bool readers_check(const char *database, const struct store_readers *readers,
			  store_tell_fn *tell, void *context)
{
	(void)readers;
	return place_check(database, tell, context);
}

static int lock_take(const char *database, struct db *db, const struct store_lock_name *name,
		     struct store_lock **ret_lock, struct jo_err *err)
{
	(void)db;
	(void)name;
	(void)ret_lock;
	return refuse(database, err);
}

static char *lock_title(const char *database, enum store_lock_kind kind)
{
	(void)kind;
	return xstrdup(database);
}

static int note_get(const char *database, enum store_lock_kind kind, char *ret_text, size_t size,
		    struct jo_err *err)
{
	(void)kind;
	(void)ret_text;
	(void)size;
	return refuse(database, err);
}

const struct db_engine postgres_engine = {
	.open = open_db,
	.is_keeper = is_keeper,
	.place_check = place_check,
	.readers_check = readers_check,
	.lock_take = lock_take,
	.lock_title = lock_title,
	.note_get = note_get,
};
