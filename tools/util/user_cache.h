/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Users that were looked up, so that a name service, which may be a server, is asked for each once
 * in a run: also for those that it does not know. */
#ifndef UTIL_USER_CACHE_H
#define UTIL_USER_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "util/user.h"

/* That are remembered: a prime, as uids come in round numbers.  Two in one place are asked for in
 * turn. */
#define USER_CACHE_SIZE 1021

struct user_cache_entry {
	char *name;  /* NULL: the uid has none */
	int64_t uid; /* JO_MISSING: the name is nobody's */
	bool is_known;
};

/* Zeroed memory is an empty one. */
struct user_cache {
	struct user_cache_entry by_uid[USER_CACHE_SIZE], by_name[USER_CACHE_SIZE];
};

/* As user_name(). */
int user_cache_name(struct user_cache *cache, int64_t uid, char name[USER_NAME_SIZE],
		    struct jo_err *err);

/* Whose a name is; as user_find() otherwise. */
int user_cache_uid(struct user_cache *cache, const char *name, int64_t *ret_uid,
		   struct jo_err *err);

/* Free what it holds. */
void user_cache_release(struct user_cache *cache);

#endif
