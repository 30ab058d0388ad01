/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A step against its group's model: the band at its size, and where it lies. */
#include "model.h"

#include "sample.h"

#include <float.h>
#include <math.h>

#define LOCAL_SHARE 0.25
#define LOCAL_MIN 20        /* nearest steps a local scale rests on */
#define LOCAL_SHRINK 15.0   /* steps the group's scale counts for beside them */
#define LEVEL_QUANTILE 1.64 /* 95 %: how wrong a borrowed level may be */
#define THRESHOLD_MAX 6.9   /* log 1000: a band this wide says nothing */

/* What is known at one size before the value is looked at. */
struct place {
	const struct model_fit *fit;
	double middle;   /* of log value */
	double distance; /* log distance to the sizes seen; 0 inside */
	struct tail high, low;
	double resolution_high, resolution_low; /* in log units, at the middle */
};

static double fit_at(const struct model_fit *fit, double input)
{
	double shifted = fmax(input - fit->input_min + fit->offset, fit->offset / 2);

	return fit->power == 0 ? fit->level : fit->level + fit->power * log(shifted);
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

static double distance_to(const struct model_fit *fit, double input)
{
	double above = log(fmax(input, 1) / fmax(fit->input_max, 1));
	double below = log(fmax(fit->input_min, 1) / fmax(input, 1));

	return fmax(0, fmax(above, below));
}

/* First of the n residuals nearest to a log size. */
static size_t nearest(const struct model_fit *fit, float log_input, size_t n)
{
	size_t low = 0, high = fit->local_n - n;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (log_input - fit->local_log_input[middle] >
		    fit->local_log_input[middle + n] - log_input)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Draw the scales towards those of the steps nearest in size. */
static void localise(const struct model_fit *fit, double input, struct place *place)
{
	double residual[MODEL_HISTORY_LIMIT / 2], scratch[MODEL_HISTORY_LIMIT / 2], scale;
	size_t n, from, weight;

	n = (size_t)ceil(LOCAL_SHARE * fit->local_n);
	n = n < LOCAL_MIN ? LOCAL_MIN : n;
	if (fit->local_n < n)
		return;
	from = nearest(fit, (float)log(fmax(input, DBL_MIN)), n);
	for (size_t i = 0; i < n; i++)
		residual[i] = fit->local_residual[from + i];
	scale = tail_scale(residual, n, scratch, &weight);
	place->high.scale = (scale * (double)weight + fit->scale * LOCAL_SHRINK) /
			    ((double)weight + LOCAL_SHRINK);
	for (size_t i = 0; i < n; i++)
		residual[i] = -residual[i];
	scale = tail_scale(residual, n, scratch, &weight);
	place->low.scale = (scale * (double)weight + fit->low_scale * LOCAL_SHRINK) /
			   ((double)weight + LOCAL_SHRINK);
}

static enum model_reason find_place(const struct model_params *params, const struct model *model,
				    const struct model_step *step, struct place *ret_place)
{
	bool has_input = sample_is_input(step->input_bytes);
	const struct model_fit *fit = has_input ? &model->sized : &model->unsized;
	double resolution = params->resolution[model->metric], expected;

	*ret_place = (struct place){.fit = fit};
	if (fit->source == MODEL_NOTHING)
		return !has_input && model->sized.n > 0 ? MODEL_NO_INPUT_SIZE : MODEL_TOO_FEW;
	ret_place->high = (struct tail){fit->scale, fit->tail_weight, fit->shape};
	ret_place->low = (struct tail){fit->low_scale, fit->low_tail_weight, fit->low_shape};
	if (!has_input) {
		ret_place->middle = fit->level + fit->centre;
	} else {
		ret_place->distance = distance_to(fit, step->input_bytes);
		if (ret_place->distance > log(params->extrapolation))
			return MODEL_OUTSIDE_SIZES;
		ret_place->middle = middle_at(fit, step->input_bytes);
		if (fit->local_n > 0)
			localise(fit, step->input_bytes, ret_place);
	}
	expected = exp(ret_place->middle);
	ret_place->resolution_high = log1p(resolution / expected);
	ret_place->resolution_low =
		expected > resolution ? -log1p(-resolution / expected) : INFINITY;
	return MODEL_REASON_NONE;
}

/* How far above the middle a step must be to be called high, in log units. */
static double threshold_high(const struct model_params *params, const struct place *place,
			     double alpha)
{
	double threshold =
		tail_quantile(&place->high, alpha) + place->resolution_high + place->distance;

	threshold = fmax(threshold, place->fit->known_high);
	threshold += LEVEL_QUANTILE * place->fit->level_sd;
	return fmax(threshold, log(params->min_ratio));
}

static double threshold_low(const struct model_params *params, const struct place *place,
			    double alpha)
{
	double threshold =
		tail_quantile(&place->low, alpha) + place->resolution_low + place->distance;

	threshold = fmax(threshold, place->fit->known_low);
	threshold += LEVEL_QUANTILE * place->fit->level_sd;
	return fmax(threshold, log(params->min_ratio));
}

static enum model_verdict verdict_at(const struct model_params *params, const struct place *place,
				     double log_ratio, double alpha, double alpha_low)
{
	if (log_ratio > 0)
		return log_ratio > threshold_high(params, place, alpha) ? MODEL_HIGH : MODEL_NORMAL;
	return -log_ratio > threshold_low(params, place, alpha_low) ? MODEL_LOW : MODEL_NORMAL;
}

void model_judge(const struct model_params *params, const struct model *model,
		 const struct model_step *step, struct model_judgement *ret_judgement)
{
	struct model_judgement *j = ret_judgement;
	struct place place;
	double t;

	*j = (struct model_judgement){.verdict = MODEL_UNJUDGED,
				      .watch = MODEL_UNJUDGED,
				      .expected = NAN,
				      .low = NAN,
				      .high = NAN,
				      .ratio = NAN,
				      .log_ratio = NAN,
				      .log_threshold = NAN,
				      .p_value = 1};
	j->reason = find_place(params, model, step, &place);
	if (place.fit->source != MODEL_NOTHING)
		j->fit = place.fit;
	if (j->reason == MODEL_REASON_NONE &&
	    !(threshold_high(params, &place, params->alpha) <= THRESHOLD_MAX))
		j->reason = MODEL_TOO_NOISY;
	if (j->reason == MODEL_REASON_NONE) {
		j->log_threshold = threshold_high(params, &place, params->alpha);
		j->expected = exp(place.middle);
		j->high = exp(place.middle + j->log_threshold);
		j->low = exp(place.middle - threshold_low(params, &place, params->alpha_low));
	}
	if (!sample_is_value(step->value)) {
		j->reason = MODEL_INVALID_VALUE;
		return;
	}
	if (j->reason != MODEL_REASON_NONE)
		return;
	j->log_ratio = log(step->value) - place.middle;
	j->ratio = exp(j->log_ratio);
	j->verdict = verdict_at(params, &place, j->log_ratio, params->alpha, params->alpha_low);
	j->watch =
		verdict_at(params, &place, j->log_ratio, params->watch_alpha, params->watch_alpha);
	if (step->is_censored && j->verdict != MODEL_HIGH) {
		j->verdict = MODEL_UNJUDGED;
		j->watch = j->watch == MODEL_HIGH ? MODEL_HIGH : MODEL_UNJUDGED;
		j->reason = MODEL_CUT_SHORT;
		return;
	}
	if (j->log_ratio > 0) {
		t = j->log_ratio - place.resolution_high;
		j->p_value = tail_probability(&place.high, t);
	} else {
		t = -j->log_ratio - place.resolution_low;
		j->p_value = tail_probability(&place.low, t);
	}
	j->score = -log10(j->p_value);
}

double model_quantile(const struct model_params *params, const struct model *model,
		      const struct model_step *step, double probability,
		      enum model_reason *ret_reason)
{
	struct place place;
	enum model_reason reason = find_place(params, model, step, &place);
	double result = NAN;

	if (reason == MODEL_REASON_NONE) {
		if (probability > 0.5)
			result = exp(place.middle + place.distance +
				     tail_quantile(&place.high, 1 - probability));
		else
			result = exp(place.middle - place.distance -
				     tail_quantile(&place.low, probability));
	}
	if (ret_reason != NULL)
		*ret_reason = reason;
	return result;
}
