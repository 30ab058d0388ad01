/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who gets a user's mail: the person behind the name, and the address; or why there is none. */
#ifndef NOTIFY_RECIPIENT_H
#define NOTIFY_RECIPIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "joboutliers/err.h"
#include "mail/address.h"

/* What the passwd database knows of a user. */
struct recipient_person {
	int64_t uid;
	char name[128]; /* in full, from GECOS, cut where it is longer; "" for none */
};

/* Find a user by name.  Returns whether there is one; otherwise *ret_person is not touched. */
typedef bool recipient_find_person(const char *user, struct recipient_person *ret_person);

/* The passwd database of this host, LDAP and all. */
recipient_find_person recipient_passwd_person;

/* Where people and addresses are found; all of it is lent. */
struct recipient_sources {
	recipient_find_person *find_person;
	const char *mail_domain;         /* "": none */
	const struct mail_map *mail_map; /* NULL: none */
};

struct recipient {
	char address[MAIL_ADDRESS_SIZE]; /* "" when there is a problem */
	struct jo_err
		problem; /* why there is no address, for the admin; its code is 0 when there is */
	struct recipient_person person; /* its name is "" for who is not known */
};

/* Find out who gets the mail on jobs that name this user and ran as uid (JO_MISSING: not known). */
void recipient_find(const struct recipient_sources *sources, const char *user, int64_t uid,
		    struct recipient *ret_recipient);

#endif
