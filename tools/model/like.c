/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a step that is far out has its like among earlier ones. */
#include "like.h"

#include "judge_step.h"
#include "sample.h"

#include <math.h>

#define SIZE_NEAR 1.25 /* times larger or smaller is nearly the same size */

/* Two runs of the same way are not equally long: so many times shorter is still the like. */
#define SLACK 1.05

/* Rarer than this among steps of the size, the like of it may have been slow just as well. */
#define SHARE_MIN 0.02

static bool is_near(const struct model_history *own, size_t row, size_t other)
{
	double a = own->input_bytes != NULL ? own->input_bytes[row] : NAN;
	double b = own->input_bytes != NULL ? own->input_bytes[other] : NAN;

	if (!sample_is_input(a) || !sample_is_input(b))
		return sample_is_input(a) == sample_is_input(b);
	return a == b || (a > 0 && b > 0 && fabs(log(a / b)) <= log(SIZE_NEAR));
}

void like_find(const struct model_params *params, const struct model *model,
	       const struct model_history *own, const bool *is_tonight, size_t row,
	       struct model_judgement *judgement)
{
	size_t first = judgement->fit != NULL ? judgement->fit->regime_start : 0;

	for (size_t other = first; other < own->n; other++) {
		struct model_attribute attributes[MODEL_COLUMNS_MAX];
		struct model_step step = judge_step_of_row(own, other, attributes);
		double expected;

		if (is_tonight[other] || !sample_is_value(step.value) || step.is_censored ||
		    !is_near(own, row, other))
			continue;
		judgement->near_n++;
		expected = model_expected(params, model, &step);
		judgement->like_n +=
			log(step.value / expected) >= judgement->log_ratio - log(SLACK);
	}
	if (judgement->level == MODEL_LEVEL_CERTAIN &&
	    judgement->like_n > SHARE_MIN * judgement->near_n)
		judgement->level = MODEL_LEVEL_HIGH;
}
