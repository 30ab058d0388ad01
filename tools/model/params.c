/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The model's defaults. */
#include "model.h"

#include <string.h>

void model_params_init(struct model_params *params)
{
	memset(params, 0, sizeof(*params));
	params->alpha = 0.005;
	params->alpha_certain = 0.00015;
	params->margin_low = 1;
	params->min_ratio = 1.5;
	params->extrapolation = 2;
	params->resolution[METRIC_WALL] = 1;
	params->resolution[METRIC_MEMORY] = 4 << 20;
	params->resolution[METRIC_CPU] = 1;
	params->history_max = 500;
	params->own_min = 8;
	params->borrow_min = 3;
	params->own_enough = 20;
	/* Of tails nobody knows yet heavy ones are the likelier: too light a one is a false alarm. */
	params->prior[METRIC_WALL] = (struct model_prior){.scale = 0.15,
							 .scale_weight = 6,
							 .shape = 1,
							 .shape_weight = 30,
							 .tail = {0.3, 0.3, 0.2, 0.2},
							 .alike = 0.5};
	params->prior[METRIC_MEMORY] = (struct model_prior){.scale = 0.08,
							   .scale_weight = 6,
							   .shape = 1,
							   .shape_weight = 30,
							   .tail = {0.3, 0.3, 0.2, 0.2},
							   .alike = 0.5};
	/* At a size, CPU time has a half to a third of the scatter of run time. */
	params->prior[METRIC_CPU] = (struct model_prior){.scale = 0.08,
							 .scale_weight = 6,
							 .shape = 1,
							 .shape_weight = 30,
							 .tail = {0.3, 0.3, 0.2, 0.2},
							 .alike = 0.5};
}
