/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Making a site's database, and bringing it up to date. */
#ifndef STORE_UPKEEP_H
#define STORE_UPKEEP_H

#include <stdbool.h>
#include <stdint.h>

#include "joboutliers/err.h"
#include "terms.h"

/* What store_create found, or made. */
struct store_created {
	bool is_database_made;           /* on a server that had none of this name */
	bool are_tables_made;            /* else they were there */
	int64_t version, newest_version; /* of the schema */
};

/* Make the database where there is none; one of ours that is there stays as it is, be it of an
 * older schema. */
int store_create(const char *path, struct store_created *ret_created, struct jo_err *err);

/* What store_migrate did. */
struct store_migrated {
	int64_t from, to; /* versions of the schema */
};

/* Bring the database to the newest schema; nothing else may run meanwhile (-EBUSY).  Progress is
 * told in steps, where there is much to do; NULL for nobody. */
int store_migrate(const char *path, store_progress_fn *progress, void *context,
		  struct store_migrated *ret_migrated, struct jo_err *err);

#endif
