/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Folders of spools, ours and the target's, opened by descriptor and following
 * no link, and the target's as a place where records go.
 */
#ifndef FORWARD_FOLDER_H
#define FORWARD_FOLDER_H

#include <stdbool.h>
#include <stdint.h>

#include "forward/names.h"
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

/* No file that was carried is larger. */
#define FOLDER_FILE_MAX sizeof(((struct parcel *)0)->bytes)

/* A spool that records are carried to: TARGET/NODE/{tmp,new}. */
struct folder_target {
	const char *path;
	int64_t waiting_max; /* records of one node */
	bool is_dry;         /* only look whether it would do */
	int top_fd;
	char node[PARCEL_NAME_MAX + 1]; /* whose folders are open; empty for none */
	int tmp_fd, new_fd;
	struct names there;    /* in new/, when it was opened */
	struct names cut;      /* in tmp/, then: of a run that was killed */
	int64_t waiting_count; /* records in new/, as far as names tell */
	bool is_full_told;
	char *known; /* the file of these that was read last; FOLDER_FILE_MAX bytes */
	size_t known_len;
	bool has_known;
};

/* Returns 0, or a negative errno after which there is nothing to close. */
int folder_target_open(struct folder_target *target, struct jo_err *err);
void folder_target_close(struct folder_target *target);

/*
 * As parcel_sink has it; context is a struct folder_target.  A node's folder is
 * made when missing.  What a run before has carried is known by the name of the
 * first record of its parcel, so of each parcel that one's file is to be removed last.
 */
int folder_target_take(void *context, struct parcel *parcel, struct forward_summary *report,
		       struct jo_err *err);

#endif
