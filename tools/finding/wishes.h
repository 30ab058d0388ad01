/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What users asked for, looked at for each step that could be told. */
#ifndef FINDING_WISHES_H
#define FINDING_WISHES_H

#include <stdbool.h>
#include <stdint.h>

#include "store/store.h"
#include "util/strlist.h"

struct wishes_mute {
	char *user, *class_name, *partition; /* "": any */
	int64_t until_unix_us;               /* JO_MISSING: for good */
};

/* Zeroed memory is no wish. */
struct wishes {
	struct wishes_mute *mutes; /* by user */
	size_t mute_count;
	struct strlist weekly; /* users, by name */
};

/* Read all wishes as they hold now; a negative errno when the store fails.  Release *ret_wishes. */
int wishes_read(struct store *store, struct wishes *ret_wishes, struct jo_err *err);

/* Free what the wishes own; zeroed memory is fine. */
void wishes_release(struct wishes *wishes);

/* Whether the step's owner does not want to be told of it: it is muted, or was said to be normal.
 */
bool wishes_refuse(const struct wishes *wishes, const struct step *step);

/* Whether the user gets one mail a week. */
bool wishes_are_weekly(const struct wishes *wishes, const char *user);

#endif
