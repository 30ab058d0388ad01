/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The schema's versions.  A file's version is PRAGMA user_version: how many of
 * the numbered files in schema/ were applied to it.  A released file is never
 * changed; what is new goes into the next one.
 */
#include <errno.h>
#include <stdio.h>

#include "internal.h"

static const struct {
	const char *file, *sql;
} migrations[] = {
#include "schema.inc"
};

#define SCHEMA_VERSION ((int64_t)(sizeof(migrations) / sizeof(migrations[0])))

/* "jobo" in ASCII: tells our files from other programs' SQLite files, also to file(1). */
#define APPLICATION_ID 0x6a6f626f

static int apply(struct store *store, int64_t version, struct jo_err *err)
{
	char pragma[80];
	int rc;

	rc = db_exec(store, migrations[version].sql, err);
	if (rc < 0)
		return rc;
	(void)snprintf(pragma, sizeof(pragma),
		       "PRAGMA user_version = %d; PRAGMA application_id = %d;", (int)version + 1,
		       APPLICATION_ID);
	return db_exec(store, pragma, err);
}

/* One version up, unless another program was faster. */
static int migrate(struct store *store, int64_t *version, struct jo_err *err)
{
	int rc;

	rc = db_exec(store, "BEGIN IMMEDIATE", err);
	if (rc < 0)
		return rc;
	rc = db_query_int(store, "PRAGMA user_version", version, err);
	if (rc == 0 && *version < SCHEMA_VERSION)
		rc = apply(store, *version, err);
	if (rc == 0)
		rc = db_exec(store, "COMMIT", err);
	if (rc < 0) {
		(void)sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
		return jo_err_prefix(err, "schema %d", (int)*version + 1);
	}
	return db_query_int(store, "PRAGMA user_version", version, err);
}

int schema_open(struct store *store, struct jo_err *err)
{
	int64_t version, application_id, table_count;
	int rc;

	rc = db_query_int(store, "PRAGMA user_version", &version, err);
	if (rc == 0)
		rc = db_query_int(store, "PRAGMA application_id", &application_id, err);
	if (rc == 0)
		rc = db_query_int(store, "SELECT count(*) FROM sqlite_master", &table_count, err);
	if (rc < 0)
		return rc;

	if (table_count > 0 && application_id != APPLICATION_ID)
		return jo_err_set(err, -EBADMSG, "database %s: belongs to another program",
				  store->path);
	if (version > SCHEMA_VERSION)
		return jo_err_set(err, -EPROTO,
				  "database %s: made by a newer version of this program "
				  "(schema %d; this one knows %d); use that version",
				  store->path, (int)version, (int)SCHEMA_VERSION);
	if (version < SCHEMA_VERSION && store->mode == STORE_READ)
		return jo_err_set(err, -EPROTO,
				  "database %s: of an older version (schema %d, not %d); "
				  "the next 'sjoboutliers ingest' brings it up to date",
				  store->path, (int)version, (int)SCHEMA_VERSION);
	while (version < SCHEMA_VERSION) {
		rc = migrate(store, &version, err);
		if (rc < 0)
			return rc;
	}
	return 0;
}
