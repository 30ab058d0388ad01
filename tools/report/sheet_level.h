/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A group's level as one predictor has it: the band over its steps' sizes, and
 * how far its history is from what the predictor expects.  For sheet.c.
 */
#ifndef REPORT_SHEET_LEVEL_H
#define REPORT_SHEET_LEVEL_H

#include <glib.h>

#include "judge/predictor.h"
#include "report/html.h"
#include "store/store.h"

/* Steps of the heatmap: the newest; more blur no further. */
#define LEVEL_HEAT_STEPS 2000

/* Read the bands over the sizes of the steps (struct report_step); none where no step has a size.
 * Returns 0 or a negative errno. */
int level_read_bands(struct predictor *predictor, const struct store_group *group,
		     const GArray *steps, struct group_band ret_bands[METRIC_COUNT],
		     struct jo_err *err);

/* Count the group's steps that ended before the time into heatmaps of multiples of what is
 * expected, zeroed before; release them.  Returns 0 or a negative errno. */
int level_read_heat(struct store *store, struct predictor *predictor,
		    const struct store_group *group, int64_t end_before_unix_us,
		    struct heat heat[METRIC_COUNT], struct jo_err *err);

#endif
