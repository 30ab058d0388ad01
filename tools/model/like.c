/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a step that is far out has its like among earlier ones. */
#include "like.h"

#include "fit.h"
#include "judge_step.h"
#include "sample.h"

#include <math.h>

#define SIZE_NEAR 1.25 /* times larger or smaller is nearly the same size */

/* Two runs of the same way are not equally long: so many times shorter is still the like. */
#define SLACK 1.05

static bool is_near(const struct model_history *own, size_t row, size_t other)
{
	double a = own->input_bytes != NULL ? own->input_bytes[row] : NAN;
	double b = own->input_bytes != NULL ? own->input_bytes[other] : NAN;

	if (!sample_is_input(a) || !sample_is_input(b))
		return sample_is_input(a) == sample_is_input(b);
	return a == b || (a > 0 && b > 0 && fabs(log(a / b)) <= log(SIZE_NEAR));
}

/* How far out the model has a row. */
static double log_ratio_of(const struct like_search *search, size_t row)
{
	struct model_attribute attributes[MODEL_COLUMNS_MAX];
	struct model_step step = judge_step_of_row(search->own, row, attributes);

	return log(step.value / model_expected(search->params, search->model, &step));
}

static bool is_complete(const struct model_history *own, size_t row)
{
	return sample_is_value(own->value[row]) &&
	       !(own->is_censored != NULL && own->is_censored[row]);
}

/*
 * Whether a row was told from normal ones when it came.  One that nobody could
 * judge by then, as the group was young, may be how the group is.
 */
static bool was_high(const struct like_search *search, size_t row)
{
	const struct model_history *own = search->own;
	struct model_attribute attributes[MODEL_COLUMNS_MAX];
	struct model_step step = judge_step_of_row(own, row, attributes);
	struct model_judgement judgement;
	struct model until;

	if (!fit_until(search->params, search->model, sample_is_input(step.input_bytes), own, row,
		       search->workspace, &until))
		return false;
	model_judge(search->params, &until, &step, &judgement);
	model_release(&until);
	return judgement.verdict == VERDICT_HIGH;
}

static bool is_normal(const struct like_search *search, size_t row)
{
	enum like_past *past = &search->past[row];

	if (*past == LIKE_NOT_ASKED)
		*past = was_high(search, row) ? LIKE_HIGH : LIKE_NORMAL;
	return *past == LIKE_NORMAL;
}

void like_find(const struct like_search *search, size_t row, struct model_judgement *judgement)
{
	const struct model_history *own = search->own;
	size_t first = judgement->fit != NULL ? judgement->fit->regime_start : 0;
	/* The judgement's own may be by another model, with which these cannot be compared. */
	double least = log_ratio_of(search, row) - log(SLACK);

	for (size_t other = first; other < own->n; other++) {
		if (search->is_tonight[other] || !is_complete(own, other) ||
		    !is_near(own, row, other))
			continue;
		judgement->near_n++;
		judgement->like_n +=
			log_ratio_of(search, other) >= least && is_normal(search, other);
	}
	if (judgement->level == VERDICT_LEVEL_CERTAIN &&
	    verdict_has_likes(judgement->near_n, judgement->like_n))
		judgement->level = VERDICT_LEVEL_HIGH;
}
