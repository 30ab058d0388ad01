/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes a new file beside the old one and renames it. */
#include "util/replace.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/alloc.h"

static int write_all(int fd, const char *bytes, size_t size)
{
	while (size > 0) {
		ssize_t n = write(fd, bytes, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		bytes += n;
		size -= (size_t)n;
	}
	return 0;
}

int replace_file(const char *path, const void *bytes, size_t size, mode_t mode, struct jo_err *err)
{
	char *beside = xasprintf("%s.XXXXXX", path);
	int fd = mkstemp(beside), rc = 0;

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
	return rc;
}
