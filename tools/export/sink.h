/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The forms in which export writes steps. */
#ifndef EXPORT_SINK_H
#define EXPORT_SINK_H

#include <stdio.h>

#include "store/store.h"

/*
 * Write the selected steps that have ended, one row each with all nodes merged:
 * the columns that import takes, then their verdicts in columns that begin with
 * INTAKE_VERDICT_PREFIX.  Returns 0, -E2BIG when they have more different
 * attributes than a table has room for, or the store's error; whether fp has
 * failed is the caller's to look at.
 */
int export_csv(struct store *store, const struct store_selection *selection, FILE *fp,
	       struct jo_err *err);

/* Write the selected steps, one JSON object a line, with all that is known of each. */
int export_json(struct store *store, const struct store_selection *selection, FILE *fp,
		struct jo_err *err);

#endif
