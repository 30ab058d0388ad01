/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which group a step is in, and that a group changed.  Private to store/. */
#ifndef STORE_GROUP_H
#define STORE_GROUP_H

#include "row.h"
#include "joboutliers/err.h"

struct store;

/* Read by which rule the database groups, into store->group_by. */
int group_load_rule(struct store *store, struct jo_err *err);

/* The id of the step's group, which is added if it is new. */
int group_id(struct store *store, const struct row *step, int64_t *ret_id, struct jo_err *err);

/* Note that a step of the group, which ended then, was added or changed. */
void group_touch(struct store *store, int64_t id, int64_t end_unix_us);

/* Write down what was noted. */
int group_flush(struct store *store, struct jo_err *err);

/* Drop what was noted and cached: another program may have changed it, or a rollback taken it
 * back. */
void group_forget(struct store *store);

#endif
