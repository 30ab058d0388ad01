/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What users asked for, looked at for each step that could be told. */
#ifndef NOTIFY_WISHES_H
#define NOTIFY_WISHES_H

#include <stdbool.h>
#include <stdint.h>

#include "store/store.h"
#include "util/strlist.h"

/* The day of the week (0: Sunday) on which those get their mail who asked for one a week. */
#define NOTIFY_WEEKLY_DAY 1

#define NOTIFY_WEEK_US (7 * 86400 * INT64_C(1000000))

struct notify_mute {
	char *user, *class_name, *partition; /* "": any */
	int64_t until_unix_us;               /* JO_MISSING: for good */
};

struct notify_wishes {
	struct notify_mute *mutes; /* by user */
	size_t mute_count;
	struct strlist weekly; /* users, by name */
	bool is_weekly_day;
};

/* Read all wishes as they hold at this time.  Release *ret_wishes. */
int notify_wishes_read(struct store *store, int64_t now_unix_us, struct notify_wishes *ret_wishes,
		       struct jo_err *err);
void notify_wishes_release(struct notify_wishes *wishes);

/* Whether the step's owner does not want to be told of it: it is muted, or was said to be normal.
 */
bool notify_is_unwanted(const struct notify_wishes *wishes, const struct store_step *step);

/* Whether the user gets one mail a week. */
bool notify_is_weekly(const struct notify_wishes *wishes, const char *user);

#endif
