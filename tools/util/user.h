/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Users, from the passwd database with whatever serves it. */
#ifndef UTIL_USER_H
#define UTIL_USER_H

#include <stdint.h>

#include "joboutliers/err.h"

#define USER_NAME_SIZE 257 /* with LOGIN_NAME_MAX, and the NUL */

/*
 * The name of a uid.  Returns 0; -ENOENT when there is no such user; or another
 * negative errno when the name service could not say, which is no answer: a
 * server that does not answer now may know the user later.
 */
int user_name(int64_t uid, char name[USER_NAME_SIZE], struct jo_err *err);

struct user_entry {
	int64_t uid;
	char full_name[128]; /* from GECOS, cut where it is longer; "" for none */
};

/* Whose a name is; as user_name() otherwise.  *ret_entry is not touched unless it returns 0. */
int user_find(const char *name, struct user_entry *ret_entry, struct jo_err *err);

#endif
