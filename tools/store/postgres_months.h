/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables of PostgreSQL's that are in parts, one for each month of steps.  Private to that engine.
 */
#ifndef STORE_POSTGRES_MONTHS_H
#define STORE_POSTGRES_MONTHS_H

#include "engine.h"

/* What db_has_months and the functions below it do there. */
extern const struct db_months postgres_months;

/* Forget which there are, as others make and drop them, and a rollback takes them back. */
void postgres_months_forget(struct db *db);

#endif
