/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is mounted, from /proc: where the control groups are, and whether a path
 * lies on a file system that can hang, learnt without touching it.
 */
#ifndef SPANK_MOUNTS_H
#define SPANK_MOUNTS_H

#include <stddef.h>

#include "joboutliers/err.h"

/* One line of mountinfo; see proc(5). */
struct mount {
	const char *root; /* which folder of its file system is mounted */
	const char *path;
	const char *type;
	const char *options; /* of the file system, with commas between */
};

/* Owns its text; to be given to mounts_free. */
struct mounts {
	char *text;
	struct mount *list; /* in the order of mounting */
	size_t count;
};

/*
 * Read ROOT/proc/self/mountinfo; lines that are none are left out.  Returns 0,
 * -ENOMEM, -EFBIG, or what the system says, with *ret_mounts empty.
 */
int mounts_read(const char *root, struct mounts *ret_mounts, struct jo_err *err);

/*
 * Whether an absolute path, its links followed, lies on a file system of this
 * node's own: 0, or -EREMOTE for one that somebody else must answer for (or whose
 * kind is not known), -ENAMETOOLONG or -ELOOP.
 */
int mounts_check_local(const struct mounts *mounts, const char *path, struct jo_err *err);

/* Free what mounts_read has filled; all zero is fine. */
void mounts_free(struct mounts *mounts);

#endif
