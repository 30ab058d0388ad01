/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looks by O_PATH, which opens nothing, before it opens. */
#include "userfile.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/sysmacros.h>
#include <unistd.h>

bool userfile_is_on(int fd, dev_t dev, ino_t *ret_ino)
{
	struct statx stx;

	if (statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_INO, &stx) < 0)
		return false;
	*ret_ino = stx.stx_ino;
	return makedev(stx.stx_dev_major, stx.stx_dev_minor) == dev;
}

int userfile_open(int dir_fd, const char *name, dev_t dev, struct stat *ret_st)
{
	int fd = openat(dir_fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	bool is_there;
	ino_t ino;
	int rc;

	if (fd < 0)
		return -errno;
	is_there = userfile_is_on(fd, dev, &ino);
	(void)close(fd);
	if (!is_there)
		return -ESTALE;
	fd = openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fstat(fd, ret_st) < 0)
		rc = -errno;
	else
		rc = ret_st->st_dev == dev && ret_st->st_ino == ino ? 0 : -ESTALE;
	if (rc == 0)
		return fd;
	(void)close(fd);
	return rc;
}
