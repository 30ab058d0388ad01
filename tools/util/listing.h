/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is in a folder.  readdir() returns NULL for the end and for a disk that
 * fails alike; here the two cannot be mixed up.
 */
#ifndef UTIL_LISTING_H
#define UTIL_LISTING_H

#include <dirent.h>

struct listing {
	DIR *dir;
	int rc; /* 0, or the negative errno that ended it */
};

/* Begin, by path; a listing that could not be begun is empty, and listing_close tells why. */
struct listing listing_open(const char *path);

/* The same for an open folder, which stays the caller's. */
struct listing listing_open_fd(int fd);

/* The next name that does not begin with '.', good until the next call; NULL: there are no more. */
const struct dirent *listing_next(struct listing *listing);

/* End it, at any point.  Returns 0; or a negative errno when names are missing. */
int listing_close(struct listing *listing);

#endif
