/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The page's figures beside findings and groups: tiles, nodes, coverage, health. */
#ifndef REPORT_FIGURES_H
#define REPORT_FIGURES_H

#include "finding/survey.h"
#include "report/collect.h"

int figures_add(struct store *store, const struct report_options *options,
		const struct survey *survey, struct report_page *page, size_t *ret_slow_node_count,
		struct jo_err *err);

#endif
