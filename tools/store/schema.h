/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The schema's versions.  Private to store/. */
#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H

#include <stdint.h>

#include "driver.h"

/* Bring the database to the newest version, each in a transaction of its own, or refuse it. */
int schema_open(struct db *db, enum store_mode mode, struct jo_err *err);

/* The version it has. */
int schema_version(struct db *db, int64_t *ret_version, struct jo_err *err);

#endif
