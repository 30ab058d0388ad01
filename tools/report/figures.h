/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The page's figures beside findings and groups: tiles, nodes, coverage, health. */
#ifndef REPORT_FIGURES_H
#define REPORT_FIGURES_H

#include "finding/survey.h"
#include "report/html.h"
#include "report/report_options.h"

/* Add all of them, and say how many nodes are slow; so many of the survey's steps have findings.
 * Returns 0, or a negative errno when the store fails. */
int figures_add(struct store *store, const struct report_options *options,
		const struct survey *survey, size_t found_step_count, struct report_page *page,
		size_t *ret_slow_node_count, struct jo_err *err);

#endif
