/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A folder's entries as the kernel gives them: for a step, which must not pay for
 * the 32 kB that opendir(3) allocates for each folder.
 */
#ifndef JOBOUTLIERS_DIRENTS_H
#define JOBOUTLIERS_DIRENTS_H

#include <stddef.h>
#include <stdint.h>

/* As getdents64(2) has it. */
struct jo_dirent {
	uint64_t ino;
	int64_t off;
	uint16_t reclen;
	uint8_t type; /* DT_DIR and so on */
	char name[];
};

/* Some hundred entries for each call of the kernel. */
#define JO_DIRENTS_SIZE 16384

struct jo_dirents {
	int fd;    /* the caller's, of a folder */
	int error; /* errno of what kept the rest from being read; 0: nothing did */
	size_t used, length;
	_Alignas(struct jo_dirent) char buf[JO_DIRENTS_SIZE];
};

/* Begin where the descriptor stands: at the first entry of one that was just opened. */
void jo_dirents_init(struct jo_dirents *dirents, int fd);

/* The next entry, "." and ".." among them, until the next call; NULL after the last, or when the
 * rest cannot be read, as error then says. */
const struct jo_dirent *jo_dirents_next(struct jo_dirents *dirents);

#endif
