/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asks the models of a finding's night along an axis. */
#include "notify/band.h"

#include <math.h>

#include "fit/groups.h"

static int ask(struct predictor *predictor, const struct store_group *group,
	       const struct notify_item *item, double x, struct notify_band *band,
	       struct jo_err *err)
{
	const struct predictor_query query = {
		.user = item->user,
		.input_bytes = item->input_bytes == JO_MISSING ? JO_MISSING : (int64_t)x,
		.cpu_count = item->cpu_count,
		.task_count = item->task_count,
		.node_count = item->node_count,
		.attrs = item->attrs,
		.probability = 0.99,
		.is_among = true,
	};
	struct predictor_answer answer;
	const struct predictor_metric *metric = &answer.metrics[item->metric];
	int rc = predictor_ask_group(predictor, group, &query, &answer, err);

	if (rc < 0 || !isfinite(metric->expected))
		return rc;
	band->x[band->count] = x;
	band->expected[band->count] = metric->expected;
	/* down to nothing is still a band; a log axis has no 0 */
	band->low[band->count] = fmax(metric->low, metric->expected / 100);
	band->high[band->count] = metric->high;
	band->count++;
	return 0;
}

int notify_band_read(struct night_predictors *predictors, struct store *store,
		     const struct judge_options *judge, const struct notify_item *item,
		     double x_min, double x_max, struct notify_band *ret_band, struct jo_err *err)
{
	bool has_size = item->input_bytes != JO_MISSING;
	int points = has_size && x_max > x_min ? NOTIFY_BAND_POINTS : 2;
	struct store_group_selection selection;
	struct store_group *groups = NULL;
	struct predictor *predictor;
	size_t group_count = 0;
	int rc = night_predictors_get(predictors, store, judge, item->end_unix_us, &predictor,
				     err);

	if (rc < 0 || predictor == NULL || !(x_min > 0))
		return rc;
	store_group_selection_init(&selection);
	selection.id = item->group_id;
	rc = group_list(store, &selection, &groups, &group_count, err);
	for (int i = 0; rc == 0 && group_count > 0 && i < points; i++) {
		double part = (double)i / (points - 1);

		rc = ask(predictor, &groups[0], item,
			 has_size ? x_min * pow(x_max / x_min, part)
				  : x_min + part * (x_max - x_min),
			 ret_band, err);
	}
	group_list_free(groups, group_count);
	return rc;
}
