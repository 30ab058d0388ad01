/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who was looked up is not looked up again, also who is not known.  The calls stand before libc's.
 */
#include "tap.h"
#include "joboutliers/record.h"
#include "util/user_cache.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

static int asked_count, failure;
static char known_name[USER_NAME_SIZE];

/* Uids from 1000 to 1999 are known, as user1000 and so on. */
static int answer(uid_t uid, struct passwd *entry, struct passwd **ret_found)
{
	asked_count++;
	*ret_found = NULL;
	if (failure == 0 && uid >= 1000 && uid < 2000) {
		(void)snprintf(known_name, sizeof(known_name), "user%u", (unsigned)uid);
		*entry = (struct passwd){.pw_name = known_name, .pw_uid = uid};
		*ret_found = entry;
	}
	return failure;
}

int getpwuid_r(uid_t uid, struct passwd *entry, char *room, size_t size, struct passwd **ret_found)
{
	(void)room;
	(void)size;
	return answer(uid, entry, ret_found);
}

int getpwnam_r(const char *name, struct passwd *entry, char *room, size_t size,
	       struct passwd **ret_found)
{
	unsigned uid = 0;

	(void)room;
	(void)size;
	(void)sscanf(name, "user%u", &uid);
	return answer(uid, entry, ret_found);
}

static const struct {
	const char *what;
	int64_t uid;
	const char *name;
	int rc;
} rows[] = {
	{"one who is known", 1001, "user1001", 0},
	{"one who is not", 5001, "user5001", -ENOENT},
	{"one at another's place", 1001 + USER_CACHE_SIZE, "user2022", -ENOENT},
	{"no uid at all", -1, "", -ENOENT},
	{"a uid of more than 32 bits", INT64_C(4294968297), "nobody", -ENOENT},
};

static void ask(struct user_cache *cache, size_t i, int want, const char *when)
{
	char name[USER_NAME_SIZE] = "untouched";
	int64_t uid = 7;
	struct jo_err err = {0};

	is_int(user_cache_name(cache, rows[i].uid, name, &err), want, "%s, %s: its name",
	       rows[i].what, when);
	is_str(name, want == 0 ? rows[i].name : "untouched", "which is its own");
	is_int(err.code, want, "or an error that says so: %s", err.text);
	err = (struct jo_err){0};
	is_int(user_cache_uid(cache, rows[i].name, &uid, &err), want, "and whose that is");
	is_int(uid, want == 0 ? rows[i].uid : 7, "which is the same");
	is_int(err.code, want, "or an error that says so: %s", err.text);
}

int main(void)
{
	static struct user_cache cache;
	char name[USER_NAME_SIZE];
	int64_t uid;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		failure = EIO;
		if (rows[i].uid >= 0 && rows[i].uid < UINT32_MAX)
			ask(&cache, i, -EIO, "where nobody can say");
		failure = 0;
		ask(&cache, i, rows[i].rc, "when it is asked for first");
		asked_count = 0;
		failure = EIO;
		ask(&cache, i, rows[i].rc, "the second time");
		is_int(asked_count, 0, "of which the name service hears nothing");
		failure = 0;
	}
	user_cache_release(&cache);

	/* As a night's records come: of several who are not known, in turn. */
	cache = (struct user_cache){0};
	asked_count = 0;
	for (int i = 0; i < 200; i++) {
		(void)snprintf(name, sizeof(name), "who%d", i % 10);
		(void)user_cache_uid(&cache, name, &uid, NULL);
		(void)user_cache_name(&cache, 70000 + i % 10, name, NULL);
	}
	is_int(asked_count, 20, "ten who are not known are asked for once by uid and once by name");
	user_cache_release(&cache);
	return tap_done();
}
