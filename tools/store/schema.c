/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A database's version is how many of the numbered files in schema/ were
 * applied to it.  A released file is never changed; what is new goes into the
 * next one.  An engine other than SQLite's starts with the newest schema, which
 * it takes over from an empty database of SQLite's: so there is one text of it,
 * and of a file behind the 20th every engine can read the SQL.
 */
#include "schema.h"

#include <errno.h>

#include "verdict_repack.h"

static const struct {
	const char *file, *sql;
} migrations[] = {
#include "schema.inc"
};

#define SCHEMA_VERSION ((int64_t)(sizeof(migrations) / sizeof(migrations[0])))

int schema_version(struct db *db, int64_t *ret_version, struct jo_err *err)
{
	struct db_schema schema;
	int rc = db_schema_read(db, &schema, err);

	if (rc == 0)
		*ret_version = schema.version;
	return rc;
}

int64_t schema_newest(void)
{
	return SCHEMA_VERSION;
}

/* What must be done to all rows before a change, and is no SQL: some of them a transaction. */
struct conversion {
	int64_t version; /* that the change makes */
	int (*convert)(struct db *db,
		       struct jo_err *err); /* returns of how many rows; 0: none left */
	int (*count)(struct db *db, int64_t *ret_count, struct jo_err *err); /* what is left */
};

static const struct conversion conversions[] = {
	{20, verdict_repack, verdict_repack_count},
};

/* What is to be done behind this version, or NULL. */
static const struct conversion *conversion_behind(int64_t version)
{
	for (size_t i = 0; i < sizeof(conversions) / sizeof(conversions[0]); i++)
		if (conversions[i].version == version + 1)
			return &conversions[i];
	return NULL;
}

/* That steps are kept by their months where the engine can, which is no SQL of all engines. */
#define MONTHS_VERSION 25

static int apply(struct db *db, int64_t version, struct jo_err *err)
{
	const char *own = db_schema_own(db, version + 1);
	int rc = db_exec(db, own != NULL ? own : migrations[version].sql, err);

	if (rc == 0 && version + 1 == MONTHS_VERSION)
		rc = db_months_begin(db, err);
	return rc < 0 ? rc : db_schema_mark(db, version + 1, err);
}

/* One version up, or a part of the way, unless another program was faster; returns how many rows
 * were converted. */
static int migrate(struct db *db, int64_t *version, struct jo_err *err)
{
	const struct conversion *conversion;
	int rc, count = 0;

	rc = db_begin(db, err);
	if (rc < 0)
		return rc;
	rc = schema_version(db, version, err);
	conversion = conversion_behind(*version);
	if (rc == 0 && *version < SCHEMA_VERSION && conversion != NULL)
		rc = count = conversion->convert(db, err);
	if (rc == 0 && *version < SCHEMA_VERSION)
		rc = apply(db, *version, err);
	if (rc >= 0)
		rc = db_commit(db, err);
	if (rc < 0) {
		db_rollback(db);
		return jo_err_prefix(err, "schema %d", (int)*version + 1);
	}
	rc = schema_version(db, version, err);
	return rc < 0 ? rc : count;
}

/* All versions up; progress may be NULL. */
static int migrate_all(struct db *db, int64_t version, store_progress_fn *progress, void *context,
		       struct jo_err *err)
{
	int64_t done = 0, total = 0;
	int rc = 0;

	/* What readers have hangs on tables and columns as they were; who opens the database says
	 * anew who they are. */
	if (version > 0 && version < SCHEMA_VERSION)
		rc = db_readers_set(db, &(struct store_readers){0}, err);
	while (rc >= 0 && version < SCHEMA_VERSION) {
		const struct conversion *conversion = conversion_behind(version);

		if (progress != NULL && conversion != NULL && total == 0)
			rc = conversion->count(db, &total, err);
		if (rc >= 0)
			rc = migrate(db, &version, err);
		if (rc > 0 && progress != NULL)
			progress(context, done += rc, total);
	}
	return rc < 0 ? rc : 0;
}

/* ---- engines that take the newest schema over ---- */

int schema_model(struct db **ret_model, struct jo_err *err)
{
	const struct store_options options = {STORE_CREATE, STORE_BUSY_TIMEOUT_MS};
	struct db *model;
	int rc = db_open(DB_SCRATCH, &options, &model, err);

	if (rc < 0)
		return rc;
	rc = migrate_all(model, 0, NULL, NULL, err);
	if (rc < 0)
		db_close(model);
	else
		*ret_model = model;
	return rc;
}

/* What the schema's files put into a new database. */
static int copy_settings(struct db *db, struct db *model, struct jo_err *err)
{
	struct db_stmt read = {0}, write = {0};
	int rc = db_prepare(model, "SELECT key, value FROM setting", DB_ONCE, &read, err);

	if (rc == 0)
		rc = db_prepare(db, "INSERT INTO setting (key, value) VALUES (?, ?)", DB_ONCE,
				&write, err);
	while (rc == 0 && (rc = db_step(&read, err)) > 0) {
		db_reset(&write);
		db_bind_text(&write, db_column_text(&read));
		db_bind_int(&write, db_column_int(&read));
		rc = db_run(&write, err);
	}
	db_release(&read);
	db_release(&write);
	return rc;
}

/* Make all of it in one transaction, unless another program was faster. */
static int take(struct db *db, struct db *model, int64_t *ret_version, struct jo_err *err)
{
	int rc = db_begin(db, err);

	if (rc < 0)
		return rc;
	rc = schema_version(db, ret_version, err);
	if (rc == 0 && *ret_version == 0) {
		rc = db_schema_take(db, model, err);
		if (rc == 0)
			rc = db_months_begin(db, err);
		if (rc == 0)
			rc = copy_settings(db, model, err);
		if (rc == 0)
			rc = db_schema_mark(db, SCHEMA_VERSION, err);
		*ret_version = SCHEMA_VERSION;
	}
	if (rc == 0)
		rc = db_commit(db, err);
	if (rc < 0) {
		db_rollback(db);
		return jo_err_prefix(err, "schema %d", (int)SCHEMA_VERSION);
	}
	return 0;
}

static int make_newest(struct db *db, int64_t *ret_version, struct jo_err *err)
{
	struct db *model;
	int rc = schema_model(&model, err);

	if (rc < 0)
		return rc;
	rc = take(db, model, ret_version, err);
	db_close(model);
	return rc;
}

/* ---- what others call ---- */

int schema_check(struct db *db, enum store_mode mode, struct db_schema *ret_schema,
		 struct jo_err *err)
{
	struct db_schema schema;
	int rc;

	rc = db_schema_read(db, &schema, err);
	if (rc < 0)
		return rc;
	if (!schema.is_empty && !schema.is_ours)
		return jo_err_set(err, -EBADMSG, "database %s: belongs to another program",
				  db_name(db));
	if (schema.version < 0)
		return jo_err_set(err, -EBADMSG,
				  "database %s: damaged: schema %d; restore it from a backup",
				  db_name(db), (int)schema.version);
	if (schema.version > SCHEMA_VERSION)
		return jo_err_set(err, -EPROTO,
				  "database %s: made by a newer version of this program "
				  "(schema %d; this one knows %d); use that version",
				  db_name(db), (int)schema.version, (int)SCHEMA_VERSION);
	if (schema.is_copy && mode != STORE_READ)
		return jo_err_set(err, -EROFS,
				  "database %s: is a copy for readers, which is made anew and "
				  "never changed; Database is to name the site's own",
				  db_name(db));
	if (schema.version < SCHEMA_VERSION && schema.is_copy)
		return jo_err_set(err, -EPROTO,
				  "database %s: of an older version (schema %d, not %d); "
				  "the next night makes this copy for readers anew",
				  db_name(db), (int)schema.version, (int)SCHEMA_VERSION);
	if (schema.version < SCHEMA_VERSION && mode == STORE_READ)
		return jo_err_set(err, -EPROTO,
				  "database %s: of an older version (schema %d, not %d); the next "
				  "'sjoboutliers ingest' brings it up to date, or 'database "
				  "--migrate'",
				  db_name(db), (int)schema.version, (int)SCHEMA_VERSION);
	*ret_schema = schema;
	return 0;
}

int schema_open(struct db *db, enum store_mode mode, struct jo_err *err)
{
	struct db_schema schema;
	int rc = schema_check(db, mode, &schema, err);

	if (rc == 0 && schema.version == 0 && db_takes_schema(db))
		rc = make_newest(db, &schema.version, err);
	return rc < 0 ? rc : migrate_all(db, schema.version, NULL, NULL, err);
}

int schema_migrate(struct db *db, store_progress_fn *progress, void *context,
		   int64_t *ret_version_before, struct jo_err *err)
{
	struct db_schema schema;
	int rc = schema_check(db, STORE_WRITE, &schema, err);

	if (rc < 0)
		return rc;
	*ret_version_before = schema.version;
	return migrate_all(db, schema.version, progress, context, err);
}
