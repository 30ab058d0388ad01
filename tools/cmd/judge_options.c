/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From configuration keys to the model's parameters, and from its numbers to cells. */
#include "cmd/judge_options.h"

#include <math.h>

#include "joboutliers/units.h"

/* An int64_t holds it, as it holds all that was ever recorded. */
#define LARGEST 9e18

void cmd_judge_options(const struct conf *conf, struct judge_options *ret_options)
{
	judge_options_init(ret_options);
	ret_options->params.alpha = conf->alpha;
	ret_options->params.alpha_certain = conf->notify_alpha;
	ret_options->params.min_ratio = conf->min_ratio;
	ret_options->params.history_max = (uint32_t)conf->history_max;
	ret_options->judge_days = conf->judge_days;
}

void cmd_out_metric(struct out_cell *cell, enum metric metric, double stored)
{
	char people[32];

	if (!(fabs(stored) < LARGEST))
		return;
	if (metric_infos[metric].kind == METRIC_OF_BYTES) {
		out_bytes(cell, llround(stored));
		return;
	}
	out_real(cell, metric_shown(metric, stored));
	out_for_people(cell, metric_format(metric, stored, people, sizeof(people)));
}
