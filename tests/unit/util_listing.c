/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The end of a folder and a disk that fails are two things. */
#include "tap.h"
#include "util/listing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int fails_at = -1; /* the n-th name from now on; -1: none does */

struct dirent *readdir(DIR *dir)
{
	if (fails_at < 0 || fails_at-- > 0)
		return (struct dirent *)readdir64(dir);
	errno = EIO;
	return NULL;
}

static int count_names(struct listing listing, int *ret_rc)
{
	int count = 0;

	while (listing_next(&listing) != NULL)
		count++;
	is_int(listing_next(&listing) == NULL, 1, "the end is the end");
	*ret_rc = listing_close(&listing);
	return count;
}

int main(void)
{
	char folder[] = "/dev/shm/util_listing.XXXXXX", path[100];
	int fd, rc;

	if (mkdtemp(folder) == NULL)
		return 1;
	for (int i = 0; i < 5; i++) {
		(void)snprintf(path, sizeof(path), "%s/%sfile%d", folder, i == 0 ? "." : "", i);
		fd = open(path, O_CREAT | O_WRONLY, 0600);
		ok(fd >= 0 && close(fd) == 0, "make %s", path);
	}
	is_int(count_names(listing_open(folder), &rc), 4, "all names but the hidden one");
	is_int(rc, 0, "and nothing is missing");
	fd = open(folder, O_RDONLY | O_DIRECTORY);
	is_int(count_names(listing_open_fd(fd), &rc), 4, "of an open folder");
	is_int(count_names(listing_open_fd(fd), &rc), 4, "which can be listed again");
	is_int(close(fd), 0, "and stays the caller's");
	/* "." and ".." and the hidden one are among those that are read */
	for (int i = 0; i <= 7; i++) {
		fails_at = i;
		ok(count_names(listing_open(folder), &rc) <= 4,
		   "some names, with a disk that fails");
		is_int(rc, -EIO, "which is told, at name %d", i);
		fails_at = -1;
	}
	is_int(count_names(listing_open("/nonexistent"), &rc), 0, "no folder has no names");
	is_int(rc, -ENOENT, "and that is told");
	is_int(count_names(listing_open_fd(-1), &rc), 0,
	       "nor has a folder that could not be opened");
	is_int(rc, -EBADF, "which is told");
	(void)snprintf(path, sizeof(path), "rm -r %s", folder);
	return system(path) != 0 || tap_done();
}
