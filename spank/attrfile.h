/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file in which a running program declares what only it knows, a line
 * "key=value" each; sjobattr(1) writes it.
 *
 * The plugin makes the file and keeps it open, so that nothing is ever looked
 * up by name again: whatever the user puts in its place is not read.
 */
#ifndef SPANK_ATTRFILE_H
#define SPANK_ATTRFILE_H

#include <limits.h>
#include <stdint.h>
#include <sys/types.h>

#include "joboutliers/err.h"
#include "joboutliers/record.h"

/* Its name, for the program. */
#define ATTRFILE_VARIABLE "SJOB_ATTRIBUTES"

/* A file larger than this is refused as a whole; 16 attributes at their longest are 3 kB. */
#define ATTRFILE_MAX 65536

struct attrfile {
	int dir_fd; /* the folder, or -1 */
	int fd;     /* the file, or -1 */
	char name[64];
};

/* Nothing open; attrfile_remove may follow at once. */
void attrfile_init(struct attrfile *attrfile);

/*
 * Make a new file in the folder `dir` for the user's eyes only, and put its path
 * into ret_path[PATH_MAX].  Called with the user's effective uid; as root, the
 * file is given to the user.
 */
int attrfile_make(struct attrfile *attrfile, const char *dir, uid_t uid, gid_t gid, int64_t job_id,
		  int64_t step_id, char *ret_path, struct jo_err *err);

/*
 * Take what the file says into the record: later lines win, a line
 * "input_size=SIZE" is the input's size.  A line that is no attribute is
 * skipped.  Returns 0, -EINVAL when lines were skipped, or -EFBIG when the file
 * is too large, and then nothing was taken.
 */
int attrfile_read(const struct attrfile *attrfile, struct jo_record *record, struct jo_err *err);

/* Remove the file and close everything. */
void attrfile_remove(struct attrfile *attrfile);

#endif
