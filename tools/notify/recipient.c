/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asks passwd and the map of addresses, and believes a name only with its uid. */
#include "notify/recipient.h"

#include <errno.h>
#include <stdbool.h>

#include "joboutliers/record.h"

/*
 * The name in a record comes from the job's environment where passwd did not
 * know its uid; so a name counts as its owner's only when the uid agrees.
 */
void recipient_find(const struct recipient_sources *sources, const char *user, int64_t uid,
		    struct recipient *ret_recipient)
{
	struct recipient recipient = {.address = ""};
	struct jo_err *err = &recipient.problem;
	int found_rc = user[0] == '\0' ? -ENOENT : sources->find_user(user, &recipient.user, err);
	bool is_known = found_rc == 0;
	int rc;

	if (user[0] == '\0') {
		rc = jo_err_set(err, -ENOENT, "a job of uid %lld names no user", (long long)uid);
	} else if (!is_known && found_rc != -ENOENT) {
		/* whose name it is must be known before anything is written to it */
		rc = err->code = RECIPIENT_LATER;
	} else if (is_known && uid != JO_MISSING && recipient.user.uid != uid) {
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
	if (rc == 0)
		err->code = 0; /* an address need not be a user's of this host */
	else
		recipient.address[0] = '\0';
	*ret_recipient = recipient;
}
