/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes a new file beside the old one and renames it. */
#include "util/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/alloc.h"
#include "util/write_all.h"

/* Into what is there already and is no file, such as /dev/stdout or a FIFO. */
static int write_into(const char *path, const char *bytes, size_t size, struct jo_err *err)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY), rc;

	if (fd < 0)
		return jo_err_sys(err, -errno, "%s", path);
	rc = write_all(fd, bytes, size);
	if (close(fd) < 0 && rc == 0)
		rc = -errno;
	return rc < 0 ? jo_err_sys(err, rc, "write %s", path) : 0;
}

int replace_file(const char *path, const void *bytes, size_t size, mode_t mode, struct jo_err *err)
{
	char *target = realpath(path, NULL); /* NULL: there is nothing yet */
	char *beside = NULL;
	struct stat st;
	int fd, rc;

	if (target != NULL) {
		path = target;
	} else if (lstat(path, &st) == 0 && S_ISLNK(st.st_mode)) {
		rc = jo_err_sys(err, -ENOENT, "%s is a link to nothing", path);
		goto out;
	}
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
		rc = write_into(path, bytes, size, err);
		goto out;
	}
	beside = xasprintf("%s.XXXXXX", path);
	fd = mkstemp(beside);
	if (fd < 0) {
		rc = jo_err_sys(err, -errno, "%s", beside);
		goto out;
	}
	rc = write_all(fd, bytes, size);
	if (rc == 0 && (fchmod(fd, mode) < 0 || fsync(fd) < 0))
		rc = -errno;
	if (close(fd) < 0 && rc == 0)
		rc = -errno;
	if (rc == 0 && rename(beside, path) < 0)
		rc = -errno;
	if (rc < 0) {
		(void)unlink(beside);
		(void)jo_err_sys(err, rc, "write %s", path);
	}
out:
	free(beside);
	free(target);
	return rc;
}

int replace_or_print(const char *path, const void *bytes, size_t size, mode_t mode,
		     struct jo_err *err)
{
	if (strcmp(path, "-") != 0)
		return replace_file(path, bytes, size, mode, err);
	if (fwrite(bytes, 1, size, stdout) != size || fflush(stdout) != 0)
		return jo_err_sys(err, -errno, "standard output");
	return 0;
}
