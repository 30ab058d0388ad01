/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How steps are read together with their verdicts.  Private to store/. */
#ifndef STORE_VERDICT_SELECT_H
#define STORE_VERDICT_SELECT_H

#include <stdbool.h>

#include "query.h"
#include "step/step.h"
#include "step/verdict.h"
#include "verdict_text.h"

/* Which verdicts the steps have. */
struct verdict_wanted {
	unsigned kinds;    /* any of these, of enum verdict_kind; 0: any, and */
	bool want_without; /* also steps that have none */
	bool want_history; /* also those that will have none, as they are history */
};

/*
 * Begin a query of the selected steps, of which verdicts_read reads the columns
 * behind those of the step, with its conditions and its order.  What few steps
 * have is found by the index of those, a night at a time; a selection by time is
 * read in the order of the ends, so that neither sorts all that it finds.
 */
int query_verdicts(struct query *query, struct store *store,
		   const struct store_selection *selection, const struct verdict_wanted *wanted,
		   struct jo_err *err);

/* Read the verdicts behind the step's columns, in the order of their metrics: how many there are.
 * Their texts are good as long as the store.  In the column that comes next is whether the step is
 * history, which has none: 0 or 1. */
int verdicts_read(struct db_stmt *stmt, struct verdict_texts *texts, const struct step *step,
		  struct step_verdict ret_verdicts[METRIC_COUNT], struct jo_err *err);

#endif
