/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * On what kind of file system a path lies, asked of the kernel's list of mounts
 * alone: to ask the path itself, by stat or statfs, is to hang where that file
 * system does.
 */
#ifndef JOBOUTLIERS_MOUNT_H
#define JOBOUTLIERS_MOUNT_H

#include <stdbool.h>

#include "joboutliers/err.h"

#define JO_MOUNT_TYPE_SIZE                                                                         \
	64 /* the kernel's names are short; "fuse." and a name of the mounter's */

/*
 * The type of the file system that PATH is on, as in /proc/self/mountinfo:
 * "ext4", "nfs4", "fuse.sshfs".  PATH must be absolute; it need not exist.
 *
 * Links on the way are followed, as open() would, but only as long as all is on
 * file systems that cannot hang: the first one that can is the answer, and
 * nothing on it is touched.  root goes before the list's path, PATH and the
 * targets of links alike: "" for the machine, a folder for a test.
 *
 * Returns 0 and fills ret_type; -EINVAL for a path that is not absolute, -ELOOP
 * for too many links, -ENAMETOOLONG, -ENOENT when the list names no file system
 * for it, or what the system says of the list.
 */
int jo_mount_type(const char *root, const char *path, char ret_type[static JO_MOUNT_TYPE_SIZE],
		  struct jo_err *err);

/*
 * Whether a file system of that type answers only as long as somebody else does,
 * a server or a process, and lets wait without end whoever uses it when not:
 * nfs, lustre, gpfs, beegfs, all that is fuse, 9p and their like.
 */
bool jo_mount_can_hang(const char *type);

#endif
