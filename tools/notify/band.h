/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What would have been normal for a finding's job at each size: the band in its picture. */
#ifndef NOTIFY_BAND_H
#define NOTIFY_BAND_H

#include "judge/night_predictors.h"
#include "notify/notify.h"

#define NOTIFY_BAND_POINTS 33

/* In the unit of a picture. */
struct notify_band {
	double x[NOTIFY_BAND_POINTS], expected[NOTIFY_BAND_POINTS], low[NOTIFY_BAND_POINTS],
		high[NOTIFY_BAND_POINTS];
	size_t count;
};

/*
 * Ask the models that the item was judged by for a job like it, from x_min to
 * x_max: input sizes, or times where the item has no size.  Leaves the band
 * empty where they have nothing to say.
 */
int notify_band_read(struct night_predictors *predictors, struct store *store,
		     const struct judge_options *judge, const struct notify_item *item,
		     double x_min, double x_max, struct notify_band *ret_band, struct jo_err *err);

#endif
