/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The folder of requests, which anybody may write: what users put there besides
 * requests must cost no more than a line.
 */
#include "intake/request_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/alloc.h"
#include "util/listing.h"
#include "util/strlist.h"
#include "util/when.h"

/* Requests of all users that are read in one run; a flood of hundreds is worked off over some
 * nights. */
#define REQUESTS_MAX (100 * REQUEST_USER_MAX)

/* ---- leaving one ---- */

static int write_request(int folder_fd, const char *name, const char *text)
{
	size_t len = strlen(text);
	int fd =
		openat(folder_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	int rc = 0;

	if (fd < 0)
		return -errno;
	/* whatever the umask: who takes it need not be root; it holds no secret */
	if (write(fd, text, len) != (ssize_t)len || fchmod(fd, 0644) < 0 || fsync(fd) < 0)
		rc = errno != 0 ? -errno : -EIO;
	if (close(fd) < 0 && rc == 0)
		rc = -errno;
	return rc;
}

int request_folder_leave(const char *folder, const struct request *request, struct jo_err *err)
{
	char name[64], unfinished[72];
	char *text = request_format(request);
	int folder_fd = open(folder, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int rc;

	if (folder_fd < 0) {
		rc = jo_err_sys(err, -errno, "%s", folder);
		goto out;
	}
	/* by time, so that the last of several has the last word */
	(void)snprintf(name, sizeof(name), "%016lld-%u-%d", (long long)when_now(),
		       (unsigned)geteuid(), (int)getpid());
	(void)snprintf(unfinished, sizeof(unfinished), REQUEST_UNFINISHED_PREFIX "%s", name);
	errno = 0;
	rc = write_request(folder_fd, unfinished, text);
	if (rc == 0 && renameat(folder_fd, unfinished, folder_fd, name) < 0)
		rc = -errno;
	if (rc < 0) {
		(void)unlinkat(folder_fd, unfinished, 0);
		(void)jo_err_sys(err, rc, "%s: leave a request", folder);
	}
	(void)close(folder_fd);
out:
	free(text);
	return rc;
}

/* ---- taking them ---- */

struct user_count {
	uid_t uid;
	int count;
};

struct taking {
	struct store *store;
	const char *folder;
	int folder_fd;
	dev_t device;
	const struct intake_calls *calls;
	int64_t now_unix_us;
	struct strlist done; /* to be removed after the commit */
	struct user_count *users;
	size_t user_count;
	struct request_folder_stats stats;
	struct jo_err error; /* why some were not looked at, or left; code 0 for none */
	struct jo_err stuck; /* the first that could not be set aside; code 0 for none */
	bool is_blind; /* the name service has failed, and is not waited for again in this run */
};

static int open_folder(struct taking *taking, struct jo_err *err)
{
	const char *folder = taking->folder;
	struct stat st;

	taking->folder_fd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (taking->folder_fd < 0 || fstat(taking->folder_fd, &st) < 0)
		return jo_err_sys(err, -errno, "%s", folder);
	if (st.st_uid != 0 && st.st_uid != geteuid())
		return jo_err_set(err, -EPERM, "%s: belongs to uid %u: chown root %s", folder,
				  (unsigned)st.st_uid, folder);
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0 && (st.st_mode & S_ISVTX) == 0)
		return jo_err_set(err, -EPERM,
				  "%s: others may remove requests that are not theirs: chmod +t %s",
				  folder, folder);
	taking->device = st.st_dev;
	return 0;
}

static int compare_names(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

/* What can be known of a file without opening it: opening a FIFO or a device is a deed already. */
static int check_file(const struct taking *taking, const struct stat *st, struct jo_err *err)
{
	if (!S_ISREG(st->st_mode))
		return jo_err_set(err, -EINVAL, "is no regular file");
	if (st->st_nlink != 1)
		return jo_err_set(err, -EINVAL,
				  "has %ju names; its owner need not have put it here",
				  (uintmax_t)st->st_nlink);
	if (st->st_dev != taking->device)
		return jo_err_set(err, -EINVAL, "is on another file system");
	if (st->st_size > REQUEST_FILE_MAX)
		return jo_err_set(err, -EFBIG, "has %jd bytes, and a request at most %d",
				  (intmax_t)st->st_size, REQUEST_FILE_MAX);
	return 0;
}

/* The whole of the file into buf, and whose it is. */
static int read_file(const struct taking *taking, const char *name, char *buf, size_t size,
		     size_t *ret_len, uid_t *ret_uid, struct jo_err *err)
{
	struct stat st;
	size_t len = 0;
	ssize_t n = 1;
	int fd, rc;

	if (fstatat(taking->folder_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return jo_err_sys(err, -errno, "look at it");
	*ret_uid = st.st_uid;
	rc = check_file(taking, &st, err);
	if (rc < 0)
		return rc;
	fd = openat(taking->folder_fd, name,
		    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return jo_err_sys(err, -errno, "open it");
	/* again, as it may be another one by now */
	rc = fstat(fd, &st) < 0 ? jo_err_sys(err, -errno, "look at it")
				: check_file(taking, &st, err);
	while (rc == 0 && n > 0 && len < size) {
		n = read(fd, buf + len, size - len);
		if (n < 0)
			rc = jo_err_sys(err, -errno, "read it");
		else
			len += (size_t)n;
	}
	(void)close(fd);
	if (rc == 0 && len > REQUEST_FILE_MAX)
		rc = jo_err_set(err, -EFBIG, "grows while it is read");
	*ret_uid = st.st_uid;
	*ret_len = len;
	return rc;
}

/* Returns whether the user has asked for more than anybody needs. */
static bool is_too_many(struct taking *taking, uid_t uid)
{
	size_t i = 0;

	while (i < taking->user_count && taking->users[i].uid != uid)
		i++;
	if (i == taking->user_count) {
		taking->users =
			xreallocarray(taking->users, ++taking->user_count, sizeof(*taking->users));
		taking->users[i] = (struct user_count){uid, 0};
	}
	return ++taking->users[i].count > REQUEST_USER_MAX;
}

static void tell_bad(const struct taking *taking, const char *text)
{
	if (taking->calls->bad != NULL)
		taking->calls->bad(taking->calls->context, text);
}

/*
 * Out of the way, so that no run looks at it again.  Where the plain name is too
 * long or taken, the inode and the time make one that fits and that nobody could
 * have taken before.
 */
static int set_aside(const struct taking *taking, const char *name)
{
	int fd = taking->folder_fd;
	char *plain = xasprintf(REQUEST_REFUSED_PREFIX "%s", name);
	char other[64];
	struct stat st;
	int rc = 0;

	if (renameat2(fd, name, fd, plain, RENAME_NOREPLACE) == 0)
		goto out;
	if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		rc = -errno;
		goto out;
	}
	(void)snprintf(other, sizeof(other), REQUEST_REFUSED_PREFIX "%ju.%lld",
		       (uintmax_t)st.st_ino, (long long)taking->now_unix_us);
	/* not every file system knows of RENAME_NOREPLACE, and this name needs none */
	if (renameat(fd, name, fd, other) < 0)
		rc = -errno;
out:
	free(plain);
	return rc;
}

static void refuse(struct taking *taking, const char *name, uid_t uid, const struct jo_err *why)
{
	struct jo_err line = *why;
	int rc = set_aside(taking, name);

	(void)jo_err_prefix(&line, "%s/%.80s of uid %u", taking->folder, name, (unsigned)uid);
	if (rc < 0 && rc != -ENOENT) {
		if (taking->stats.stuck_count++ == 0)
			(void)jo_err_sys(&taking->stuck, rc, "%s; to set it aside", line.text);
		return;
	}
	taking->stats.refused_count++;
	tell_bad(taking, line.text);
}

/* One line for all that stays in the way, as it is there in every run. */
static void tell_stuck(const struct taking *taking)
{
	struct jo_err line = taking->stuck;

	if (taking->stats.stuck_count == 0)
		return;
	(void)jo_err_prefix(&line, "%" PRId64 " in the way, to be removed by hand; the first",
			    taking->stats.stuck_count);
	tell_bad(taking, line.text);
}

/* No fault of the request: it is tried again. */
static void leave(struct taking *taking, const char *name, struct jo_err *why)
{
	(void)jo_err_prefix(why, "%s/%.80s is left for the next run", taking->folder, name);
	tell_bad(taking, why->text);
	if (taking->error.code == 0)
		taking->error = *why;
}

/* Keep the name of what may be a request; what is none is told by its looks. */
static void look_at(struct taking *taking, const char *name, struct strlist *names)
{
	struct jo_err why = {0};
	struct stat st;
	int rc;

	if (fstatat(taking->folder_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		(void)jo_err_sys(&why, -errno, "look at it");
		if (why.code != -ENOENT) /* its owner has taken it back */
			leave(taking, name, &why);
		return;
	}
	rc = check_file(taking, &st, &why);
	if (rc == 0 && is_too_many(taking, st.st_uid))
		rc = jo_err_set(&why, -EDQUOT, "is one of more than %d", REQUEST_USER_MAX);
	if (rc == 0)
		strlist_add(names, name);
	else
		refuse(taking, name, st.st_uid, &why);
}

/*
 * Only what may be a request counts, and of one user no more than his share, so
 * nobody fills the run for the others.
 */
static void gather(struct taking *taking, struct strlist *names)
{
	struct listing listing = listing_open_fd(taking->folder_fd);
	const struct dirent *entry;
	struct jo_err line;
	int rc;

	/* which leaves out those still being written */
	while (names->count < REQUESTS_MAX && (entry = listing_next(&listing)) != NULL)
		if (strncmp(entry->d_name, REQUEST_REFUSED_PREFIX,
			    strlen(REQUEST_REFUSED_PREFIX)) != 0)
			look_at(taking, entry->d_name, names);
	rc = listing_close(&listing);
	if (rc < 0 && taking->error.code == 0)
		(void)jo_err_sys(&taking->error, rc, "list %s", taking->folder);
	if (names->count == REQUESTS_MAX) {
		(void)jo_err_set(&line, -EDQUOT,
				 "%s: %d are taken in one run, the rest in the next",
				 taking->folder, REQUESTS_MAX);
		tell_bad(taking, line.text);
	}
	if (names->count > 0)
		qsort(names->list, names->count, sizeof(names->list[0]), compare_names);
}

/* Whether the request alone is at fault, not the database. */
static bool is_refusal(int rc)
{
	return rc == -EPERM || rc == -ENOENT || rc == -EDQUOT;
}

/* Whose request it is; any error but -ENOENT is none of the request's. */
static int find_owner(struct taking *taking, const char *name, uid_t uid, char user[USER_NAME_SIZE],
		      struct jo_err *why)
{
	int rc;

	if (taking->is_blind)
		return -EAGAIN;
	rc = taking->calls->user_of(taking->calls->context, uid, user, why);
	if (rc < 0 && rc != -ENOENT) {
		leave(taking, name, why);
		taking->is_blind = true;
	}
	return rc;
}

/* Whether reading a file failed for a reason that may be gone in the next run. */
static bool is_passing(int rc)
{
	return rc == -EIO || rc == -EINTR || rc == -ESTALE || rc == -ENOMEM || rc == -EMFILE ||
	       rc == -ENFILE;
}

/* Returns the database's errors alone. */
static int take_one(struct taking *taking, const char *name, struct jo_err *err)
{
	char buf[REQUEST_FILE_MAX + 1], user[USER_NAME_SIZE];
	struct request request;
	struct jo_err why = {0};
	size_t len = 0;
	uid_t uid = 0;
	int rc = read_file(taking, name, buf, sizeof(buf), &len, &uid, &why);

	if (rc == -ENOENT)
		return 0; /* its owner has taken it back */
	if (is_passing(rc)) {
		leave(taking, name, &why);
		return 0;
	}
	if (rc == 0)
		rc = request_parse(buf, len, &request, &why);
	if (rc == 0) {
		rc = find_owner(taking, name, uid, user, &why);
		if (rc < 0 && rc != -ENOENT)
			return 0;
	}
	if (rc < 0) {
		refuse(taking, name, uid, &why);
		return 0;
	}
	rc = request_apply(taking->store, &request, user, uid, taking->now_unix_us, false, &why);
	if (is_refusal(rc)) {
		refuse(taking, name, uid, &why);
		return 0;
	}
	if (rc < 0) {
		if (err != NULL)
			*err = why;
		return rc;
	}
	strlist_add(&taking->done, name);
	return 0;
}

/* One that stays is taken again, and may then undo what its owner has asked for since. */
static void remove_taken(struct taking *taking)
{
	for (size_t i = 0; i < taking->done.count; i++) {
		const char *name = taking->done.list[i];

		if (unlinkat(taking->folder_fd, name, 0) < 0 && errno != ENOENT &&
		    taking->error.code == 0)
			(void)jo_err_sys(&taking->error, -errno,
					 "%s/%.80s was taken, but stays, and is taken again: "
					 "remove it",
					 taking->folder, name);
	}
}

static int take_all(struct taking *taking, const struct strlist *names, struct jo_err *err)
{
	int rc = store_begin(taking->store, err);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < names->count && rc == 0; i++)
		rc = take_one(taking, names->list[i], err);
	if (rc == 0)
		rc = store_commit(taking->store, err);
	if (rc < 0) {
		store_rollback(taking->store);
		return rc;
	}
	remove_taken(taking);
	taking->stats.taken_count = (int64_t)taking->done.count;
	return 0;
}

int request_folder_take(struct store *store, const char *folder, const struct intake_calls *calls,
			int64_t now_unix_us, struct request_folder_stats *ret_stats,
			struct jo_err *err)
{
	struct taking taking = {.store = store,
				.folder = folder,
				.folder_fd = -1,
				.calls = calls,
				.now_unix_us = now_unix_us};
	struct strlist names = {0};
	int rc;

	rc = open_folder(&taking, err);
	if (rc == 0)
		gather(&taking, &names);
	if (rc == 0 && names.count > 0)
		rc = take_all(&taking, &names, err);
	tell_stuck(&taking);
	if (rc == 0 && taking.error.code != 0) {
		rc = taking.error.code;
		if (err != NULL)
			*err = taking.error;
	}
	*ret_stats = taking.stats;
	if (taking.folder_fd >= 0)
		(void)close(taking.folder_fd);
	strlist_release(&taking.done);
	strlist_release(&names);
	free(taking.users);
	return rc;
}
