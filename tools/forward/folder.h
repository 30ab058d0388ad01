/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Folders of spools, ours and the target's, opened by descriptor and following
 * no link, and the target's as a place where records go.
 */
#ifndef FORWARD_FOLDER_H
#define FORWARD_FOLDER_H

#include <stdbool.h>
#include <stdint.h>

#include "forward/parcel.h"

/*
 * Open the folder NAME in dir_fd (AT_FDCWD for a path), which must belong to
 * root or to whoever runs this, and be writable for the owner alone.  path is
 * what messages call it.
 *
 * Returns its descriptor, or -EPERM for one that is not as said, or what the
 * system says: -ELOOP or -ENOTDIR for what is no folder.
 */
int folder_open(int dir_fd, const char *name, const char *path, struct jo_err *err);

/* Read all that a descriptor has, at most size bytes; the number of bytes or a negative errno. */
int64_t folder_read(int fd, char *bytes, size_t size);

/* A spool that records are carried to: TARGET/NODE/{tmp,new}. */
struct folder_target {
	const char *path;
	int64_t files_max; /* of one node that may wait there */
	bool is_dry;       /* only look whether it would do */
	int top_fd;
	char node[PARCEL_NAME_MAX + 1]; /* whose folders are open; empty for none */
	int tmp_fd, new_fd;
	int64_t waiting_count; /* in new/, as far as we know */
	bool is_full_told;
};

/* Returns 0, or a negative errno after which there is nothing to close. */
int folder_target_open(struct folder_target *target, struct jo_err *err);
void folder_target_close(struct folder_target *target);

/* As parcel_sink has it; context is a struct folder_target.  A node's folder is made when missing.
 */
int folder_target_take(void *context, struct parcel *parcel, struct forward_summary *report,
		       struct jo_err *err);

#endif
