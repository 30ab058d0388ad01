/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The names in a folder, in the order of their bytes: in a spool that is the order of time. */
#ifndef FORWARD_NAMES_H
#define FORWARD_NAMES_H

#include <stddef.h>

struct names {
	char **list;
	size_t count, capacity;
};

/*
 * Read them anew, those that begin with '.' apart.  Returns 0, or a negative
 * errno, when *names has those that were read before it; it is released in either
 * case.
 */
int names_read(struct names *names, int folder_fd);

/* The first that is name or comes after it: its index, or count where there is none. */
size_t names_from(const struct names *names, const char *name);

/* Leaves it empty, as {0} is. */
void names_release(struct names *names);

#endif
