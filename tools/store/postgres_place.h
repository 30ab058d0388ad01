/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What of a PostgreSQL database is beside its tables: who looks after it, whether its server does,
 * locks and their notes.  Private to the PostgreSQL engine. */
#ifndef STORE_POSTGRES_PLACE_H
#define STORE_POSTGRES_PLACE_H

#include "engine.h"
#include "postgres_link.h"

/* The key of advisory locks: "jobo" in ASCII, and 0 for who writes, or one more than the kind.  Of
 * a part the first number is larger by that, and the second is the part's own. */
#define POSTGRES_LOCK_CLASS "1784768111"

#define POSTGRES_MAKE_OWN_TABLE                                                                    \
	"CREATE TABLE IF NOT EXISTS " POSTGRES_OWN_TABLE                                           \
	" (key text COLLATE \"C\" PRIMARY KEY, value text NOT NULL)"

/* Put a row of that table into the place of the one before. */
#define POSTGRES_PUT_OWN                                                                           \
	"INSERT INTO " POSTGRES_OWN_TABLE " (key, value) VALUES ($1, $2)"                          \
	" ON CONFLICT (key) DO UPDATE SET value = excluded.value"

/* What driver.h says of db_is_keeper and of those that follow it there. */
bool postgres_place_is_keeper(const char *database);
bool postgres_place_check(const char *database, store_tell_fn *tell, void *context);
int postgres_place_lock_take(const char *database, struct db *db,
			     const struct store_lock_name *name, struct store_lock **ret_lock,
			     struct jo_err *err);
int postgres_place_lock_check(struct store_lock *lock, struct jo_err *err); /* never NULL */
void postgres_place_lock_release(struct store_lock *lock); /* never NULL */
char *postgres_place_lock_title(const char *database, enum store_lock_kind kind);
int postgres_place_note_put(struct store_lock *lock, const char *text, size_t len,
			    struct jo_err *err);
int postgres_place_note_get(const char *database, enum store_lock_kind kind, char *ret_text,
			    size_t size, struct jo_err *err);

#endif
