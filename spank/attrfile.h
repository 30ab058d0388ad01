/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file in which a running program declares what only it knows, a line
 * "key=value" each; sjobattr(1) writes it.
 *
 * The plugin makes the file and remembers which one it is: whatever the user puts
 * in its place is not read.  It is not kept open, as the hooks that make and read
 * it may each run in a child of slurmstepd, whose descriptors end with it.
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
	char path[PATH_MAX]; /* empty: there is none */
	uid_t uid;
	dev_t dev;
	ino_t ino;
};

/* None; every other function may follow. */
void attrfile_init(struct attrfile *attrfile);

/*
 * Make a new file in the folder `dir` for the user's eyes only; its path is then
 * in attrfile->path.  Called with the user's effective uid; as root, the file is
 * given to the user.
 */
int attrfile_make(struct attrfile *attrfile, const char *dir, uid_t uid, gid_t gid, int64_t job_id,
		  int64_t step_id, struct jo_err *err);

/*
 * Take what the file says into the record: later lines win, a line
 * "input_size=SIZE" is the input's size, and the largest "peak_allocated=SIZE" what
 * was allocated at most.  A line that is no attribute is
 * skipped.  Returns 0, -EINVAL when lines were skipped, -ESTALE when it is not
 * the file that was made, -EFBIG when it is too large, or what opening it gave;
 * in all but the first two nothing was taken.
 */
int attrfile_read(const struct attrfile *attrfile, struct jo_record *record, struct jo_err *err);

/* Remove the file, or what is in its place. */
void attrfile_remove(struct attrfile *attrfile);

#endif
