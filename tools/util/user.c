/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tells "no such user" from "no answer", which getpwuid() and getpwnam() leave to errno. */
#include "util/user.h"

#include <errno.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdbool.h>
#include <string.h>

#include "joboutliers/utf8.h"

/* What an entry takes, with a long GECOS and home; one that does not fit in here is none. */
#define ENTRY_SIZE 16384

/* What the look-ups return where there is no such user; all else is no answer. */
static bool is_none(int rc)
{
	return rc == 0 || rc == ENOENT || rc == ESRCH || rc == ERANGE;
}

int user_name(int64_t uid, char name[USER_NAME_SIZE], struct jo_err *err)
{
	struct passwd entry, *found = NULL;
	char room[ENTRY_SIZE];
	int rc = 0;

	/* (uid_t)-1 is nobody's */
	if (uid >= 0 && uid < UINT32_MAX)
		do
			rc = getpwuid_r((uid_t)uid, &entry, room, sizeof(room), &found);
		while (rc == EINTR);
	if (found == NULL && !is_none(rc))
		return jo_err_sys(err, -rc, "look up uid %" PRId64, uid);
	if (found == NULL || strlen(found->pw_name) >= USER_NAME_SIZE)
		return jo_err_set(err, -ENOENT, "there is no user with uid %" PRId64, uid);
	(void)strcpy(name, found->pw_name);
	return 0;
}

int user_find(const char *name, struct user_entry *ret_entry, struct jo_err *err)
{
	struct passwd entry, *found = NULL;
	char room[ENTRY_SIZE];
	int rc;

	do
		rc = getpwnam_r(name, &entry, room, sizeof(room), &found);
	while (rc == EINTR);
	if (found == NULL && !is_none(rc))
		return jo_err_sys(err, -rc, "look up user '%.64s'", name);
	if (found == NULL)
		return jo_err_set(err, -ENOENT, "there is no user '%.64s'", name);
	ret_entry->uid = (int64_t)found->pw_uid;
	/* GECOS: the full name, then rooms and telephones after commas */
	if (found->pw_gecos != NULL)
		found->pw_gecos[strcspn(found->pw_gecos, ",")] = '\0';
	jo_utf8_clean(ret_entry->full_name, sizeof(ret_entry->full_name), found->pw_gecos);
	return 0;
}
