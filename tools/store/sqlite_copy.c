/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One name for what is not whole yet, so that killed runs leave one file at
 * most, which the next run removes.  The writer is root where it can be, hence
 * the care about whose folder this is and what has the copy's name.
 */
#include "sqlite_copy.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "joboutliers/units.h"
#include "util/alloc.h"

/* Whoever reads the site's jobs may read this; it has nothing that is not for everybody. */
#define COPY_MODE 0644

/* SQLite's file format: the application id, big endian, stands there in the header. */
#define APPLICATION_ID_AT 68
#define HEADER_SIZE 72

/* Who may write the folder could put a link in the way of what is made there. */
static int check_folder(const char *folder, struct jo_err *err)
{
	struct stat st;

	if (stat(folder, &st) < 0)
		return jo_err_sys(err, -errno, "%s, the folder of the copy for readers", folder);
	if (!S_ISDIR(st.st_mode))
		return jo_err_set(err, -ENOTDIR, "%s: is no folder", folder);
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0 || (st.st_uid != 0 && st.st_uid != geteuid()))
		return jo_err_set(err, -EPERM,
				  "%s: others may write to this folder, so no copy for readers is "
				  "made there; give it one of its own: install -d -m 755 FOLDER",
				  folder);
	return 0;
}

static int check_space(const char *folder, int64_t bytes, struct jo_err *err)
{
	char needed[16], found[16];
	struct statvfs fs;
	int64_t free_bytes;

	if (statvfs(folder, &fs) < 0)
		return jo_err_sys(err, -errno, "%s", folder);
	free_bytes = (int64_t)fs.f_bavail * (int64_t)fs.f_frsize;
	if (free_bytes >= bytes)
		return 0;
	return jo_err_set(err, -ENOSPC, "%s: the copy for readers takes up to %s, and %s are free",
			  folder, jo_bytes_format(bytes, needed, sizeof(needed)),
			  jo_bytes_format(free_bytes, found, sizeof(found)));
}

static bool is_copy(const char *path)
{
	unsigned char header[HEADER_SIZE];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	ssize_t len;
	uint32_t id = 0;

	if (fd < 0)
		return false;
	len = read(fd, header, sizeof(header));
	(void)close(fd);
	if (len != HEADER_SIZE)
		return false;
	for (size_t i = APPLICATION_ID_AT; i < HEADER_SIZE; i++)
		id = id << 8 | header[i];
	return id == SQLITE_COPY_ID;
}

/* A slip in the configuration must not cost a file, least of all the database. */
static int check_target(const char *database, const char *path, struct jo_err *err)
{
	struct stat st, of_database;

	if (lstat(path, &st) < 0)
		return errno == ENOENT ? 0 : jo_err_sys(err, -errno, "%s", path);
	if (stat(database, &of_database) == 0 && st.st_dev == of_database.st_dev &&
	    st.st_ino == of_database.st_ino)
		return jo_err_set(err, -EINVAL,
				  "%s: is the database itself; the copy for readers needs a name "
				  "of its own",
				  path);
	if (!is_copy(path))
		return jo_err_set(
			err, -EEXIST,
			"%s: is no copy for readers, so it is not replaced; move it away, "
			"or name another file",
			path);
	return 0;
}

static int make_file(const char *beside, struct jo_err *err)
{
	int fd;

	if (unlink(beside) < 0 && errno != ENOENT)
		return jo_err_sys(err, -errno, "remove %s", beside);
	fd = open(beside, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return jo_err_sys(err, -errno, "create %s", beside);
	(void)close(fd);
	return 0;
}

int sqlite_copy_start(const char *database, const char *path, int64_t bytes, char **ret_beside,
		      struct jo_err *err)
{
	char *text = xstrdup(path);
	const char *folder = dirname(text);
	char *beside = xasprintf("%s.new", path);
	int rc;

	rc = check_folder(folder, err);
	if (rc == 0)
		rc = check_target(database, path, err);
	/* What a killed run left takes room, too. */
	if (rc == 0)
		rc = make_file(beside, err);
	if (rc == 0) {
		rc = check_space(folder, bytes, err);
		if (rc < 0)
			sqlite_copy_drop(beside);
	}
	free(text);
	if (rc < 0)
		free(beside);
	else
		*ret_beside = beside;
	return rc;
}

int64_t sqlite_copy_size(const char *beside)
{
	struct stat st;

	return stat(beside, &st) == 0 ? (int64_t)st.st_size : 0;
}

/* A folder that cannot be synced keeps the old copy or the new one, either of which is whole. */
static void sync_folder(const char *path)
{
	char *text = xstrdup(path);
	int fd = open(dirname(text), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0) {
		(void)fsync(fd);
		(void)close(fd);
	}
	free(text);
}

int sqlite_copy_put(const char *beside, const char *path, struct jo_err *err)
{
	int fd = open(beside, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	int rc = 0;

	if (fd < 0)
		return jo_err_sys(err, -errno, "%s", beside);
	if (fsync(fd) < 0 || fchmod(fd, COPY_MODE) < 0 || rename(beside, path) < 0)
		rc = jo_err_sys(err, -errno, "write %s", path);
	(void)close(fd);
	if (rc == 0)
		sync_folder(path);
	return rc;
}

void sqlite_copy_drop(const char *beside)
{
	(void)unlink(beside);
}
