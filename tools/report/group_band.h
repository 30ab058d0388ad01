/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is normal for a group's steps along an axis: the band in pictures and on the page. */
#ifndef REPORT_GROUP_BAND_H
#define REPORT_GROUP_BAND_H

#include <stddef.h>
#include <stdint.h>

#include "joboutliers/err.h"
#include "step/metric.h"

struct predictor; /* judge/predictor.h */
struct predictor_answer;
struct store_group; /* store/store.h */

/* Points over which the band is smooth in a picture of 760 pixels: one for each 20 or so. */
#define GROUP_BAND_POINTS 33

/* In seconds or bytes: what is expected, and the ends of what is normal. */
struct group_band_point {
	double x; /* the input size in bytes, or the time in Unix seconds */
	double expected, low, high;
};

struct group_band {
	struct group_band_point list[GROUP_BAND_POINTS]; /* by ascending x */
	size_t count;
};

/* What is known of a step when it is asked what to expect of it: JO_MISSING and "" for unknown. */
struct group_band_step {
	const char *user;
	int64_t input_bytes, cpu_count, task_count, node_count;
	const char *attrs; /* "KEY=VALUE,..." */
};

/*
 * What to expect of a step of the group, judged with its night: in seconds and bytes, NaN for
 * unknown.  Returns 0, or a negative errno when the store fails.
 */
int group_band_ask(struct predictor *predictor, const struct store_group *group,
		   const struct group_band_step *step, struct predictor_answer *ret_answer,
		   struct jo_err *err);

/*
 * Ask for steps like this one, evenly spread in the logarithm of the input size from size_min to
 * size_max (positive; when both are the same, at that size alone).  Where nothing can be said of a
 * metric, its band has no point.  Returns 0, or a negative errno when the store fails.
 */
int group_band_read_sizes(struct predictor *predictor, const struct store_group *group,
			  const struct group_band_step *like, double size_min, double size_max,
			  struct group_band ret_bands[METRIC_COUNT], struct jo_err *err);

/* Likewise for a step without a size, which is the same at any time: at both ends of the stretch.
 */
int group_band_read_times(struct predictor *predictor, const struct store_group *group,
			  const struct group_band_step *like, double from_unix_s, double to_unix_s,
			  struct group_band ret_bands[METRIC_COUNT], struct jo_err *err);

#endif
