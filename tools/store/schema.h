/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The schema's versions.  Private to store/. */
#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H

#include <stdint.h>

#include "driver.h"

/* Bring the database to the newest version, each in a transaction of its own, or refuse it. */
int schema_open(struct db *db, enum store_mode mode, struct jo_err *err);

/* Refuse a database that is not to be used so, whatever version of ours it has. */
int schema_check(struct db *db, enum store_mode mode, struct db_schema *ret_schema,
		 struct jo_err *err);

/* As schema_open to write, where there is something already: tells the version that it had, and how
 * far work on all its rows has come, of which there is none in most cases; NULL for nobody. */
int schema_migrate(struct db *db, store_progress_fn *progress, void *context,
		   int64_t *ret_version_before, struct jo_err *err);

/* Make an empty database of SQLite's with the newest schema, which is gone when it is closed. */
int schema_model(struct db **ret_model, struct jo_err *err);

/* The newest version. */
int64_t schema_newest(void);

/* The version it has. */
int schema_version(struct db *db, int64_t *ret_version, struct jo_err *err);

#endif
