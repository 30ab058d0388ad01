/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asks passwd and the map of addresses, and believes a name only with its uid. */
#include "notify/recipient.h"

#include <errno.h>
#include <pwd.h>
#include <string.h>

#include "joboutliers/record.h"
#include "joboutliers/utf8.h"

/* An entry of passwd that does not fit in here is no person's. */
#define PASSWD_BYTES 16384

bool recipient_passwd_person(const char *user, struct recipient_person *ret_person)
{
	char buf[PASSWD_BYTES];
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

/*
 * The name in a record comes from the job's environment where passwd did not
 * know its uid; so a name counts as its owner's only when the uid agrees.
 */
void recipient_find(const struct recipient_sources *sources, const char *user, int64_t uid,
		    struct recipient *ret_recipient)
{
	struct recipient recipient = {.address = ""};
	struct jo_err *err = &recipient.problem;
	bool is_known = sources->find_person(user, &recipient.person);
	int rc;

	if (user[0] == '\0') {
		rc = jo_err_set(err, -ENOENT, "a job of uid %lld names no user", (long long)uid);
	} else if (is_known && uid != JO_MISSING && recipient.person.uid != uid) {
		rc = jo_err_set(err, -EPERM,
				"'%.64s' is named by jobs of uid %lld, whose name it is not", user,
				(long long)uid);
	} else {
		/* who left may still be in the map; the domain alone proves nothing */
		rc = mail_address_of(sources->mail_map, is_known ? sources->mail_domain : "", user,
				     recipient.address, err);
		if (rc == -ENOENT && !is_known)
			rc = jo_err_set(err, rc,
					"'%.64s' has no passwd entry and is not in MailMap", user);
	}
	if (rc != 0)
		recipient.address[0] = '\0';
	*ret_recipient = recipient;
}
