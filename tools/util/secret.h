/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that hold passwords, tokens and the like; whoever reads one makes its text unreadable when
 * done with it. */
#ifndef UTIL_SECRET_H
#define UTIL_SECRET_H

#include <stddef.h>

#include "joboutliers/err.h"

#define SECRET_LINE_SIZE 4097 /* with the NUL: longer than any token, shorter than a page of text  \
			       */

/* Who may read such a file, but root and who runs this, whose it has to be. */
enum secret_readers { SECRET_NOBODY_ELSE, SECRET_A_GROUP };

/*
 * Read a whole file into buf[size], with a NUL behind it; a FIFO makes nobody wait.  Returns 0;
 * -EACCES for a file that others have or may read, -EFBIG for one that is longer; or what the
 * system says.  buf is of no use then.
 */
int secret_read(const char *path, enum secret_readers readers, char *buf, size_t size,
		struct jo_err *err);

/* The same of a file's first line, without its end.  -EINVAL for one that is empty. */
int secret_read_line(const char *path, enum secret_readers readers,
		     char ret_line[static SECRET_LINE_SIZE], struct jo_err *err);

#endif
