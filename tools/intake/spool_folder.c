/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opens a folder without following links; what cannot be read there goes to SPOOL/bad, not away. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "joboutliers/spool.h"
#include "intake/spool_folder.h"
#include "joboutliers/hash.h"
#include "util/write_all.h"

#define NAME_SIZE 256 /* NAME_MAX and the NUL */
#define NAME_KEPT 200 /* of a longer one: its hash, a number and ".reason" fit behind it */

/* Things of one name that lie in bad/ at once; with so many, somebody should look. */
#define SAME_NAME_MAX 1000

/* One input has one name, so that a run that was broken off and repeated leaves one copy. */
static void make_name(char name[NAME_SIZE], const char *node, const char *file, int64_t line_number)
{
	char full[2 * NAME_SIZE + 32];
	int length;

	length = snprintf(full, sizeof(full), "%s.%s", node, file);
	if (line_number > 0)
		(void)snprintf(full + length, sizeof(full) - (size_t)length, ".%" PRId64,
			       line_number);
	if (strlen(full) <= NAME_KEPT)
		(void)strcpy(name, full);
	else
		(void)snprintf(name, NAME_SIZE, "%.*s~%08" PRIx32, NAME_KEPT, full,
			       jo_hash_text32(full));
}

int spool_folder_open(const struct spool_folder *folder, struct jo_err *err)
{
	static const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int spool_fd, node_fd = -1, new_fd = -1, rc;

	spool_fd = open(folder->spool, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (spool_fd >= 0)
		node_fd = openat(spool_fd, folder->node, flags);
	if (node_fd >= 0)
		new_fd = openat(node_fd, JO_SPOOL_NEW, flags);
	rc = new_fd >= 0 ? new_fd
			 : jo_err_sys(err, -errno, "open folder %s/%s/%s", folder->spool,
				      folder->node, JO_SPOOL_NEW);
	if (spool_fd >= 0)
		(void)close(spool_fd);
	if (node_fd >= 0)
		(void)close(node_fd);
	return rc;
}

static int open_bad(const char *spool, struct jo_err *err)
{
	int spool_fd, fd = -1;

	spool_fd = open(spool, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (spool_fd >= 0 && (mkdirat(spool_fd, JO_SPOOL_BAD, 0750) == 0 || errno == EEXIST))
		fd = openat(spool_fd, JO_SPOOL_BAD,
			    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		fd = jo_err_sys(err, -errno, "open folder %s/%s", spool, JO_SPOOL_BAD);
	if (spool_fd >= 0)
		(void)close(spool_fd);
	return fd;
}

/* Replace the file by one with these bytes; a link there is replaced, not followed. */
static int write_file(int bad_fd, const char *name, const char *bytes, size_t len)
{
	int fd, rc;

	if (unlinkat(bad_fd, name, 0) < 0 && errno != ENOENT)
		return -errno;
	fd = openat(bad_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0640);
	if (fd < 0)
		return -errno;
	rc = write_all(fd, bytes, len);
	if (close(fd) < 0 && rc == 0)
		rc = -errno;
	return rc;
}

/* Whether nothing is in the way of a file of this name, or only one that may be replaced. */
static bool is_free(int bad_fd, const char *name, bool may_replace)
{
	struct stat st;

	if (fstatat(bad_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT;
	return may_replace && !S_ISDIR(st.st_mode);
}

/*
 * A name for it, and one for its reason: its own, or with a number behind where
 * that is taken.  A line's own file may be there from a run that was broken off;
 * of a thing that is moved only the reason may.
 */
static int find_names(int bad_fd, const char *own_name, bool is_line, char name[NAME_SIZE],
		      char reason_name[NAME_SIZE])
{
	(void)strcpy(name, own_name);
	for (int i = 1; i <= SAME_NAME_MAX; i++) {
		(void)snprintf(reason_name, NAME_SIZE, "%.*s.reason", NAME_SIZE - 8, name);
		if (is_free(bad_fd, name, is_line) && is_free(bad_fd, reason_name, true))
			return 0;
		(void)snprintf(name, NAME_SIZE, "%.*s~%d", NAME_SIZE - 16, own_name, i);
	}
	return -EEXIST;
}

int spool_folder_set_aside(const struct spool_folder *folder, int new_fd, const char *name,
			   int64_t line_number, const char *line, size_t len, const char *reason,
			   struct jo_err *err)
{
	char own_name[NAME_SIZE], bad_name[NAME_SIZE], reason_name[NAME_SIZE], text[400];
	int bad_fd, rc;

	make_name(own_name, folder->node, name, line_number);
	(void)snprintf(text, sizeof(text), "%s\n", reason);
	bad_fd = open_bad(folder->spool, err);
	if (bad_fd < 0)
		return bad_fd;
	rc = find_names(bad_fd, own_name, line != NULL, bad_name, reason_name);
	if (rc == 0)
		rc = write_file(bad_fd, reason_name, text, strlen(text));
	if (rc == 0 && line != NULL)
		rc = write_file(bad_fd, bad_name, line, len);
	else if (rc == 0 && renameat(new_fd, name, bad_fd, bad_name) < 0)
		rc = -errno;
	(void)close(bad_fd);
	if (rc < 0)
		return jo_err_sys(err, rc, "set aside %s/%s/%s", folder->spool, JO_SPOOL_BAD,
				  own_name);
	return 0;
}
