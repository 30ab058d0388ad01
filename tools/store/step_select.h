/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a selection of steps is in SQL.  Private to store/. */
#ifndef STORE_STEP_SELECT_H
#define STORE_STEP_SELECT_H

#include "query.h"

/* The conditions of a selection on "step AS s"; its order, then columns that break ties, and limit.
 */
int query_steps(struct query *query, struct store *store, const struct store_selection *selection,
		struct jo_err *err);
void query_order(struct query *query, const struct store_selection *selection, const char *then);

#endif
