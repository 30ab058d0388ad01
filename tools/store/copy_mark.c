/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The name stands in the setting's key, as values are numbers. */
#include "copy_mark.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

#define KEY "copy of "

int copy_mark_read(struct db *db, char **ret_from, struct jo_err *err)
{
	struct db_schema schema;
	struct db_stmt stmt;
	int rc = db_schema_read(db, &schema, err);

	if (rc < 0 || !schema.is_ours || schema.version <= 0)
		return rc;
	rc = db_prepare(db, "SELECT key FROM setting WHERE key LIKE '" KEY "%'", DB_ONCE, &stmt,
			err);
	if (rc < 0)
		return rc;
	rc = db_step(&stmt, err);
	if (rc > 0)
		*ret_from = xstrdup(db_column_text(&stmt) + strlen(KEY));
	db_release(&stmt);
	return rc;
}

int copy_mark_refuse(struct db *db, struct jo_err *err)
{
	char *from;
	int rc = copy_mark_read(db, &from, err);

	if (rc > 0) {
		rc = jo_err_set(err, -EINPROGRESS,
				"database %s: a copy of %s is under way, or was broken off; "
				"'sjoboutliers database --copy' of the two again goes on with it",
				db_name(db), from);
		free(from);
	}
	return rc;
}

int copy_mark_put(struct db *db, const char *from, struct jo_err *err)
{
	struct db_stmt stmt;
	char *key;
	int rc = db_prepare(db, "INSERT INTO setting (key, value) VALUES (?, 1)", DB_ONCE, &stmt,
			    err);

	if (rc < 0)
		return rc;
	key = xasprintf(KEY "%s", from);
	db_bind_text(&stmt, key);
	rc = db_run(&stmt, err);
	db_release(&stmt);
	free(key);
	return rc;
}
