/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What opening a database does by the way, as work of its own. */
#include "upkeep.h"

#include "copy_mark.h"
#include "driver.h"
#include "run_lock.h"
#include "schema.h"

static int create_tables(struct db *db, struct store_created *created, struct jo_err *err)
{
	struct db_schema schema;
	int rc = copy_mark_refuse(db, err);

	if (rc == 0)
		rc = schema_check(db, STORE_CREATE, &schema, err);
	if (rc < 0)
		return rc;
	created->are_tables_made = schema.version == 0;
	if (created->are_tables_made)
		rc = schema_open(db, STORE_CREATE, err);
	if (rc == 0)
		rc = schema_version(db, &created->version, err);
	return rc;
}

int store_create(const char *path, struct store_created *ret_created, struct jo_err *err)
{
	const struct store_options options = {STORE_CREATE, STORE_BUSY_TIMEOUT_MS};
	struct store_created created = {.newest_version = schema_newest()};
	struct db *db;
	int rc = db_make(path, err);

	if (rc < 0)
		return rc;
	created.is_database_made = rc > 0;
	rc = db_open(path, &options, &db, err);
	if (rc < 0)
		return rc;
	rc = create_tables(db, &created, err);
	db_close(db);
	if (rc == 0)
		*ret_created = created;
	return rc;
}

static int migrate(struct db *db, store_progress_fn *progress, void *context,
		   struct store_migrated *ret_migrated, struct jo_err *err)
{
	struct store_lock *locks[STORE_LOCK_COUNT];
	int64_t before;
	int rc = store_lock_take_all(db, locks, err);

	if (rc < 0)
		return rc;
	rc = copy_mark_refuse(db, err);
	if (rc == 0)
		rc = schema_migrate(db, progress, context, &before, err);
	store_lock_release_all(locks);
	if (rc == 0)
		*ret_migrated = (struct store_migrated){before, schema_newest()};
	return rc;
}

int store_migrate(const char *path, store_progress_fn *progress, void *context,
		  struct store_migrated *ret_migrated, struct jo_err *err)
{
	const struct store_options options = {STORE_WRITE, STORE_BUSY_TIMEOUT_MS};
	struct db *db;
	int rc = db_open(path, &options, &db, err);

	if (rc < 0)
		return rc;
	rc = migrate(db, progress, context, ret_migrated, err);
	db_close(db);
	return rc;
}
