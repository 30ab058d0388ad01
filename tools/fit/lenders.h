/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Groups of like steps: their names, copies that outlive a cursor, and who may lend to whom. */
#ifndef FIT_LENDERS_H
#define FIT_LENDERS_H

#include <stddef.h>

#include "store/store.h"

/* "class align, partition main, user alice": what the group's steps have in common.  The caller
 * frees it. */
char *group_format(const struct store_group *group);

/* A copy with strings of its own; group_release frees those. */
void group_copy(const struct store_group *from, struct store_group *to);
void group_release(struct store_group *group);

/* Copies of what the selection has, by id; group_list_free frees them. */
int group_list(struct store *store, const struct store_group_selection *selection,
	       struct store_group **ret_list, size_t *ret_count, struct jo_err *err);
void group_list_free(struct store_group *list, size_t count);

/*
 * The groups that a young one may borrow from, nearest first: the same class of
 * the same user (of all users, where it was declared) on other partitions, those
 * of its own cluster before others, those used lately at the time before idle ones.
 */
int group_find_lenders(struct store *store, const struct store_group *borrower,
		       int64_t before_unix_us, struct store_group **ret_list, size_t *ret_count,
		       struct jo_err *err);

#endif
