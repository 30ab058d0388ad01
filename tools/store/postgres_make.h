/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A database on a server that has none of this name yet.  Private to the PostgreSQL engine. */
#ifndef STORE_POSTGRES_MAKE_H
#define STORE_POSTGRES_MAKE_H

#include <stdbool.h>

#include "joboutliers/err.h"

/* What driver.h says of db_make. */
int postgres_make(const char *database, struct jo_err *err);

/* Whether the server, where a connection to this database failed, has none of its name. */
bool postgres_make_lacks(const char *database);

#endif
