/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads mutes and weekly users once, and finds them by name. */
#include "finding/wishes.h"

#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

/* By strcmp, whatever order the store's is. */
static int compare_mutes(const void *left, const void *right)
{
	return strcmp(((const struct wishes_mute *)left)->user,
		      ((const struct wishes_mute *)right)->user);
}

static int compare_names(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

static int read_mutes(struct store *store, struct wishes *wishes, struct jo_err *err)
{
	struct store_cursor *cursor;
	struct store_mute mute;
	int rc;

	rc = store_mutes_open(store, NULL, &cursor, err);
	if (rc < 0)
		return rc;
	while ((rc = store_mutes_next(cursor, &mute, err)) > 0) {
		wishes->mutes = xreallocarray(wishes->mutes, wishes->mute_count + 1,
					      sizeof(*wishes->mutes));
		wishes->mutes[wishes->mute_count++] = (struct wishes_mute){
			.user = xstrdup(mute.user),
			.class_name = xstrdup(mute.class_name),
			.partition = xstrdup(mute.partition),
			.until_unix_us = mute.until_unix_us,
		};
	}
	store_cursor_close(cursor);
	if (wishes->mute_count > 0)
		qsort(wishes->mutes, wishes->mute_count, sizeof(*wishes->mutes), compare_mutes);
	return rc;
}

static int read_weekly(struct store *store, struct strlist *weekly, struct jo_err *err)
{
	struct store_cursor *cursor;
	int64_t since_unix_us;
	const char *user;
	int rc;

	rc = store_weekly_open(store, &cursor, err);
	if (rc < 0)
		return rc;
	while ((rc = store_weekly_next(cursor, &user, &since_unix_us, err)) > 0)
		strlist_add(weekly, user);
	store_cursor_close(cursor);
	if (weekly->count > 0)
		qsort(weekly->list, weekly->count, sizeof(weekly->list[0]), compare_names);
	return rc;
}

int wishes_read(struct store *store, struct wishes *ret_wishes, struct jo_err *err)
{
	struct wishes wishes = {0};
	int rc = read_mutes(store, &wishes, err);

	if (rc == 0)
		rc = read_weekly(store, &wishes.weekly, err);
	if (rc < 0) {
		wishes_release(&wishes);
		return rc;
	}
	*ret_wishes = wishes;
	return 0;
}

void wishes_release(struct wishes *wishes)
{
	for (size_t i = 0; i < wishes->mute_count; i++) {
		free(wishes->mutes[i].user);
		free(wishes->mutes[i].class_name);
		free(wishes->mutes[i].partition);
	}
	free(wishes->mutes);
	strlist_release(&wishes->weekly);
	*wishes = (struct wishes){0};
}

static bool is_any_or(const char *wanted, const char *found)
{
	return wanted[0] == '\0' || strcmp(wanted, found) == 0;
}

static bool covers(const struct wishes_mute *mute, const struct step *step)
{
	return is_any_or(mute->class_name, step->class_name) &&
	       is_any_or(mute->partition, step->partition) &&
	       (mute->until_unix_us == JO_MISSING || step->end_unix_us < mute->until_unix_us);
}

/* The first of the user's mutes; they stand together. */
static size_t first_mute(const struct wishes *wishes, const char *user)
{
	size_t low = 0, high = wishes->mute_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(wishes->mutes[middle].user, user) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool wishes_refuse(const struct wishes *wishes, const struct step *step)
{
	if (step->is_expected)
		return true;
	for (size_t i = first_mute(wishes, step->user);
	     i < wishes->mute_count && strcmp(wishes->mutes[i].user, step->user) == 0; i++)
		if (covers(&wishes->mutes[i], step))
			return true;
	return false;
}

bool wishes_are_weekly(const struct wishes *wishes, const char *user)
{
	return wishes->weekly.count > 0 &&
	       bsearch(&user, wishes->weekly.list, wishes->weekly.count,
		       sizeof(wishes->weekly.list[0]), compare_names) != NULL;
}
