/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Puts records into the spool, by descriptors only and following no link: it
 * runs as root, and what lies in the folder may not be what once was there.
 */
#include "joboutliers/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "joboutliers/dirents.h"
#include "joboutliers/record.h"

#define DIR_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

/*
 * The count has a fixed width and is there from the start, so that raising it
 * overwrites bytes the file already has: that works on a full disk as well, when
 * it is needed most.
 */
#define COUNT_WIDTH 20
#define COUNT_ZERO "00000000000000000000\n"

/* More than anybody writes into one file; what is longer is no number of records. */
#define RECORD_COUNT_DIGITS 4

int jo_spool_record_count(const char *name, size_t *ret_first_len)
{
	const char *mark = strrchr(name, JO_SPOOL_COUNT_MARK);
	size_t len = strlen(name), digit_count = 0;
	int count = 0;

	if (mark != NULL)
		digit_count = strspn(mark + 1, "0123456789");
	if (digit_count > 0 && digit_count <= RECORD_COUNT_DIGITS && mark[1 + digit_count] == '\0')
		count = atoi(mark + 1);
	if (ret_first_len != NULL)
		*ret_first_len = count > 0 ? (size_t)(mark - name) : len;
	return count > 0 ? count : 1;
}

static int check_top(int fd, const char *path, struct jo_err *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return jo_err_sys(err, -errno, "stat %s", path);
	if (st.st_uid != 0 && st.st_uid != geteuid())
		return jo_err_set(err, -EPERM, "spool %s belongs to uid %u: expected root", path,
				  (unsigned int)st.st_uid);
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return jo_err_set(err, -EPERM,
				  "spool %s has mode %04o: expected no write permission for group "
				  "and others",
				  path, (unsigned int)(st.st_mode & 07777));
	return 0;
}

static int open_or_make(int dir_fd, const char *name, int *ret_fd, bool *ret_is_new,
			struct jo_err *err)
{
	int fd = openat(dir_fd, name, DIR_FLAGS);

	*ret_is_new = fd < 0 && errno == ENOENT;
	if (*ret_is_new) {
		if (mkdirat(dir_fd, name, 0750) < 0 && errno != EEXIST)
			return jo_err_sys(err, -errno, "spool: make folder %s", name);
		fd = openat(dir_fd, name, DIR_FLAGS);
	}
	if (fd < 0)
		return jo_err_sys(err, -errno, "spool: open folder %s", name);
	*ret_fd = fd;
	return 0;
}

/*
 * Write a file from its start.  Beyond a limit of size (PAM's, or what another
 * plugin set in the task's process) the kernel answers with a signal that would
 * end the step, so that is looked at first.
 */
static ssize_t write_at_start(int fd, const char *text, size_t len)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur < len) {
		errno = EFBIG;
		return -1;
	}
	return pwrite(fd, text, len, 0);
}

/* No count is not worth a failure. */
static void make_count(int node_fd)
{
	int fd = openat(node_fd, JO_SPOOL_DROPPED,
			O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0640);

	if (fd < 0)
		return;
	(void)write_at_start(fd, COUNT_ZERO, strlen(COUNT_ZERO));
	(void)close(fd);
}

static int make_inner(int node_fd, struct jo_err *err)
{
	static const char *const names[] = {JO_SPOOL_TMP, JO_SPOOL_NEW};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		bool is_new;
		int fd, rc = open_or_make(node_fd, names[i], &fd, &is_new, err);

		if (rc < 0)
			return rc;
		(void)close(fd);
	}
	make_count(node_fd);
	return 0;
}

int jo_spool_open(const char *spool_path, const char *node, int *ret_node_fd, struct jo_err *err)
{
	int top_fd, node_fd = -1, rc;
	bool is_new = false;

	if (node[0] == '\0' || node[0] == '.' || strchr(node, '/') != NULL ||
	    strcmp(node, JO_SPOOL_BAD) == 0)
		return jo_err_set(err, -EINVAL, "'%s' cannot be a node's folder in the spool",
				  node);

	top_fd = open(spool_path, DIR_FLAGS);
	if (top_fd < 0)
		return jo_err_sys(err, -errno, "open spool %s", spool_path);
	rc = check_top(top_fd, spool_path, err);
	if (rc == 0)
		rc = open_or_make(top_fd, node, &node_fd, &is_new, err);
	(void)close(top_fd);
	if (rc < 0)
		return rc;
	/* What is missing in a folder that is there is made by who writes: most steps find it. */
	rc = is_new ? make_inner(node_fd, err) : 0;
	if (rc < 0) {
		(void)jo_err_prefix(err, "node %s", node);
		(void)close(node_fd);
		return rc;
	}
	*ret_node_fd = node_fd;
	return 0;
}

int jo_spool_is_full(int node_fd, int files_max, struct jo_err *err)
{
	struct jo_dirents dirents;
	int fd, rc, count = 0;

	fd = openat(node_fd, JO_SPOOL_NEW, DIR_FLAGS);
	if (fd < 0)
		return errno == ENOENT ? 0 : jo_err_sys(err, -errno, "open %s", JO_SPOOL_NEW);
	/* "." and ".." are two of the entries. */
	jo_dirents_init(&dirents, fd);
	while (count - 2 < files_max && jo_dirents_next(&dirents) != NULL)
		count++;
	rc = dirents.error != 0 ? jo_err_sys(err, -dirents.error, "list %s", JO_SPOOL_NEW)
				: count - 2 >= files_max;
	(void)close(fd);
	return rc;
}

static int write_file(int fd, const char *line, size_t len)
{
	ssize_t n;

	do
		n = write_at_start(fd, line, len);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	/* Only a disk that fills up cuts a write this small. */
	return (size_t)n == len ? 0 : -ENOSPC;
}

int jo_spool_write(int node_fd, const char *name, const char *line, size_t len, struct jo_err *err)
{
	int tmp_fd = -1, new_fd = -1, fd = -1, rc;
	bool is_new;

	rc = open_or_make(node_fd, JO_SPOOL_TMP, &tmp_fd, &is_new, err);
	if (rc == 0)
		rc = open_or_make(node_fd, JO_SPOOL_NEW, &new_fd, &is_new, err);
	if (rc < 0)
		goto out;
	fd = openat(tmp_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0640);
	if (fd < 0) {
		rc = jo_err_sys(err, -errno, "make %s/%s in the spool", JO_SPOOL_TMP, name);
		goto out;
	}
	rc = write_file(fd, line, len);
	/* Over NFS, close is where a full disk is told. */
	if (close(fd) < 0 && rc == 0)
		rc = -errno;
	if (rc == 0 && renameat(tmp_fd, name, new_fd, name) < 0)
		rc = -errno;
	if (rc < 0) {
		(void)unlinkat(tmp_fd, name, 0);
		rc = jo_err_sys(err, rc, "write %s to the spool", name);
	}
out:
	if (tmp_fd >= 0)
		(void)close(tmp_fd);
	if (new_fd >= 0)
		(void)close(new_fd);
	return rc;
}

static int64_t parse_count(int fd)
{
	char text[COUNT_WIDTH + 1] = "";
	char *end;
	long long count;

	if (pread(fd, text, COUNT_WIDTH, 0) != COUNT_WIDTH)
		return JO_MISSING;
	errno = 0;
	count = strtoll(text, &end, 10);
	if (errno != 0 || *end != '\0' || text[0] < '0' || text[0] > '9')
		return JO_MISSING;
	return count;
}

void jo_spool_count_dropped(int node_fd)
{
	char text[COUNT_WIDTH + 2];
	struct stat st;
	int64_t count;
	int fd;

	fd = openat(node_fd, JO_SPOOL_DROPPED,
		    O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0640);
	if (fd < 0)
		return;
	/* Who holds the lock is counting right now; waiting could block a step. */
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && flock(fd, LOCK_EX | LOCK_NB) == 0) {
		count = parse_count(fd);
		(void)snprintf(text, sizeof(text), "%0*" PRId64 "\n", COUNT_WIDTH,
			       count == JO_MISSING ? 1 : count + 1);
		(void)write_at_start(fd, text, sizeof(text) - 1);
	}
	(void)close(fd);
}

int64_t jo_spool_read_dropped(int node_fd)
{
	struct stat st;
	int64_t count = JO_MISSING;
	int fd;

	fd = openat(node_fd, JO_SPOOL_DROPPED, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 0 : JO_MISSING;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		count = parse_count(fd);
	(void)close(fd);
	return count;
}
