/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which engine a database belongs to: the functions of driver.h that are given a name. */
#include "driver.h"

#include <string.h>

#include "engine.h"

/* How names of databases begin; what is no path is for libpq to understand. */
static const struct {
	const char *prefix;
	const struct db_engine *engine;
} engines[] = {
	{"/", &sqlite_engine},
	{DB_SCRATCH, &sqlite_engine},
	{"", &postgres_engine},
};

static const struct db_engine *engine_of(const char *database)
{
	size_t i = 0;

	while (strncmp(database, engines[i].prefix, strlen(engines[i].prefix)) != 0)
		i++;
	return engines[i].engine;
}

int db_make(const char *database, struct jo_err *err)
{
	const struct db_engine *engine = engine_of(database);

	return engine->make != NULL ? engine->make(database, err) : 0;
}

int db_open(const char *database, const struct store_options *options, struct db **ret_db,
	    struct jo_err *err)
{
	return engine_of(database)->open(database, options, ret_db, err);
}

bool db_is_shared(const char *database)
{
	return engine_of(database)->is_shared;
}

bool db_is_keeper(const char *database)
{
	return engine_of(database)->is_keeper(database);
}

bool db_place_check(const char *database, store_tell_fn *tell, void *context)
{
	return engine_of(database)->place_check(database, tell, context);
}

bool db_readers_check(const char *database, const struct store_readers *readers,
		      store_tell_fn *tell, void *context)
{
	return engine_of(database)->readers_check(database, readers, tell, context);
}

static int take_lock(const char *database, struct db *db, const struct store_lock_name *name,
		     struct store_lock **ret_lock, struct jo_err *err)
{
	const struct db_engine *engine = engine_of(database);
	int rc = engine->lock_take(database, db, name, ret_lock, err);

	if (rc == 0)
		(*ret_lock)->engine = engine;
	return rc;
}

int db_lock_take(const char *database, const struct store_lock_name *name,
		 struct store_lock **ret_lock, struct jo_err *err)
{
	return take_lock(database, NULL, name, ret_lock, err);
}

int db_lock_hold(struct db *db, const struct store_lock_name *name, struct store_lock **ret_lock,
		 struct jo_err *err)
{
	return take_lock(db->name, db, name, ret_lock, err);
}

char *db_lock_title(const char *database, enum store_lock_kind kind)
{
	return engine_of(database)->lock_title(database, kind);
}

int db_note_get(const char *database, enum store_lock_kind kind, char *ret_text, size_t size,
		struct jo_err *err)
{
	return engine_of(database)->note_get(database, kind, ret_text, size, err);
}
