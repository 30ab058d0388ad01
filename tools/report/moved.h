/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The page's list of groups whose level moved. */
#ifndef REPORT_MOVED_H
#define REPORT_MOVED_H

#include "drift/account.h"
#include "report/html.h"
#include "report/report_options.h"

/* Read the drifts that were found, or found to hold, in the report's stretch. */
int moved_read(struct store *store, const struct report_options *options,
	       struct drift_account *ret_drifts, struct jo_err *err);

/* Add one row; group as of report_page_add_group. */
void moved_add(struct report_page *page, const struct drift_finding *finding, size_t group);

#endif
