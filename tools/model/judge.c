/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A step against its group's model: the band at its size, and where it lies. */
#include "model.h"

#include "attribute.h"
#include "sample.h"

#include <float.h>
#include <math.h>

#define LOCAL_SHARE 0.25
#define LOCAL_MIN 20        /* nearest steps a local scale rests on */
#define LOCAL_SHRINK 15.0   /* steps the group's scale counts for beside them */
#define LEVEL_QUANTILE 1.64 /* 95 %: how wrong a borrowed level may be */
#define TAIL_SHARE 0.35
#define CALM 0.7 /* spread up to which a margin holds as it is, */
#define WILD 1.4 /* and from which it is at least this: */
#define MARGIN_WILD 0.6
#define FEW 10.0          /* steps up to which the whole tail counts, */
#define MANY 24.0         /* and from which their own reach does */
#define THRESHOLD_MAX 6.9 /* log 1000: a band this wide says nothing */

/* What is known at one size before the value is looked at. */
struct place {
	const struct model_fit *fit;
	double middle;   /* of log value */
	double distance; /* log distance to the sizes seen; 0 inside */
	struct tail high, low;
	double peer_high, peer_low;             /* how far out the group's steps often are */
	bool is_row; /* the step is one of those the fit rests on, or judged as one of them */
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

static double distance_to(double input_min, double input_max, double input)
{
	double above = log(fmax(input, 1) / fmax(input_max, 1));
	double below = log(fmax(input_min, 1) / fmax(input, 1));

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

/* The covariates' part of the middle; how far it may be wrong goes to the distance. */
static void add_covariates(const struct model_step *step, struct place *place)
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
		       const struct model_step *step, struct place *place)
{
	const struct model_fit *fit = place->fit;
	double resolution = params->resolution[model->metric], expected = exp(place->middle);

	place->high = (struct tail){fit->scale, fit->tail_weight, fit->shape};
	place->low = (struct tail){fit->low_scale, fit->low_tail_weight, fit->low_shape};
	place->peer_high = fit->peer_high;
	place->peer_low = fit->peer_low;
	if (fit->local_n > 0)
		localise(fit, step->input_bytes, place);
	place->resolution_high = log1p(resolution / expected);
	place->resolution_low = expected > resolution ? -log1p(-resolution / expected) : INFINITY;
}

/* The step's middle: what is expected of it. */
static enum model_reason find_middle(const struct model_params *params, const struct model *model,
				     const struct model_step *step, struct place *ret_place)
{
	bool has_input = sample_is_input(step->input_bytes);
	const struct model_fit *fit = has_input ? &model->sized : &model->unsized;

	*ret_place = (struct place){.fit = fit, .is_row = step->is_among};
	if (fit->source == MODEL_NOTHING)
		return !has_input && model->sized.n > 0 ? MODEL_NO_INPUT_SIZE : MODEL_TOO_FEW;
	if (!has_input) {
		ret_place->middle = fit->level + fit->centre;
	} else {
		ret_place->distance =
			distance_to(fit->input_min, fit->input_max, step->input_bytes);
		if (ret_place->distance > log(params->extrapolation))
			return MODEL_OUTSIDE_SIZES;
		ret_place->middle = middle_at(fit, step->input_bytes);
	}
	add_covariates(step, ret_place);
	return MODEL_REASON_NONE;
}

static enum model_reason find_place(const struct model_params *params, const struct model *model,
				    const struct model_step *step, struct place *ret_place)
{
	enum model_reason reason = find_middle(params, model, step, ret_place);

	if (reason == MODEL_REASON_NONE)
		place_band(params, model, step, ret_place);
	return reason;
}

double model_expected(const struct model_params *params, const struct model *model,
		      const struct model_step *step)
{
	struct place place;

	return find_middle(params, model, step, &place) == MODEL_REASON_NONE ? exp(place.middle)
									      : NAN;
}

/* One side of a place, as the rule looks at it: everything in log units. */
struct side {
	double reach;  /* how far out the group's own steps often are, and what may be wrong */
	double spread; /* the measure of what lies beyond */
};

/*
 * The tail alone calls too many steps of a group high that has two ways to run,
 * or a tenth of its history spoilt; the group's own furthest steps alone say
 * little when there are few.  The measure is made of both.
 */
static struct side side_of(const struct model_params *params, const struct place *place,
			   bool is_high)
{
	const struct tail *tail = is_high ? &place->high : &place->low;
	double peer = fmax(is_high ? place->peer_high : place->peer_low, 0);
	double resolution = is_high ? place->resolution_high : place->resolution_low;
	double doubt = place->distance + LEVEL_QUANTILE * place->fit->level_sd;
	double tails = tail_quantile(tail, params->alpha) + resolution;
	double trust = ((double)place->fit->n - FEW) / (MANY - FEW);

	/*
	 * Few steps show little of their reach, and a step that came alone has no
	 * peers of its own night: there the tail must hold.
	 */
	trust = place->is_row ? fmin(fmax(trust, 0), 1) : 0;
	return (struct side){
		.reach = fmax(peer, (1 - trust) * tails) + doubt,
		.spread = peer + TAIL_SHARE * tails,
	};
}

/*
 * How far from the middle a step must be to stand out.  A margin that serves
 * calm groups, as those of memory mostly are, is too small for wild ones.
 */
static double threshold(const struct model_params *params, const struct side *side, double margin)
{
	double wildness = fmin(fmax((side->spread - CALM) / (WILD - CALM), 0), 1);

	margin += wildness * fmax(MARGIN_WILD - margin, 0);
	return fmax(log(params->min_ratio), side->reach + margin * side->spread);
}

/*
 * Surprise beyond what the group shows by itself.  What is not far enough in
 * proportion stays below 0.1, however calm its group.
 */
static double score_of(const struct model_params *params, const struct side *side, double distance)
{
	double score = fmax((distance - side->reach) / side->spread, 0);

	return distance > log(params->min_ratio) ? score : 0.1 * score / (1 + score);
}

/* The step's value against its place; the reason is why there is none. */
static void decide(const struct model_params *params, enum model_metric metric,
		   const struct place *place, enum model_reason reason,
		   const struct model_step *step, struct model_judgement *j)
{
	struct side high, low;
	double threshold_high, threshold_low, threshold_watch;

	*j = (struct model_judgement){.verdict = MODEL_UNJUDGED,
				      .watch = MODEL_UNJUDGED,
				      .expected = NAN,
				      .low = NAN,
				      .high = NAN,
				      .ratio = NAN,
				      .log_ratio = NAN,
				      .log_threshold = NAN,
				      .p_value = 1,
				      .reason = reason};
	if (place->fit->source != MODEL_NOTHING)
		j->fit = place->fit;
	if (reason != MODEL_REASON_NONE) {
		if (!sample_is_value(step->value))
			j->reason = MODEL_INVALID_VALUE;
		return;
	}
	high = side_of(params, place, true);
	low = side_of(params, place, false);
	threshold_high = threshold(params, &high, params->margin[metric]);
	threshold_watch = high.reach + params->watch_margin[metric] * high.spread;
	threshold_watch = fmin(fmax(threshold_watch, log(params->min_ratio)), threshold_high);
	threshold_low = threshold(params, &low, params->margin_low[metric]);
	if (!(threshold_high <= THRESHOLD_MAX)) {
		j->reason = MODEL_TOO_NOISY;
		return;
	}
	j->log_threshold = threshold_high;
	j->expected = exp(place->middle);
	j->high = exp(place->middle + threshold_high);
	j->low = exp(place->middle - threshold_low);
	if (!sample_is_value(step->value)) {
		j->reason = MODEL_INVALID_VALUE;
		return;
	}
	j->log_ratio = log(step->value) - place->middle;
	j->ratio = exp(j->log_ratio);
	j->verdict = j->log_ratio > threshold_high   ? MODEL_HIGH
		     : -j->log_ratio > threshold_low ? MODEL_LOW
						     : MODEL_NORMAL;
	j->watch = j->log_ratio > threshold_watch ? MODEL_HIGH : j->verdict;
	if (step->is_censored && j->verdict != MODEL_HIGH) {
		j->verdict = MODEL_UNJUDGED;
		j->watch = j->watch == MODEL_HIGH ? MODEL_HIGH : MODEL_UNJUDGED;
		j->reason = MODEL_CUT_SHORT;
	} else if (j->log_ratio > 0) {
		j->p_value = tail_probability(&place->high, j->log_ratio - place->resolution_high);
		j->score = score_of(params, &high, j->log_ratio);
	} else {
		j->p_value = tail_probability(&place->low, -j->log_ratio - place->resolution_low);
		j->score = -score_of(params, &low, -j->log_ratio);
	}
}

void model_judge(const struct model_params *params, const struct model *model,
		 const struct model_step *step, struct model_judgement *ret_judgement)
{
	struct place place;
	enum model_reason reason = find_place(params, model, step, &place);

	decide(params, model->metric, &place, reason, step, ret_judgement);
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

void model_judge_row(const struct model_params *params, const struct model *model,
		     const struct model_history *own, size_t row,
		     struct model_judgement *ret_judgement)
{
	struct model_attribute attributes[MODEL_COLUMNS_MAX];
	struct model_step step = {.input_bytes =
					  own->input_bytes != NULL ? own->input_bytes[row] : NAN,
				  .value = own->value[row],
				  .is_censored = own->is_censored != NULL && own->is_censored[row],
				  .attributes = attributes};
	struct place place = {.fit = sample_is_input(step.input_bytes) ? &model->sized
								       : &model->unsized};
	const struct model_fit *fit = place.fit;
	const struct model_row *found = find_row(fit, row);
	enum model_reason reason = MODEL_REASON_NONE;

	if (found == NULL) {
		/* Too old, or cut short at what is normal: it had no part in the fit. */
		for (size_t i = 0; i < own->column_n && i < MODEL_COLUMNS_MAX; i++)
			attributes[step.attribute_n++] = (struct model_attribute){
				own->columns[i].id, own->columns[i].value[row]};
		model_judge(params, model, &step, ret_judgement);
		return;
	}
	place.is_row = true;
	place.middle = log(step.value) - found->residual;
	if (fit->has_input) {
		double low = fit->input_min, high = fit->input_max;

		low = step.input_bytes == low ? fit->next_input_min : low;
		high = step.input_bytes == high ? fit->next_input_max : high;
		place.distance = distance_to(low, high, step.input_bytes);
		if (place.distance > log(params->extrapolation))
			reason = MODEL_OUTSIDE_SIZES;
	}
	place_band(params, model, &step, &place);
	/* One of the group's furthest steps is not measured by itself. */
	if (found->residual >= fit->peer_high)
		place.peer_high = fit->peer_high_next;
	if (-found->residual >= fit->peer_low)
		place.peer_low = fit->peer_low_next;
	decide(params, model->metric, &place, reason, &step, ret_judgement);
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
