/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The passwd database, LDAP and all, asked for one user. */
#include "notify/notify.h"

#include <pwd.h>
#include <string.h>

#include "joboutliers/utf8.h"

bool notify_passwd_person(const char *user, struct notify_person *ret_person)
{
	char buf[16384]; /* what does not fit in here is no person */
	struct passwd entry, *found = NULL;

	if (getpwnam_r(user, &entry, buf, sizeof(buf), &found) != 0 || found == NULL)
		return false;
	ret_person->uid = (int64_t)found->pw_uid;
	/* GECOS: the full name, then rooms and telephones after commas */
	if (found->pw_gecos != NULL)
		found->pw_gecos[strcspn(found->pw_gecos, ",")] = '\0';
	jo_utf8_clean(ret_person->name, sizeof(ret_person->name), found->pw_gecos);
	return true;
}
