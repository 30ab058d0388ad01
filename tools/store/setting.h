/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers that a database keeps of itself, by name.  Private to store/. */
#ifndef STORE_SETTING_H
#define STORE_SETTING_H

#include <stdint.h>

#include "driver.h"

/* JO_MISSING where there is none of this name. */
int setting_get(struct db *db, const char *key, int64_t *ret_value, struct jo_err *err);

/* Keep it, in place of what was there. */
int setting_put(struct db *db, const char *key, int64_t value, struct jo_err *err);

#endif
