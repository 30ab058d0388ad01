/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What users asked for: findings they do not want to be told of, one mail a
 * week instead of one a night, and steps that were normal whatever the verdict
 * says.  Whether somebody may ask for it is the caller's to know.
 */
#ifndef STORE_WISH_H
#define STORE_WISH_H

#include <stdbool.h>
#include <stdint.h>

#include "joboutliers/err.h"

struct store;
struct store_cursor;

/* More mutes of one user are refused: a table of them is read for every night's mail. */
#define STORE_MUTES_MAX 100

struct store_mute {
	const char *user;
	const char *class_name, *partition; /* "": any */
	int64_t until_unix_us;              /* for steps that ended before it; JO_MISSING: all */
	int64_t created_unix_us;
};

/* Add it, or replace the one of the same user, class and partition.  -EDQUOT: the user has
 * STORE_MUTES_MAX already. */
int store_mute_put(struct store *store, const struct store_mute *mute, struct jo_err *err);

/* Remove the user's mutes of this class and partition, "" for whichever.  Returns how many. */
int store_mute_drop(struct store *store, const char *user, const char *class_name,
		    const char *partition, struct jo_err *err);

/* The mutes of one user, or of all (NULL), by user, class and partition. */
int store_mutes_open(struct store *store, const char *user, struct store_cursor **ret_cursor,
		     struct jo_err *err);

/* The next mute; see cursor.h. */
int store_mutes_next(struct store_cursor *cursor, struct store_mute *ret_mute, struct jo_err *err);

/* Whether the user gets one mail a week. */
int store_weekly_set(struct store *store, const char *user, bool is_weekly, int64_t now_unix_us,
		     struct jo_err *err);

/* The users who get one mail a week, by name, and since when. */
int store_weekly_open(struct store *store, struct store_cursor **ret_cursor, struct jo_err *err);

/* The next of these users; see cursor.h. */
int store_weekly_next(struct store_cursor *cursor, const char **ret_user,
		      int64_t *ret_since_unix_us, struct jo_err *err);

/*
 * Note that the step was normal, as this user says.  It keeps its verdict, and
 * struct step and struct store_obs have it as is_expected.  Returns 1, or
 * 0 when that was known.
 */
int store_expected_add(struct store *store, int64_t step_id, const char *user, int64_t now_unix_us,
		       struct jo_err *err);

#endif
