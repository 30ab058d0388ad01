/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who may read which rows of a PostgreSQL database.  Private to the PostgreSQL engine. */
#ifndef STORE_POSTGRES_READERS_H
#define STORE_POSTGRES_READERS_H

#include "engine.h"

/* What a reader who sees own rows alone has of its groups: its own steps, and of others' the numbers
 * that bands are made of. */
#define POSTGRES_PEERS "joboutliers_peer"

/* Whether the role of this connection sees the rows of one user alone. */
int postgres_readers_is_own_only(struct db *db, bool *ret_is_own_only, struct jo_err *err);

/* What driver.h says of db_readers_set and db_readers_check. */
int postgres_readers_set(struct db *db, const struct store_readers *readers, struct jo_err *err);
bool postgres_readers_check(const char *database, const struct store_readers *readers,
			    store_tell_fn *tell, void *context);

#endif
