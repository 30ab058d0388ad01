/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of groups. */
#ifndef STORE_GROUP_LIST_H
#define STORE_GROUP_LIST_H

#include "joboutliers/err.h"
#include "step_selection.h"

struct store;
struct store_cursor;

/* Steps that are compared with each other, and what they have in common. */
struct store_group {
	int64_t id;
	const char *cluster; /* each "" when the groups are not separated by it */
	const char *partition;
	const char *user; /* "" also for a declared class, which all users share */
	const char *class_name;
	bool class_is_declared;
	const char *program;
	const char *account;
	const char *qos;
	int64_t change_count; /* grows whenever a step of it is added, changed or removed */
	int64_t newest_end_unix_us;
};

struct store_group_selection {
	struct store_words clusters, partitions, users, classes;
	int64_t id; /* one group, or JO_MISSING */
	/* Only groups in which a step that ended in here was not judged yet. */
	bool want_unjudged;
	int64_t end_from_unix_us, end_to_unix_us;
};

/* Selects all. */
void store_group_selection_init(struct store_group_selection *selection);

/* The selected groups, by id. */
int store_groups_open(struct store *store, const struct store_group_selection *selection,
		      struct store_cursor **ret_cursor, struct jo_err *err);

/* The next group; see cursor.h. */
int store_groups_next(struct store_cursor *cursor, struct store_group *ret_group,
		      struct jo_err *err);

#endif
