/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is mounted, from /proc: where the control groups are, and whether a path
 * lies on a file system that can hang, learnt without touching it.
 */
#ifndef JOBOUTLIERS_MOUNTS_H
#define JOBOUTLIERS_MOUNTS_H

#include <stdbool.h>
#include <stddef.h>

#include "joboutliers/err.h"

/* One line of mountinfo; see proc(5). */
struct jo_mount {
	const char *root; /* which folder of its file system is mounted */
	const char *path;
	const char *type;
	const char *options; /* of the file system, with commas between */
};

/* Owns its text; to be given to jo_mounts_free. */
struct jo_mounts {
	char *text;
	struct jo_mount *list; /* in the order of mounting */
	size_t count;
};

/*
 * Read ROOT/proc/self/mountinfo; lines that are none are left out.  Returns 0,
 * -ENOMEM, -EFBIG, or what the system says, with *ret_mounts empty.
 */
int jo_mounts_read(const char *root, struct jo_mounts *ret_mounts, struct jo_err *err);

/*
 * Whether an absolute path, its links followed, lies on a file system of this
 * node's own: 0, or -EREMOTE for one that somebody else must answer for (or whose
 * kind is not known), -ENAMETOOLONG or -ELOOP.
 */
int jo_mounts_check_local(const struct jo_mounts *mounts, const char *path, struct jo_err *err);

/*
 * Whether all of an absolute path, its links followed, lies on the same mount as
 * "/", and that is a file system of this node's own.  Asks the kernel, which
 * stops before it leaves that mount: a tenth of the time that mountinfo takes.
 * false also where the kernel cannot tell (before Linux 5.6), or nothing is
 * there; jo_mounts_check_local then knows.
 */
bool jo_mounts_is_on_root(const char *path);

/* Free what jo_mounts_read has filled; all zero is fine. */
void jo_mounts_free(struct jo_mounts *mounts);

#endif
