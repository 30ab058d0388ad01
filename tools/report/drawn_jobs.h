/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The jobs of the stretch beside its findings: so many of them as a page can have. */
#ifndef REPORT_DRAWN_JOBS_H
#define REPORT_DRAWN_JOBS_H

#include "finding/survey.h"
#include "report/html.h"
#include "store/store.h"

/* Put every so many of the survey's steps on the page, so that at most max are there.  Returns 0,
 * or a negative errno when the store fails. */
int drawn_jobs_add(struct store *store, const struct survey *survey, size_t max,
		   struct report_page *page, struct jo_err *err);

#endif
