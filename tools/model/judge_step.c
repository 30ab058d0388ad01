/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A step against its group's model: the band at its size, and where it lies. */
#include "judge_step.h"

#include "expectation.h"
#include "sample.h"
#include "spread.h"

#include <math.h>

#define TAIL_SHARE                                                                                 \
	0.35 /* of the tail beside the habit; chosen by trying others, see joboutliers-model(7) */
#define CALM 0.7 /* spread up to which the reach is all, */
#define WILD 2.0 /* and from which so much of it more is asked for: */
#define MARGIN_WILD 0.9      /* how much further out in a wild group; likewise */
#define FLOOR_GROWTH 1.25    /* of min_ratio, where normal steps reach it */
#define RESOLUTION_LEAST 0.7 /* of the measure's resolution: a smaller difference is none */
#define FEW 4.0              /* steps up to which the whole tail counts, */
#define MANY 16.0            /* and from which their own reach does */
#define HABIT_CHANCE 0.1     /* of what a tenth of the group's steps do */
#define THRESHOLD_MAX 6.9    /* log 1000: a band this wide says nothing */

double model_expected(const struct model_params *params, const struct model *model,
		      const struct model_step *step)
{
	struct expectation place;

	return expectation_middle(params, model, step, &place) == REASON_NONE ? exp(place.middle)
									      : NAN;
}

/*
 * How far from the middle a step must be to stand out, in log units; in
 * *ret_least how far at the least to be high, whatever its chance; in
 * *ret_coarse how coarse the measure is: steps that are often exact tell that it
 * is not.
 *
 * The tail alone calls too many steps of a group high that has two ways to run,
 * or a tenth of its history spoilt; the group's own furthest steps alone say
 * little when there are few, and what a wild group shows is not the last of it.
 */
static double threshold(const struct model_params *params, const struct expectation *place, bool is_high,
			double margin, double *ret_coarse, double *ret_least)
{
	const struct tail *tail = is_high ? &place->high : &place->low;
	double peer = fmax(is_high ? place->peer_high : place->peer_low, 0);
	double resolution = is_high ? place->resolution_high : place->resolution_low;
	double doubt = place->distance + MODEL_LEVEL_QUANTILE * place->fit->level_sd;
	double smooth = tail_quantile(tail, params->alpha), whole = smooth + resolution;
	double spread = peer + TAIL_SHARE * whole, least = log(params->min_ratio);
	double wildness = fmin(fmax((spread - CALM) / (WILD - CALM), 0), 1);
	double trust = fmin(fmax(((double)place->fit->n - FEW) / (MANY - FEW), 0), 1);
	double reach;

	trust *= place->trust;
	reach = fmax(peer, (1 - trust) * whole) + doubt;
	reach += (wildness * MARGIN_WILD + margin) * spread;
	*ret_least = fmax(fmax(least, RESOLUTION_LEAST * resolution), reach);
	least = fmin(fmax(smooth, least), least + log(FLOOR_GROWTH));
	least = fmax(least, RESOLUTION_LEAST * resolution);
	*ret_coarse = place->trust < 1 ? resolution : (1 - trust + trust * TAIL_SHARE) * resolution;
	return fmax(least, reach);
}

/* One side of a place: how far out a step must be there, and what the chance of that is. */
struct reach {
	double watched;             /* log distance */
	double high;                /* likewise; at least that */
	double off;                 /* part of a distance that says nothing */
	double stretch;             /* of the spread */
	double habit;               /* so far out are a tenth of the group's steps */
	struct model_spread spread; /* without the step itself */
};

static double chance_of(const struct reach *reach, double distance)
{
	double chance = spread_chance(&reach->spread, (distance - reach->off) / reach->stretch);

	return distance > reach->habit ? chance : fmax(chance, HABIT_CHANCE);
}

static void find_reach(const struct model_params *params, const struct expectation *place, bool is_high,
		       double margin, struct reach *ret_reach)
{
	const struct model_spread *spread = is_high ? &place->fit->high : &place->fit->low;
	double coarse, least, residual = is_high ? place->residual : -place->residual;
	double distance = is_high ? place->fit->high_reach : place->fit->low_reach;

	ret_reach->watched = threshold(params, place, is_high, margin, &coarse, &least);
	ret_reach->off = coarse + place->distance + MODEL_LEVEL_QUANTILE * place->fit->level_sd;
	ret_reach->stretch = place->stretch;
	ret_reach->habit = is_high ? place->peer_high : place->peer_low;
	if (residual >= 0)
		spread_without(spread, residual / place->stretch, &ret_reach->spread);
	else
		ret_reach->spread = *spread;
	if (residual >= 0 || place->fit->reach_chance != params->alpha)
		distance = spread_distance(&ret_reach->spread, params->alpha);
	ret_reach->high =
		fmax(ret_reach->watched, ret_reach->off + ret_reach->stretch * distance);
}

/*
 * What compares between groups: the distance in units of what is watched and of
 * what is high, which is further where few steps leave the group's scatter open;
 * of their geometric mean, with the former twice, as what is far out by any
 * measure comes first.  Beyond 1 for all that is high; 0 where nothing can be.
 */
static double score_of(const struct reach *reach, double distance)
{
	return distance / cbrt(reach->watched * reach->watched * reach->high);
}

/* The step's value against its place; the reason is why there is none. */
static void decide(const struct model_params *params, const struct expectation *place,
		   enum reason reason, const struct model_step *step,
		   struct model_judgement *j)
{
	struct reach high, low;
	const struct reach *side;
	double distance;
	bool is_watched, is_out;

	*j = (struct model_judgement){.verdict = VERDICT_UNJUDGED,
				      .watch = VERDICT_UNJUDGED,
				      .expected = NAN,
				      .low = NAN,
				      .high = NAN,
				      .ratio = NAN,
				      .log_ratio = NAN,
				      .p_value = 1,
				      .reason = reason};
	if (place->fit->source != MODEL_NOTHING)
		j->fit = place->fit;
	if (reason != REASON_NONE) {
		if (!sample_is_value(step->value))
			j->reason = REASON_NO_VALUE;
		return;
	}
	find_reach(params, place, true, 0, &high);
	find_reach(params, place, false, params->margin_low, &low);
	if (!(high.high <= THRESHOLD_MAX)) {
		j->reason = REASON_TOO_NOISY;
		return;
	}
	j->expected = exp(place->middle);
	j->high = exp(place->middle + high.high);
	j->low = exp(place->middle - low.high);
	if (!sample_is_value(step->value)) {
		j->reason = REASON_NO_VALUE;
		return;
	}
	j->log_ratio = log(step->value) - place->middle;
	j->ratio = exp(j->log_ratio);
	side = j->log_ratio > 0 ? &high : &low;
	distance = fabs(j->log_ratio);
	is_watched = distance > side->watched;
	is_out = distance > side->high;
	j->watch = !is_watched ? VERDICT_NORMAL : side == &high ? VERDICT_HIGH : VERDICT_LOW;
	j->verdict = is_out ? j->watch : VERDICT_NORMAL;
	j->p_value = chance_of(side, distance);
	j->extent = j->log_ratio / side->watched;
	j->score = copysign(score_of(side, distance), j->log_ratio);
	if (j->watch == VERDICT_HIGH)
		j->level = !is_out                              ? VERDICT_LEVEL_WATCH
			   : j->p_value > params->alpha_certain ? VERDICT_LEVEL_HIGH
								: VERDICT_LEVEL_CERTAIN;
	if (step->is_censored && j->verdict != VERDICT_HIGH) {
		j->verdict = VERDICT_UNJUDGED;
		j->watch = j->watch == VERDICT_HIGH ? VERDICT_HIGH : VERDICT_UNJUDGED;
		j->reason = REASON_CUT_SHORT;
		j->p_value = 1;
		j->score = j->extent = 0;
	}
}

void model_judge(const struct model_params *params, const struct model *model,
		 const struct model_step *step, struct model_judgement *ret_judgement)
{
	struct expectation place;
	enum reason reason = expectation_find(params, model, step, &place);

	decide(params, &place, reason, step, ret_judgement);
}

struct model_step judge_step_of_row(const struct model_history *own, size_t row,
				    struct model_attribute attributes[MODEL_COLUMNS_MAX])
{
	struct model_step step = {
		.input_bytes = own->input_bytes != NULL ? own->input_bytes[row] : NAN,
		.value = own->value[row],
		.is_censored = own->is_censored != NULL && own->is_censored[row],
		.attributes = attributes,
	};

	for (size_t i = 0; i < own->column_n && i < MODEL_COLUMNS_MAX; i++)
		attributes[step.attribute_n++] =
			(struct model_attribute){own->columns[i].id, own->columns[i].value[row]};
	return step;
}

void model_judge_row(const struct model_params *params, const struct model *model,
		     const struct model_history *own, size_t row,
		     struct model_judgement *ret_judgement)
{
	struct model_attribute attributes[MODEL_COLUMNS_MAX];
	struct model_step step = judge_step_of_row(own, row, attributes);
	enum reason reason;
	struct expectation place;

	/* Too old, or cut short at what is normal: it had no part in the fit. */
	if (!expectation_find_row(params, model, &step, row, &place, &reason))
		reason = expectation_find(params, model, &step, &place);
	decide(params, &place, reason, &step, ret_judgement);
}

void judge_step_beside(const struct model_params *params, const struct model *model,
		  const struct model_history *own, size_t row, double trust,
		  struct model_judgement *ret_judgement)
{
	struct model_attribute attributes[MODEL_COLUMNS_MAX];
	struct model_step step = judge_step_of_row(own, row, attributes);
	struct expectation place;
	enum reason reason = expectation_find(params, model, &step, &place);

	place.trust = trust;
	decide(params, &place, reason, &step, ret_judgement);
	ret_judgement->is_apart = true;
}

double model_quantile(const struct model_params *params, const struct model *model,
		      const struct model_step *step, double probability,
		      enum reason *ret_reason)
{
	struct expectation place;
	enum reason reason = expectation_find(params, model, step, &place);
	double result = NAN;

	if (reason == REASON_NONE) {
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
