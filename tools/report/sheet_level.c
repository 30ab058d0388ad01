/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The band over a sheet's sizes, and the heatmap of its history. */
#include "report/sheet_level.h"

#include <math.h>

#include "joboutliers/units.h"
#include "fit/usable.h"

#define HEAT_COLUMNS 48 /* cells that are still seen in a picture 760 pixels wide, */
#define HEAT_ROWS 24    /* and 460 high */
/* The scale reaches as far as the values, within these. */
#define HEAT_SCALE_MIN 2.0
#define HEAT_SCALE_MAX 16.0

int level_read_bands(struct predictor *predictor, const struct store_group *group,
		     const GArray *steps, struct group_band ret_bands[METRIC_COUNT],
		     struct jo_err *err)
{
	const struct group_band_step like = {group->user, JO_MISSING, JO_MISSING,
					     JO_MISSING,  JO_MISSING, ""};
	double low = INFINITY, high = 0;

	for (guint i = 0; i < steps->len; i++) {
		double bytes = g_array_index(steps, struct report_step, i).input_bytes;

		if (bytes > 0) {
			low = fmin(low, bytes);
			high = fmax(high, bytes);
		}
	}
	if (high == 0)
		return 0;
	return group_band_read_sizes(predictor, group, &like, low, high, ret_bands, err);
}

/* One step of the history, as multiples of what is expected; NaN where either is not known. */
struct heat_step {
	double end_unix_s;
	double ratio[METRIC_COUNT];
};

static int read_ratios(struct predictor *predictor, const struct store_group *group,
		       const struct store_history *history, GArray *ratios, struct jo_err *err)
{
	for (size_t i = 0; i < history->count; i++) {
		const struct store_obs *obs = &history->list[i];
		const struct group_band_step step = {group->user,     obs->input_bytes,
						     obs->cpu_count,  obs->task_count,
						     obs->node_count, obs->attrs};
		struct heat_step heat_step = {.end_unix_s = (double)obs->end_unix_us / JO_US_PER_S};
		struct predictor_answer answer;
		int rc;

		/* what failed may have stopped early */
		if (obs->state != STEP_STATE_COMPLETED)
			continue;
		rc = group_band_ask(predictor, group, &step, &answer, err);
		if (rc < 0)
			return rc;
		for (int m = 0; m < METRIC_COUNT; m++)
			heat_step.ratio[m] =
				usable_amount(obs, (enum metric)m, answer.metrics[m].measure) /
				answer.metrics[m].expected;
		g_array_append_val(ratios, heat_step);
	}
	return 0;
}

static void count(const GArray *ratios, int metric, struct heat *heat)
{
	double scale = HEAT_SCALE_MIN;

	for (guint i = 0; i < ratios->len; i++) {
		double ratio = g_array_index(ratios, struct heat_step, i).ratio[metric];

		if (ratio > 0 && isfinite(ratio))
			scale = fmax(scale, fmax(ratio, 1 / ratio));
	}
	scale = fmin(scale * 1.05, HEAT_SCALE_MAX);
	heat_init(heat, g_array_index(ratios, struct heat_step, 0).end_unix_s,
		  g_array_index(ratios, struct heat_step, ratios->len - 1).end_unix_s + 1,
		  1 / scale, scale, HEAT_COLUMNS, HEAT_ROWS);
	for (guint i = 0; i < ratios->len; i++) {
		const struct heat_step *step = &g_array_index(ratios, struct heat_step, i);

		heat_add(heat, step->end_unix_s, step->ratio[metric]);
	}
}

int level_read_heat(struct store *store, struct predictor *predictor,
		    const struct store_group *group, int64_t end_before_unix_us,
		    struct heat heat[METRIC_COUNT], struct jo_err *err)
{
	GArray *ratios = g_array_new(FALSE, FALSE, sizeof(struct heat_step));
	struct store_history history = {0};
	int rc = store_history_read(store, group->id, end_before_unix_us, LEVEL_HEAT_STEPS,
				    &history, err);

	if (rc == 0)
		rc = read_ratios(predictor, group, &history, ratios, err);
	for (int m = 0; m < METRIC_COUNT && rc == 0 && ratios->len > 0; m++)
		count(ratios, m, &heat[m]);
	store_history_release(&history);
	(void)g_array_free(ratios, TRUE);
	return rc;
}
