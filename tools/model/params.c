/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The model's defaults, and the words for its enums. */
#include "model.h"

#include <string.h>

static const char *const verdict_words[MODEL_VERDICTS] = {
	[MODEL_NORMAL] = "normal",
	[MODEL_HIGH] = "high",
	[MODEL_LOW] = "low",
	[MODEL_UNJUDGED] = "unjudged",
};

static const char *const reason_words[MODEL_REASONS] = {
	[MODEL_REASON_NONE] = "",
	[MODEL_TOO_FEW] = "too-few",
	[MODEL_NO_INPUT_SIZE] = "no-input-size",
	[MODEL_OUTSIDE_SIZES] = "outside-sizes",
	[MODEL_CUT_SHORT] = "cut-short",
	[MODEL_INVALID_VALUE] = "no-value",
	[MODEL_TOO_NOISY] = "too-noisy",
};

static const char *const metric_words[MODEL_METRICS] = {
	[MODEL_WALL] = "wall",
	[MODEL_MEMORY] = "memory",
};

const char *model_verdict_word(enum model_verdict verdict)
{
	return verdict_words[verdict];
}

const char *model_reason_word(enum model_reason reason)
{
	return reason_words[reason];
}

const char *model_metric_word(enum model_metric metric)
{
	return metric_words[metric];
}

void model_params_init(struct model_params *params)
{
	memset(params, 0, sizeof(*params));
	params->alpha = 0.005;
	params->margin_low = 1;
	params->min_ratio = 1.5;
	params->extrapolation = 2;
	params->resolution[MODEL_WALL] = 1;
	params->resolution[MODEL_MEMORY] = 4 << 20;
	params->history_max = 500;
	params->own_min = 8;
	params->borrow_min = 3;
	params->own_enough = 20;
	params->prior[MODEL_WALL] = (struct model_prior){
		.scale = 0.15, .scale_weight = 6, .shape = 1, .shape_weight = 30};
	params->prior[MODEL_MEMORY] = (struct model_prior){
		.scale = 0.08, .scale_weight = 6, .shape = 1, .shape_weight = 30};
}
