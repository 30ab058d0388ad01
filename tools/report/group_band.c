/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asks a predictor about a group, point by point. */
#include "report/group_band.h"

#include <math.h>

#include "judge/predictor.h"

int group_band_ask(struct predictor *predictor, const struct store_group *group,
		   const struct group_band_step *step, struct predictor_answer *ret_answer,
		   struct jo_err *err)
{
	const struct predictor_query query = {
		.user = step->user,
		.input_bytes = step->input_bytes,
		.cpu_count = step->cpu_count,
		.task_count = step->task_count,
		.node_count = step->node_count,
		.attrs = step->attrs,
		.probability = 0.99, /* of amounts that are enough, which nobody looks at here */
		.is_among = true,
	};

	return predictor_ask_group(predictor, group, &query, ret_answer, err);
}

static int add_point(struct predictor *predictor, const struct store_group *group,
		     const struct group_band_step *step, double x,
		     struct group_band bands[METRIC_COUNT], struct jo_err *err)
{
	struct predictor_answer answer;
	int rc = group_band_ask(predictor, group, step, &answer, err);

	if (rc < 0)
		return rc;
	for (int m = 0; m < METRIC_COUNT; m++) {
		const struct predictor_metric *metric = &answer.metrics[m];

		if (isfinite(metric->expected))
			bands[m].list[bands[m].count++] = (struct group_band_point){
				x, metric->expected, metric->low, metric->high};
	}
	return 0;
}

int group_band_read_sizes(struct predictor *predictor, const struct store_group *group,
			  const struct group_band_step *like, double size_min, double size_max,
			  struct group_band ret_bands[METRIC_COUNT], struct jo_err *err)
{
	int points = size_max > size_min ? GROUP_BAND_POINTS : 1, rc = 0;
	struct group_band_step step = *like;

	for (int m = 0; m < METRIC_COUNT; m++)
		ret_bands[m].count = 0;
	for (int i = 0; i < points && rc == 0; i++) {
		double size =
			points == 1 ? size_min
				    : size_min * pow(size_max / size_min, i / (double)(points - 1));

		step.input_bytes = (int64_t)size;
		rc = add_point(predictor, group, &step, size, ret_bands, err);
	}
	return rc;
}

int group_band_read_times(struct predictor *predictor, const struct store_group *group,
			  const struct group_band_step *like, double from_unix_s, double to_unix_s,
			  struct group_band ret_bands[METRIC_COUNT], struct jo_err *err)
{
	int rc;

	for (int m = 0; m < METRIC_COUNT; m++)
		ret_bands[m].count = 0;
	rc = add_point(predictor, group, like, from_unix_s, ret_bands, err);
	if (rc == 0)
		rc = add_point(predictor, group, like, to_unix_s, ret_bands, err);
	return rc;
}
