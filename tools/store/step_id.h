/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ids of steps: a number that is given out once, so that what was said of a
 * step that was forgotten is never taken for another one's; and in front of it,
 * where the database keeps steps by months, the month in which the step started.
 * The last number stands in the database.  Private to store/.
 */
#ifndef STORE_STEP_ID_H
#define STORE_STEP_ID_H

#include "row.h"

/* Make the id of a new step, in a transaction, and room for it. */
int step_id_make(struct store *store, const struct row *step, int64_t now_unix_us, int64_t *ret_id,
		 struct jo_err *err);

/* The number of the last step that there was, in a transaction. */
int step_id_last(struct store *store, int64_t *ret_number, struct jo_err *err);

/* Write which number was the last one, before the commit. */
int step_id_flush(struct store *store, struct jo_err *err);

/* At a transaction's begin and rollback. */
void step_id_forget(struct store *store);

#endif
