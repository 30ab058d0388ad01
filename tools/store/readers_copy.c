/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A new database is filled from the site's, in one view of it.  What is not
 * named here is not copied, so a table that is added later stays private until
 * somebody decides otherwise.
 */
#include "readers_copy.h"

#include "open_store.h"
#include "schema.h"
#include "setting.h"

#define COPY_ALL(table) "INSERT INTO " table " SELECT * FROM " DB_SOURCE table ";"

/* SQLite takes rows and indexes over as they are, where table and copy are alike. */
static const char tables_sql[] = COPY_ALL("step") COPY_ALL("step_node") COPY_ALL("step_group")
	/* Names of functions are as private as those of jobs, which stand in step. */
	COPY_ALL("profile")
	/* Who knows its trace could hang spans below another's step. */
	"PRAGMA secure_delete = ON;"
	"UPDATE step SET trace_id = NULL, span_id = NULL, parent_span_id = NULL,"
	" link_trace_id = NULL, link_span_id = NULL WHERE trace_id IS NOT NULL;" COPY_ALL("node")
		COPY_ALL("node_health") COPY_ALL("model") COPY_ALL("blob") COPY_ALL("judging")
			COPY_ALL("verdict_text") COPY_ALL("verdict") COPY_ALL("waiting")
				COPY_ALL("drift")
	/* Where the time went is for all who see a step; what its program said besides is not, and
	 * nor are ids that others could take up. */
	"INSERT INTO span SELECT step, span_id, parent_id, step, name, start_unix_us, wall_us, "
	"is_error,"
	" NULL, NULL, NULL, NULL, added_unix_us, NULL FROM " DB_SOURCE
	"span WHERE step IS NOT NULL;"
	/* Later verdicts depend on it; who said so is between them and the site. */
	"INSERT INTO expected SELECT step, 0, created_unix_us FROM " DB_SOURCE "expected;"
	"DELETE FROM setting;" COPY_ALL("setting");

/* Names that private tables brought along, unless they are also those of something that is copied:
 * classes that were muted before they had a job, users who have none left. */
static const char names_sql[] =
	"INSERT INTO name SELECT * FROM " DB_SOURCE "name WHERE id NOT IN ("
	" SELECT user_id FROM " DB_SOURCE "mute"
	" UNION SELECT class_id FROM " DB_SOURCE "mute"
	" UNION SELECT partition_id FROM " DB_SOURCE "mute"
	" UNION SELECT user_id FROM " DB_SOURCE "weekly"
	" UNION SELECT user_id FROM " DB_SOURCE "expected"
	" UNION SELECT owner_id FROM " DB_SOURCE "message"
	" UNION SELECT owner_id FROM " DB_SOURCE "finding"
	") OR id IN ("
	" SELECT cluster_id FROM step UNION ALL SELECT user_id FROM step"
	" UNION ALL SELECT account_id FROM step UNION ALL SELECT partition_id FROM step"
	" UNION ALL SELECT qos_id FROM step UNION ALL SELECT class_id FROM step"
	" UNION ALL SELECT program_id FROM step UNION ALL SELECT node_id FROM step"
	" UNION ALL SELECT node_id FROM step_node"
	" UNION ALL SELECT cluster_id FROM step_group UNION ALL SELECT partition_id FROM step_group"
	" UNION ALL SELECT account_id FROM step_group UNION ALL SELECT qos_id FROM step_group"
	" UNION ALL SELECT user_id FROM step_group UNION ALL SELECT class_id FROM step_group"
	" UNION ALL SELECT program_id FROM step_group"
	" UNION ALL SELECT cluster_id FROM node UNION ALL SELECT node_id FROM node"
	" UNION ALL SELECT node_model_id FROM node UNION ALL SELECT slurm_version_id FROM node"
	" UNION ALL SELECT plugin_version_id FROM node"
	" UNION ALL SELECT cluster_id FROM node_health UNION ALL SELECT node_id FROM node_health)";

#define COPIED_KEY "copied_unix_us"

static int make_copy(struct store *store, const char *path, int64_t now_unix_us,
		     store_progress_fn *progress, void *context, struct jo_err *err)
{
	struct db *copy;
	int rc;

	rc = db_copy_open(store->db, path, &copy, err);
	if (rc < 0)
		return rc;
	rc = schema_open(copy, STORE_CREATE, err);
	if (rc == 0)
		rc = db_copy_begin(copy, store->db, progress, context, err);
	if (rc == 0)
		rc = db_exec(copy, tables_sql, err);
	if (rc == 0)
		rc = db_exec(copy, names_sql, err);
	if (rc == 0)
		rc = setting_put(copy, COPIED_KEY, now_unix_us, err);
	if (rc == 0)
		rc = db_copy_put(copy, err);
	db_close(copy);
	if (rc < 0)
		(void)jo_err_prefix(err, "the copy for readers");
	return rc;
}

int store_readers_copy(struct store *store, const char *path, int64_t now_unix_us,
		       store_progress_fn *progress, void *context, struct jo_err *err)
{
	struct store_lock *lock;
	int rc;

	rc = db_lock_hold(store->db, &(struct store_lock_name){.kind = STORE_LOCK_READERS}, &lock,
			  err);
	if (rc < 0)
		return rc;
	rc = make_copy(store, path, now_unix_us, progress, context, err);
	db_lock_release(lock);
	return rc;
}

int readers_copy_load(struct store *store, struct jo_err *err)
{
	return setting_get(store->db, COPIED_KEY, &store->copied_unix_us, err);
}

int64_t store_copied_unix_us(const struct store *store)
{
	return store->copied_unix_us;
}
