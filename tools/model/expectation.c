/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a model expects at a step's size and with its attributes, and its band there. */
#include "expectation.h"

#include "attribute.h"
#include "level.h"
#include "sample.h"
#include "stretch.h"

#include <math.h>

#define TRUST_ALONE 0.5 /* in a group's habit, for a step without its night */

static double fit_at(const struct model_fit *fit, double input)
{
	const struct level level = {.power = fit->power,
				    .offset = fit->offset,
				    .input_min = fit->input_min,
				    .input_low = fit->input_low,
				    .level = fit->level};

	return level_at(&level, input);
}

/*
 * Beyond the sizes seen the cost is assumed to grow at least in proportion, and
 * below them not to fall: an error here costs a miss, not a false alarm.
 */
static double middle_at(const struct model_fit *fit, double input)
{
	double middle = fit_at(fit, input), edge;

	if (fit->power > 0 && input > fit->input_max) {
		edge = fit_at(fit, fit->input_max) +
		       fmax(1, fit->power) * log(fmax(input, 1) / fmax(fit->input_max, 1));
		middle = fmax(middle, edge);
	} else if (fit->power > 0 && input < fit->input_min) {
		middle = fmax(middle, fit_at(fit, fit->input_min));
	}
	return middle + fit->centre;
}

static double distance_to(double input_min, double input_max, double input)
{
	double above, below;

	if (input >= input_min && input <= input_max)
		return 0;
	above = log(fmax(input, 1) / fmax(input_max, 1));
	below = log(fmax(input_min, 1) / fmax(input, 1));
	return fmax(0, fmax(above, below));
}

/* Most steps are at no distance, of which the logarithm need not be taken. */
static bool is_too_far(const struct model_params *params, double distance)
{
	return distance > 0 ? distance > log(params->extrapolation) : params->extrapolation < 1;
}

/* The covariates' part of the middle; how far it may be wrong goes to the distance. */
static void add_covariates(const struct model_step *step, struct expectation *place)
{
	const struct model_fit *fit = place->fit;

	for (uint32_t i = 0; i < fit->covariate_n; i++) {
		const struct model_covariate *covariate = &fit->covariates[i];
		double doubt;

		place->middle +=
			covariate_effect(covariate, attribute_of(step, covariate->id), &doubt);
		place->distance += doubt;
	}
}

/* Where the step lies among the sizes seen; the tails and the resolution there. */
static void place_band(const struct model_params *params, const struct model *model,
		       const struct model_step *step, struct expectation *place)
{
	const struct model_fit *fit = place->fit;
	double resolution = params->resolution[model->metric], expected = exp(place->middle);

	place->stretch = stretch_at(fit, fit->has_input ? step->input_bytes : 0);
	place->high = (struct tail){fit->scale * place->stretch, fit->tail_weight, fit->shape};
	place->low = (struct tail){fit->low_scale * place->stretch, fit->low_tail_weight,
				   fit->low_shape};
	place->peer_high = fit->peer_high * place->stretch;
	place->peer_low = fit->peer_low * place->stretch;
	place->resolution_high = log1p(resolution / expected);
	place->resolution_low = expected > resolution ? -log1p(-resolution / expected) : INFINITY;
}

enum reason expectation_middle(const struct model_params *params, const struct model *model,
			       const struct model_step *step, struct expectation *ret_place)
{
	bool has_input = sample_is_input(step->input_bytes);
	const struct model_fit *fit = has_input ? &model->sized : &model->unsized;

	*ret_place = (struct expectation){
		.fit = fit, .trust = step->is_among ? 1 : TRUST_ALONE, .residual = NAN};
	if (fit->source == MODEL_NOTHING)
		return !has_input && model->sized.n > 0 ? REASON_NO_INPUT_SIZE : REASON_TOO_FEW;
	if (!has_input) {
		ret_place->middle = fit->level + fit->centre;
	} else {
		ret_place->distance =
			distance_to(fit->input_min, fit->input_max, step->input_bytes);
		if (is_too_far(params, ret_place->distance))
			return REASON_OUTSIDE_SIZES;
		ret_place->middle = middle_at(fit, step->input_bytes);
	}
	add_covariates(step, ret_place);
	return REASON_NONE;
}

enum reason expectation_find(const struct model_params *params, const struct model *model,
			     const struct model_step *step, struct expectation *ret_place)
{
	enum reason reason = expectation_middle(params, model, step, ret_place);

	if (reason == REASON_NONE)
		place_band(params, model, step, ret_place);
	return reason;
}

static const struct model_row *find_row(const struct model_fit *fit, size_t row)
{
	size_t low = 0, high = fit->row_n;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (fit->rows[middle].row < row)
			low = middle + 1;
		else
			high = middle;
	}
	return low < fit->row_n && fit->rows[low].row == row ? &fit->rows[low] : NULL;
}

bool expectation_find_row(const struct model_params *params, const struct model *model,
			  const struct model_step *step, size_t row, struct expectation *ret_place,
			  enum reason *ret_reason)
{
	const struct model_fit *fit =
		sample_is_input(step->input_bytes) ? &model->sized : &model->unsized;
	const struct model_row *found = find_row(fit, row);
	struct expectation place = {.fit = fit, .trust = 1, .residual = NAN};

	if (found == NULL)
		return false;
	*ret_reason = REASON_NONE;
	place.middle = log(step->value) - found->residual;
	if (fit->has_input) {
		double low = fit->input_min, high = fit->input_max;

		low = step->input_bytes == low ? fit->next_input_min : low;
		high = step->input_bytes == high ? fit->next_input_max : high;
		place.distance = distance_to(low, high, step->input_bytes);
		if (is_too_far(params, place.distance))
			*ret_reason = REASON_OUTSIDE_SIZES;
	}
	place_band(params, model, step, &place);
	if (fit->source == MODEL_OWN)
		place.residual = found->residual;
	/* One of the group's furthest steps is not measured by itself. */
	if (found->residual >= place.peer_high)
		place.peer_high = fit->peer_high_next * place.stretch;
	if (-found->residual >= place.peer_low)
		place.peer_low = fit->peer_low_next * place.stretch;
	*ret_place = place;
	return true;
}
