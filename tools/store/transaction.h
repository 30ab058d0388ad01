/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Transactions, which do not nest.  Without begin every call is one of its own. */
#ifndef STORE_TRANSACTION_H
#define STORE_TRANSACTION_H

#include "joboutliers/err.h"

struct store;

/* Take the write lock: -EBUSY when another program keeps it. */
int store_begin(struct store *store, struct jo_err *err);

/* Returns when the data is on the disk; after a failure the caller rolls back. */
int store_commit(struct store *store, struct jo_err *err);

/* Take back what was done since begin.  Cannot fail. */
void store_rollback(struct store *store);

#endif
