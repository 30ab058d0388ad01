/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who may lend to a young group: groups of like steps. */
#ifndef FIT_LENDERS_H
#define FIT_LENDERS_H

#include <stddef.h>

#include "store/store.h"

/*
 * The groups that a young one may borrow from, nearest first: the same class of
 * the same user (of all users, where it was declared) on other partitions, those
 * of its own cluster before others, those used lately at the time before idle
 * ones.  Groups of spans and of Slurm's jobs do not lend to each other.  group_list_free frees the
 * list.  Returns 0 or a negative errno.
 */
int lenders_find(struct store *store, const struct store_group *borrower, int64_t before_unix_us,
		 struct store_group **ret_list, size_t *ret_count, struct jo_err *err);

#endif
