/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tells "no such user" from "no answer", which getpwuid() leaves to errno. */
#include "util/user.h"

#include <errno.h>
#include <inttypes.h>
#include <pwd.h>
#include <string.h>

/* What an entry takes, with a long GECOS and home; one that does not fit in here is none. */
#define ENTRY_SIZE 16384

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
	if (rc != 0 && rc != ENOENT && rc != ESRCH)
		return jo_err_sys(err, -rc, "look up uid %" PRId64, uid);
	if (found == NULL || strlen(found->pw_name) >= USER_NAME_SIZE)
		return jo_err_set(err, -ENOENT, "there is no user with uid %" PRId64, uid);
	(void)strcpy(name, found->pw_name);
	return 0;
}
