/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Groups of like steps: their names, and copies that outlive a cursor. */
#ifndef FIT_GROUPS_H
#define FIT_GROUPS_H

#include <stddef.h>

#include "store/store.h"

/*
 * "class align, partition main, user alice": what the group's steps have in
 * common, "all steps" for nothing.  The caller frees it.
 */
char *group_format(const struct store_group *group);

/* Make *to a copy with strings of its own; group_release frees them. */
void group_copy(const struct store_group *from, struct store_group *to);

/* Free the strings of a copy. */
void group_release(struct store_group *group);

/*
 * Read what the selection has, by id, as copies; group_list_free frees them.
 * Returns 0 or a negative errno.
 */
int group_list(struct store *store, const struct store_group_selection *selection,
	       struct store_group **ret_list, size_t *ret_count, struct jo_err *err);

/* Free the copies and their list, which may be NULL when count is 0. */
void group_list_free(struct store_group *list, size_t count);

#endif
