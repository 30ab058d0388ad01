/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The size of the files that a user names as input. */
#ifndef SPANK_INPUTFILES_H
#define SPANK_INPUTFILES_H

#include <stdint.h>

#include "joboutliers/err.h"

/* A folder with more files than this is refused: a submission should not walk a file system. */
#define INPUT_FILES_MAX 1000000

/*
 * Sum the sizes of the files that "PATH[,PATH...]" names.  A PATH is a file, a
 * folder (all regular files in it and below; links in it are not followed), or
 * a pattern of glob(7) that matches at least one.
 *
 * Runs as the user, in srun, sbatch or salloc.  Returns 0, or -EINVAL, -ENOENT,
 * -EACCES and the like with *err naming the path; *ret_bytes is then untouched.
 */
int input_files_size(const char *paths, int64_t *ret_bytes, struct jo_err *err);

#endif
