/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who gets a user's mail: the person behind the name, and the address; or why there is none. */
#ifndef NOTIFY_RECIPIENT_H
#define NOTIFY_RECIPIENT_H

#include <errno.h>
#include <stdint.h>

#include "joboutliers/err.h"
#include "mail/address.h"
#include "util/user.h"

/* Finds a user by name, as user_find() of util/user.h. */
typedef int recipient_find_user(const char *name, struct user_entry *ret_entry, struct jo_err *err);

/* A problem's code where the name service gave no answer: the next run may know. */
#define RECIPIENT_LATER (-EAGAIN)

/* Where people and addresses are found; all of it is lent. */
struct recipient_sources {
	recipient_find_user *find_user;
	const char *mail_domain;         /* "": none */
	const struct mail_map *mail_map; /* NULL: none */
};

struct recipient {
	char address[MAIL_ADDRESS_SIZE]; /* "" when there is a problem */
	struct jo_err
		problem; /* why there is no address, for the admin; its code is 0 when there is */
	struct user_entry user; /* its full name is "" for who is not known */
};

/* Find out who gets the mail on jobs that name this user and ran as uid (JO_MISSING: not known). */
void recipient_find(const struct recipient_sources *sources, const char *user, int64_t uid,
		    struct recipient *ret_recipient);

#endif
