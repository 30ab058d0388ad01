/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the verdicts of schema 19 and before, each a row of many columns, to those of now.  Private
 * to store/. */
#ifndef STORE_VERDICT_REPACK_H
#define STORE_VERDICT_REPACK_H

#include "driver.h"

/* In the transaction that the caller has begun, move the rows of some thousand steps from
 * verdict_wide into verdict.  Returns of how many steps; 0: none was left. */
int verdict_repack(struct db *db, struct jo_err *err);

/* Of how many steps rows are left. */
int verdict_repack_count(struct db *db, int64_t *ret_count, struct jo_err *err);

#endif
