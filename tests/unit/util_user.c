/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A name service that fails is no "no such user", whoever asks it.  Its calls stand before libc's.
 */
#include "tap.h"
#include "util/user.h"

#include <errno.h>
#include <pwd.h>
#include <string.h>

static int answers[3]; /* what the next calls return */
static size_t asked_count;
static struct passwd somebody;

static int answer(struct passwd *entry, struct passwd **ret_found)
{
	int rc = answers[asked_count++];

	*entry = somebody;
	*ret_found = rc == 0 && somebody.pw_name != NULL ? entry : NULL;
	return rc;
}

int getpwuid_r(uid_t uid, struct passwd *entry, char *room, size_t size, struct passwd **ret_found)
{
	(void)uid;
	(void)room;
	(void)size;
	return answer(entry, ret_found);
}

int getpwnam_r(const char *name, struct passwd *entry, char *room, size_t size,
	       struct passwd **ret_found)
{
	(void)name;
	(void)room;
	(void)size;
	return answer(entry, ret_found);
}

static void ask(int want, size_t want_asked, const char *what)
{
	struct user_entry entry = {.uid = 7};
	char name[USER_NAME_SIZE] = "untouched";
	struct jo_err err = {0};

	asked_count = 0;
	is_int(user_name(1, name, &err), want, "the name of a uid: %s", what);
	is_int(err.code, want, "with an error that says so: %s", err.text);
	ok(want == 0 || strcmp(name, "untouched") == 0, "and a name only where there is one");
	asked_count = 0;
	is_int(user_find("ann", &entry, &err), want, "the uid of a name: %s", what);
	is_int(entry.uid, want == 0 ? 1001 : 7, "and a uid only where there is one");
	is_int((int64_t)asked_count, (int64_t)want_asked, "it was asked as often as it needed");
}

int main(void)
{
	static const int none[] = {0, ENOENT, ESRCH, ERANGE},
			 no_answer[] = {EIO, EAGAIN, EMFILE, ETIMEDOUT};
	char gecos[400] = "";
	struct user_entry entry;

	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		answers[0] = none[i];
		ask(-ENOENT, 1, strerror(none[i]));
	}
	for (size_t i = 0; i < sizeof(no_answer) / sizeof(no_answer[0]); i++) {
		answers[0] = no_answer[i];
		ask(-no_answer[i], 1, strerror(no_answer[i]));
	}
	somebody = (struct passwd){.pw_name = "ann", .pw_uid = 1001, .pw_gecos = gecos};
	answers[0] = answers[1] = EINTR;
	answers[2] = 0;
	ask(0, 3, "interrupted");

	answers[0] = 0;
	(void)strcpy(gecos, "Ann Lee,Room 5");
	asked_count = 0;
	is_int(user_find("ann", &entry, NULL), 0, "an entry");
	is_str(entry.full_name, "Ann Lee", "has a full name without the room");
	somebody.pw_gecos = NULL;
	asked_count = 0;
	is_int(user_find("ann", &entry, NULL), 0, "one without GECOS");
	is_str(entry.full_name, "", "has none");
	return tap_done();
}
