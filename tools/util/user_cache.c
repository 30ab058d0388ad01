/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each has one place; who comes later takes it. */
#include "util/user_cache.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "joboutliers/hash.h"
#include "joboutliers/record.h"
#include "util/alloc.h"

static void put(struct user_cache_entry *entry, const char *name, int64_t uid)
{
	free(entry->name);
	*entry = (struct user_cache_entry){name != NULL ? xstrdup(name) : NULL, uid, true};
}

int user_cache_name(struct user_cache *cache, int64_t uid, char name[USER_NAME_SIZE],
		    struct jo_err *err)
{
	struct user_cache_entry *entry = &cache->by_uid[(uint64_t)uid % USER_CACHE_SIZE];
	int rc;

	if (!entry->is_known || entry->uid != uid) {
		rc = user_name(uid, name, err);
		if (rc < 0 && rc != -ENOENT)
			return rc;
		put(entry, rc == 0 ? name : NULL, uid);
	}
	if (entry->name == NULL)
		return jo_err_set(err, -ENOENT, "there is no user with uid %" PRId64, uid);
	(void)strcpy(name, entry->name);
	return 0;
}

int user_cache_uid(struct user_cache *cache, const char *name, int64_t *ret_uid, struct jo_err *err)
{
	struct user_cache_entry *entry = &cache->by_name[jo_hash_text32(name) % USER_CACHE_SIZE];
	struct user_entry found;
	int rc;

	if (!entry->is_known || strcmp(entry->name, name) != 0) {
		rc = user_find(name, &found, err);
		if (rc < 0 && rc != -ENOENT)
			return rc;
		put(entry, name, rc == 0 ? found.uid : JO_MISSING);
	}
	if (entry->uid == JO_MISSING)
		return jo_err_set(err, -ENOENT, "there is no user '%.64s'", name);
	*ret_uid = entry->uid;
	return 0;
}

void user_cache_release(struct user_cache *cache)
{
	for (size_t i = 0; i < USER_CACHE_SIZE; i++) {
		free(cache->by_uid[i].name);
		free(cache->by_name[i].name);
	}
}
