/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whose a file is is asked of what was opened. */
#include "util/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static int check_file(int fd, const char *path, struct jo_err *err)
{
	struct stat info;

	if (fstat(fd, &info) != 0)
		return jo_err_sys(err, -errno, "%s", path);
	if (!S_ISREG(info.st_mode))
		return jo_err_set(err, -EINVAL, "%s: expected a file", path);
	if (info.st_uid != 0 && info.st_uid != geteuid())
		return jo_err_set(err, -EACCES, "%s: belongs to user %u, expected root or oneself",
				  path, (unsigned)info.st_uid);
	if ((info.st_mode & 077) != 0)
		return jo_err_set(err, -EACCES,
				  "%s: others may read it (mode %03o), expected 600: chmod 600 it",
				  path, (unsigned)info.st_mode & 0777);
	return 0;
}

int secret_read(const char *path, char *buf, size_t size, struct jo_err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), rc;
	ssize_t len = 0;

	if (fd < 0)
		return jo_err_sys(err, -errno, "%s", path);
	rc = check_file(fd, path, err);
	if (rc == 0)
		len = read(fd, buf, size - 1);
	if (len < 0)
		rc = jo_err_sys(err, -errno, "%s", path);
	(void)close(fd);
	buf[len < 0 ? 0 : len] = '\0';
	return rc;
}
