/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests whose owner cannot be named just now wait; those of nobody are set aside. */
#include "intake/request_folder.h"
#include "store_fixture.h"
#include "util/user.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static char box[100];

/* ---- a folder in which nothing can be renamed ---- */

static int rename_errno; /* 0: renaming works */

static int rename_or_fail(int old_fd, const char *old_name, int new_fd, const char *new_name,
			  unsigned flags)
{
	if (rename_errno == 0)
		return (int)syscall(SYS_renameat2, old_fd, old_name, new_fd, new_name, flags);
	errno = rename_errno;
	return -1;
}

int renameat(int old_fd, const char *old_name, int new_fd, const char *new_name)
{
	return rename_or_fail(old_fd, old_name, new_fd, new_name, 0);
}

int renameat2(int old_fd, const char *old_name, int new_fd, const char *new_name, unsigned flags)
{
	return rename_or_fail(old_fd, old_name, new_fd, new_name, flags);
}

/* ---- requests ---- */

static void leave_one(void)
{
	struct request request;

	request_init(&request, REQUEST_WEEKLY);
	must(request_folder_leave(box, &request, &err) == 0, "leave a request");
}

static int count_files(const char *pattern)
{
	char command[200];
	FILE *pipe;
	int count = -1;

	(void)snprintf(command, sizeof(command), "find %s -type f -name '%s' | wc -l", box,
		       pattern);
	pipe = popen(command, "r");
	must(pipe != NULL && fscanf(pipe, "%d", &count) == 1, "count files");
	(void)pclose(pipe);
	return count;
}

struct service {
	int rc; /* what it answers */
	int asked_count, told_count;
	char told[300];
};

static int user_of(void *context, int64_t uid, char name[USER_NAME_SIZE], struct jo_err *why)
{
	struct service *service = context;

	service->asked_count++;
	is_int(uid, geteuid(), "the owner of the file is asked for");
	(void)strcpy(name, "ann");
	return service->rc == 0 ? 0 : jo_err_sys(why, service->rc, "look up");
}

static void bad(void *context, const char *text)
{
	struct service *service = context;

	service->told_count++;
	(void)snprintf(service->told, sizeof(service->told), "%s", text);
}

static struct request_folder_stats take(struct store *store, struct service *service)
{
	const struct intake_calls calls = {.context = service, .user_of = user_of, .bad = bad};
	struct request_folder_stats stats;

	is_int(request_folder_take(store, box, &calls, T0, &stats, &err),
	       service->rc == -ENOENT ? 0 : service->rc, "what was left is an error, a refusal none");
	return stats;
}

static void wait_for_the_name_service(void)
{
	static const int passing[] = {-EIO, -ETIMEDOUT, -EAGAIN, -EMFILE};
	struct store *store = open_new("wait");
	struct service service = {0};
	struct request_folder_stats stats;

	leave_one();
	leave_one();
	leave_one();
	for (size_t i = 0; i < sizeof(passing) / sizeof(passing[0]); i++) {
		service = (struct service){.rc = passing[i]};
		stats = take(store, &service);
		is_int(count_files("*"), 3, "after '%s' requests wait", strerror(-passing[i]));
		is_int(stats.taken_count + stats.refused_count, 0, "none is taken or set aside");
		is_int(service.asked_count, 1, "a service that failed is not asked again");
		is_int(service.told_count, 1, "and one line tells of it");
		ok(strstr(service.told, "is left for the next run: look up") != NULL, "%s",
		   service.told);
	}
	is_int(count_files("[0-9]*"), 3, "they are there");
	service = (struct service){0};
	stats = take(store, &service);
	is_int(stats.taken_count, 3, "and are taken in the next run");
	is_int(count_files("*"), 0, "nothing is left");

	leave_one();
	service = (struct service){.rc = -ENOENT};
	stats = take(store, &service);
	is_int(stats.refused_count, 1, "one of nobody is set aside");
	is_int(count_files("refused.*"), 1, "under its name");
	store_close(store);
}

static void step_over_what_stays(void)
{
	struct store *store = open_new("stuck");
	struct service service = {0};
	struct request_folder_stats stats;
	char path[200];

	for (int i = 0; i < 3; i++) {
		(void)snprintf(path, sizeof(path), "%s/folder%d", box, i);
		must(mkdir(path, 0700) == 0, "make a folder");
	}
	leave_one();
	rename_errno = EPERM;
	stats = take(store, &service);
	is_int(stats.taken_count, 1, "what stays in the way keeps no request");
	is_int(stats.stuck_count, 3, "it is counted");
	is_int(stats.refused_count, 0, "as nothing that was refused");
	is_int(service.told_count, 1, "and told in one line");
	ok(strstr(service.told, "3 in the way, to be removed by hand; the first: ") != NULL &&
		   strstr(service.told, "is no regular file; to set it aside: Operation not "
					"permitted") != NULL,
	   "%s", service.told);
	rename_errno = 0;
	stats = take(store, &service);
	is_int(stats.refused_count, 3, "when it can be moved, it is");
	store_close(store);
}

static void name_users(void)
{
	static const int64_t nobody[] = {-1, INT64_C(4294967295), INT64_C(4294967296), JO_MISSING,
					 INT64_C(4123456789)};
	char name[USER_NAME_SIZE] = "untouched";

	for (size_t i = 0; i < sizeof(nobody) / sizeof(nobody[0]); i++)
		is_int(user_name(nobody[i], name, NULL), -ENOENT, "uid %lld is nobody's",
		       (long long)nobody[i]);
	is_str(name, "untouched", "and no name is given");
	is_int(user_name(0, name, &err), 0, "uid 0 has a name");
	is_str(name, "root", "which is root");
}

int main(void)
{
	begin_tests();
	(void)snprintf(box, sizeof(box), "%s/box", folder);
	must(mkdir(box, 0700) == 0, "make a folder for requests");
	name_users();
	wait_for_the_name_service();
	step_over_what_stays();
	return end_tests();
}
