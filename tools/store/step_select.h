/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a selection of steps is in SQL, and how a step is read.  Private to store/. */
#ifndef STORE_STEP_SELECT_H
#define STORE_STEP_SELECT_H

#include "query.h"
#include "step/step.h"

/* SQL for the columns of a struct step, from "step AS s". */
extern const char store_step_sql[];

/* Add that for some of them, or for all where columns is NULL. */
void query_columns(struct query *query, const struct store_columns *columns);

/* The columns of one node, from "step AS s" and "step_node AS n". */
extern const char store_node_sql[];

/* Read these columns; texts are good until the statement's next step. */
int step_read(struct store *store, struct db_stmt *stmt, const struct store_columns *columns,
	      struct step *ret_step, struct jo_err *err);

/* Whether the selection is of what runs, and nothing else. */
bool query_wants_running(const struct store_selection *selection);

/* Add the conditions of a selection on "step AS s". */
int query_steps(struct query *query, struct store *store, const struct store_selection *selection,
		struct jo_err *err);

/* Add its order and limit.  night: a column that goes up with the ends, and in whose order the rows
 * can be read; NULL for none. */
void query_order(struct query *query, const struct store_selection *selection, const char *night);

#endif
