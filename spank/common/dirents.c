/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls the kernel for a folder's entries, some at a time. */
#include "joboutliers/dirents.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

void jo_dirents_init(struct jo_dirents *dirents, int fd)
{
	dirents->fd = fd;
	dirents->error = 0;
	dirents->used = dirents->length = 0;
}

const struct jo_dirent *jo_dirents_next(struct jo_dirents *dirents)
{
	const struct jo_dirent *entry;

	if (dirents->used == dirents->length) {
		long n = syscall(SYS_getdents64, dirents->fd, dirents->buf, sizeof(dirents->buf));

		if (n <= 0) {
			dirents->error = n < 0 ? errno : 0;
			return NULL;
		}
		dirents->used = 0;
		dirents->length = (size_t)n;
	}
	entry = (const struct jo_dirent *)(const void *)(dirents->buf + dirents->used);
	dirents->used += entry->reclen;
	return entry;
}
