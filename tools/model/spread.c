/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How far out normal steps of a group are, from few residuals. */
#include "spread.h"

#include <math.h>
#include <string.h>

#define CHANCE_MIN 1e-300    /* of a normal double, so that its logarithm is finite */
#define SOLVED 1e-9          /* of the log of a distance */
#define SOLVE_ROUNDS_MAX 100 /* bisection ends in 60 at double precision */
#define FIRST_GUESS 2.6      /* scales, where a normal distribution has 1 in 200, */
#define FIRST_SLOPE 7.5  /* and how the log of its chance falls there with that of the distance */
#define NEGLIGIBLE 1e-9F /* a weight below it cannot be seen in a chance that matters */

#define MEAN_TO_SIGMA                                                                              \
	1.2533 /* of a normal distribution: the priors' scale is the mean of a side                \
		*/
/* Of Student's t: a site's odd group is not argued away.  Its density is then 1 / w^2. */
#define PRIOR_FREEDOM 3.0
#define APART_DISTANCE 0.5 /* how much the logs of two scales that differ do so, on average */

/*
 * The share of one side beyond t, of Student's t of even degrees of freedom: these
 * times 1, v, v^2, ... and v^freedom/2, in v = 1 - t / sqrt(freedom + t^2).
 */
static const double survive[MODEL_SPREAD_TAILS][5] = {
	{1},
	{1.5, -0.5},
	{315 / 128.0 * 16 / 5, -315 / 128.0 * 32 / 6, 315 / 128.0 * 24 / 7, -315 / 128.0,
	 315 / 128.0 / 9},
	{0},
};

static double scale_at(const struct model_spread *spread, size_t i)
{
	return spread_scale(spread->step, spread->first + (int32_t)i);
}

/* The share of one side that is beyond t. */
static double survival(size_t tail, double t)
{
	const struct spread_form *form = &spread_forms[tail];
	double root, v, power = 1, sum = 0;

	if (form->freedom == 0)
		return erfc(t * M_SQRT1_2);
	root = sqrt(form->freedom + t * t);
	v = form->freedom / (root * (root + t));
	for (int i = (int)form->freedom / 2 - 1; i >= 0; i--)
		sum = sum * v + survive[tail][i];
	for (int i = (int)form->freedom / 2; i > 0; i--)
		power *= v;
	return power * sum;
}

static double prior_of_scale(const struct model_prior *prior, double log_scale)
{
	double far = log_scale - log(MEAN_TO_SIGMA * prior->scale);
	double w = 1 + far * far * prior->scale_weight / PRIOR_FREEDOM;

	return 1 / (w * w);
}

/*
 * Weigh one side's scales: by their own likelihood, and that of the other side's
 * at the same scale, or at any.  Returns the share of the same.
 */
static double weigh(const struct spread_side *own, const struct spread_side *other,
		    const struct model_prior *prior, int32_t other_first,
		    struct model_spread *spread)
{
	const double step = spread->step;
	const double apart_share = (1 - prior->alike) * step / (2 * APART_DISTANCE);
	double of_difference[2 * MODEL_SPREAD_SCALES], of_scale[MODEL_SPREAD_SCALES];
	double sum = 0, alike_sum = 0;
	int32_t first = spread->first - other_first - (MODEL_SPREAD_SCALES - 1);

	for (int32_t i = 0; i < 2 * MODEL_SPREAD_SCALES; i++)
		of_difference[i] =
			apart_share * exp(-step * fabs((double)(first + i)) / APART_DISTANCE);
	for (int32_t i = 0; i < MODEL_SPREAD_SCALES; i++)
		of_scale[i] = prior_of_scale(prior, step * (double)(spread->first + i));
	for (size_t tail = 0; tail < MODEL_SPREAD_TAILS; tail++)
		for (size_t i = 0; i < MODEL_SPREAD_SCALES; i++) {
			double alike = 0, apart = 0;
			double here = own->of[tail][i] * (prior->tail[tail] * of_scale[i]);
			int64_t same = (int64_t)i + spread->first - other_first;

			for (size_t j = 0; j < MODEL_SPREAD_SCALES; j++)
				apart += other->of[tail][j] *
					 of_difference[MODEL_SPREAD_SCALES - 1 + i - j];
			if (same >= 0 && same < MODEL_SPREAD_SCALES)
				alike = prior->alike * other->of[tail][same];
			spread->weight[tail][i] = (float)(here * (alike + apart));
			sum += here * (alike + apart);
			alike_sum += here * alike;
		}
	return sum > 0 ? alike_sum / sum : prior->alike;
}

/* Weights that sum to 1. */
static void normalise(struct model_spread *spread)
{
	double sum = 0;

	for (size_t tail = 0; tail < MODEL_SPREAD_TAILS; tail++)
		for (size_t i = 0; i < MODEL_SPREAD_SCALES; i++)
			sum += (double)spread->weight[tail][i];
	for (size_t tail = 0; tail < MODEL_SPREAD_TAILS; tail++)
		for (size_t i = 0; i < MODEL_SPREAD_SCALES; i++)
			spread->weight[tail][i] = (float)((double)spread->weight[tail][i] / sum);
}

/* The grid and the strays of a side; one without residuals is where the prior has it. */
static void place(const struct spread_side *side, double step, double usual,
		  struct model_spread *ret_spread)
{
	ret_spread->step = step;
	ret_spread->stray = side->stray;
	ret_spread->first = side->n > 0 ? side->first : spread_likelihood_first(step, usual);
}

void spread_fit(const struct spread_likelihood *likelihood, const struct model_prior *prior,
		struct model_spread *ret_high, struct model_spread *ret_low, double *ret_alike)
{
	const struct spread_side *high = &likelihood->high, *low = &likelihood->low;
	double usual = MEAN_TO_SIGMA * prior->scale;

	place(high, likelihood->step, usual, ret_high);
	place(low, likelihood->step, usual, ret_low);
	*ret_alike = weigh(high, low, prior, ret_low->first, ret_high);
	(void)weigh(low, high, prior, ret_high->first, ret_low);
	normalise(ret_high);
	normalise(ret_low);
}

void spread_without(const struct model_spread *spread, double distance,
		    struct model_spread *ret_without)
{
	double stray = spread->stray * spread_stray_density(distance);

	*ret_without = *spread;
	for (size_t i = 0; i < MODEL_SPREAD_SCALES; i++) {
		double per_scale = 1 / scale_at(spread, i);

		for (size_t tail = 0; tail < MODEL_SPREAD_TAILS; tail++)
			ret_without->weight[tail][i] =
				(float)((double)spread->weight[tail][i] /
					((1 - spread->stray) *
						 spread_form_density(&spread_forms[tail],
								     distance * per_scale) *
						 per_scale +
					 stray));
	}
	normalise(ret_without);
}

/* The weights of a side that count. */
struct mixture {
	size_t n;
	size_t tail[MODEL_SPREAD_TAILS * MODEL_SPREAD_SCALES];
	double weight[MODEL_SPREAD_TAILS * MODEL_SPREAD_SCALES];
	double per_scale[MODEL_SPREAD_TAILS * MODEL_SPREAD_SCALES];
};

static void mixture_make(const struct model_spread *spread, struct mixture *ret_mixture)
{
	ret_mixture->n = 0;
	for (size_t i = 0; i < MODEL_SPREAD_SCALES; i++) {
		double per_scale = 1 / scale_at(spread, i);

		for (size_t tail = 0; tail < MODEL_SPREAD_TAILS; tail++) {
			if (spread->weight[tail][i] < NEGLIGIBLE)
				continue;
			ret_mixture->tail[ret_mixture->n] = tail;
			ret_mixture->weight[ret_mixture->n] = (double)spread->weight[tail][i];
			ret_mixture->per_scale[ret_mixture->n++] = per_scale;
		}
	}
}

static double mixture_chance(const struct mixture *mixture, double distance)
{
	double chance = 0;

	for (size_t i = 0; i < mixture->n; i++)
		chance += mixture->weight[i] *
			  survival(mixture->tail[i], distance * mixture->per_scale[i]);
	return fmax(0.5 * chance, CHANCE_MIN);
}

double spread_chance(const struct model_spread *spread, double distance)
{
	struct mixture mixture;

	if (!(distance > 0))
		return 0.5;
	mixture_make(spread, &mixture);
	return mixture_chance(&mixture, distance);
}

/*
 * The secant method on log chance against log distance, which falls, and is
 * nearly straight; halving where it leaves what is known.
 */
double spread_distance(const struct model_spread *spread, double chance)
{
	double low = -INFINITY, high = INFINITY, at = 0, before = 0, of_before = 0;
	const double wanted = log(chance);
	struct mixture mixture;

	mixture_make(spread, &mixture);
	for (size_t i = 0; i < mixture.n; i++)
		at -= mixture.weight[i] * log(mixture.per_scale[i]);
	at += log(FIRST_GUESS);
	for (int i = 0; i < SOLVE_ROUNDS_MAX; i++) {
		double off = log(mixture_chance(&mixture, exp(at))) - wanted, next;

		if (off > 0)
			low = at;
		else
			high = at;
		next = i == 0 ? at + off / FIRST_SLOPE
			      : at - off * (at - before) / (off - of_before);
		before = at;
		of_before = off;
		if (fabs(next - at) <= SOLVED)
			break;
		if (!(next > low && next < high))
			next = isinf(low) ? high - 1 : isinf(high) ? low + 1 : (low + high) / 2;
		at = next;
	}
	return exp(at);
}

double spread_tail_weight(const struct model_spread *spread, size_t tail)
{
	double sum = 0;

	for (size_t i = 0; i < MODEL_SPREAD_SCALES; i++)
		sum += (double)spread->weight[tail][i];
	return sum;
}
