/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Under which names the columns of intake/row_columns.h stand in somebody's file: what
 * --map says.  A name that is not mapped is its own.
 */
#ifndef INTAKE_COLUMN_MAP_H
#define INTAKE_COLUMN_MAP_H

#include <stdbool.h>
#include <stddef.h>

#include "joboutliers/err.h"

struct column_map_pair {
	const char *ours, *theirs;
	bool is_found; /* theirs was asked for */
};

struct column_map {
	struct column_map_pair *pairs;
	size_t count;
	char *text; /* the pairs' names are in it */
};

/*
 * Read "OURS=THEIRS[,OURS=THEIRS...]", NULL for no pairs.  Returns 0; or -EINVAL with *err
 * naming the pair that is none, has a name that no column of ours has, or one that was in
 * another pair; *ret_map is then untouched.  Release the map in the end.
 */
int column_map_parse(const char *text, struct column_map *ret_map, struct jo_err *err);

/* Free what it holds; one that is all zero is fine. */
void column_map_release(struct column_map *map);

/*
 * Our name for what the file calls theirs: the one it is mapped to, or else the same
 * text; NULL when that column of ours is mapped to another, so this one is nothing to us.
 */
const char *column_map_ours(struct column_map *map, const char *theirs);

/*
 * Whether the file has all that is mapped, once column_map_ours() was asked for each
 * name in it.  Returns 0, or -EBADMSG with *err naming the one that is missing.
 */
int column_map_check(const struct column_map *map, struct jo_err *err);

#endif
