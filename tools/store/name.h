/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names kept once: users, nodes, classes and so on come again in every row, as
 * two bytes instead of twenty.  Private to store/.
 */
#ifndef STORE_NAME_H
#define STORE_NAME_H

#include <stdint.h>

#include "joboutliers/err.h"

struct store;
struct name_slot;

/* An empty cache of ids; for store->names. */
struct name_slot *name_cache_new(void);

/* Give the cache back; NULL is fine. */
void name_cache_free(struct name_slot *names);

/* The id of a name, which is added if it is new; 0 for "". */
int name_id(struct store *store, const char *text, int64_t *ret_id, struct jo_err *err);

/* As name_id, but a new name is -1 and not added. */
int name_find(struct store *store, const char *text, int64_t *ret_id, struct jo_err *err);

/* Empty the cache, and that of name_text.h: names that were added may have been rolled back. */
void name_forget(struct store *store);

#endif
