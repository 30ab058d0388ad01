/* SPDX-License-Identifier: GPL-2.0-or-later */
/* flock(2): bound to the open file, so a crash leaves nothing to clean up. */
#include "util/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

int lock_take(const char *path, int *ret_fd, struct jo_err *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	int rc;

	if (fd < 0)
		return jo_err_sys(err, -errno, "%s", path);
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		rc = errno == EWOULDBLOCK
			     ? jo_err_set(err, -EBUSY, "%s: another run holds it", path)
			     : jo_err_sys(err, -errno, "%s", path);
		(void)close(fd);
		return rc;
	}
	*ret_fd = fd;
	return 0;
}
