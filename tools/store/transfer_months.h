/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parts by months for steps whose ids have none, as a file gives them, where they are copied to an
 * engine that keeps steps by months.  Private to store/. */
#ifndef STORE_TRANSFER_MONTHS_H
#define STORE_TRANSFER_MONTHS_H

#include "driver.h"

/*
 * Make the parts for what the source has and the copy has no part for yet, each in
 * a transaction: all of them where nothing is copied yet, and of those a run that
 * was killed did not come to the rest.  To be called before rows are copied.
 */
int transfer_months_make(struct db *from, struct db *to, struct jo_err *err);

#endif
