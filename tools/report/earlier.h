/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether what was found is new: findings of the days before, of the same class and cause. */
#ifndef REPORT_EARLIER_H
#define REPORT_EARLIER_H

#include "report/html.h"
#include "report/report_options.h"
#include "store/store.h"

/* Put on the page what was found in the week before the stretch.  Returns 0, or a negative errno
 * when the store fails. */
int earlier_add(struct store *store, const struct report_options *options, struct report_page *page,
		struct jo_err *err);

#endif
