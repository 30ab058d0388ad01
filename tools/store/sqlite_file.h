/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file that a SQLite database is.  Private to sqlite.c. */
#ifndef STORE_SQLITE_FILE_H
#define STORE_SQLITE_FILE_H

#include "joboutliers/err.h"
#include "terms.h"

/* Make the file where the mode says so, and refuse what cannot be a database. */
int sqlite_file_ready(const char *path, enum store_mode mode, struct jo_err *err);

#endif
