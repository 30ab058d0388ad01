/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keeps what readdir() leaves to errno. */
#include "util/listing.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <unistd.h>

static struct listing begin(DIR *dir)
{
	return (struct listing){dir, dir == NULL ? -errno : 0};
}

struct listing listing_open(const char *path)
{
	return begin(opendir(path));
}

struct listing listing_open_fd(int fd)
{
	/* a place of its own in the folder, so that it can be listed again */
	int own_fd = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct listing listing = begin(own_fd < 0 ? NULL : fdopendir(own_fd));

	if (listing.dir == NULL && own_fd >= 0)
		(void)close(own_fd);
	return listing;
}

const struct dirent *listing_next(struct listing *listing)
{
	const struct dirent *entry;

	if (listing->dir == NULL || listing->rc < 0)
		return NULL;
	do {
		errno = 0;
		entry = readdir(listing->dir);
	} while (entry != NULL && entry->d_name[0] == '.');
	if (entry == NULL)
		listing->rc = -errno;
	return entry;
}

int listing_close(struct listing *listing)
{
	if (listing->dir != NULL && closedir(listing->dir) < 0 && listing->rc == 0)
		listing->rc = -errno;
	listing->dir = NULL;
	return listing->rc;
}
