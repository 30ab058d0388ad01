/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A group's level as one predictor has it: the band at each size, and how far
 * its steps are from what it expects of them.  Private to sheet.c.
 */
#ifndef REPORT_SHEET_LEVEL_H
#define REPORT_SHEET_LEVEL_H

#include "report/sheet.h"

/* Steps of the heatmap: the newest; more blur no further. */
#define LEVEL_HEAT_STEPS 2000

/* What is known of a step when it is asked what to expect of it. */
struct level_step {
	int64_t input_bytes, cpu_count, task_count, node_count;
	const char *attrs;
};

/* Fill the answers, one for each metric: what is expected, in seconds and bytes, NaN for unknown,
 * and of which measure. */
int level_expected(struct predictor *predictor, const struct store_group *group,
		   const struct level_step *step, struct predictor_answer *ret_answer,
		   struct jo_err *err);

/* Read the band over the sizes of the sheet's steps. */
int level_read_bands(struct predictor *predictor, const struct store_group *group,
		     struct sheet *sheet, struct jo_err *err);

/* Count the group's steps that ended before the time into the sheet's heatmaps. */
int level_read_heat(struct store *store, struct predictor *predictor,
		    const struct store_group *group, int64_t end_before_unix_us,
		    struct sheet *sheet, struct jo_err *err);

#endif
