/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How far out normal steps of a group are, from few residuals. */
#include "spread.h"

#include "util/clones.h"

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

#define NORMAL (MODEL_SPREAD_TAILS - 1) /* the last tail */

/* Vectors of the compiler's, which every processor has or is given. */
#define LANES 4
typedef double lanes __attribute__((vector_size(8 * LANES)));

/* Scales in whole vectors. */
#define SCALES_PADDED ((MODEL_SPREAD_SCALES + LANES - 1) / LANES * LANES)

static double scale_at(const struct model_spread *spread, size_t i)
{
	return spread_scale(spread->step, spread->first + (int32_t)i);
}

/* The shares of one side that are beyond the distance, for each scale. */
CLONED void survival(size_t tail, double distance, const double *per_scale, double *ret_share)
{
	const double freedom = spread_forms[tail].freedom;
	const int half = (int)freedom / 2;

	for (size_t i = 0; i < SCALES_PADDED; i += LANES) {
		lanes t, square, root, v, power = (lanes){0} + 1, sum = {0};

		memcpy(&t, per_scale + i, sizeof(t));
		t *= distance;
		square = freedom + t * t;
		for (size_t j = 0; j < LANES; j++)
			root[j] = sqrt(square[j]);
		v = freedom / (root * (root + t));
		for (int j = half - 1; j >= 0; j--)
			sum = sum * v + survive[tail][j];
		for (int j = half; j > 0; j--)
			power *= v;
		power *= sum;
		memcpy(ret_share + i, &power, sizeof(power));
	}
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

/* The weights of a side that count; 0 for those that do not, and for scales beyond the last. */
struct mixture {
	double weight[SCALES_PADDED][MODEL_SPREAD_TAILS];
	double per_scale[SCALES_PADDED];
};

static void mixture_make(const struct model_spread *spread, struct mixture *ret_mixture)
{
	*ret_mixture = (struct mixture){.weight = {{0}}};
	for (size_t i = 0; i < MODEL_SPREAD_SCALES; i++) {
		ret_mixture->per_scale[i] = 1 / scale_at(spread, i);
		for (size_t tail = 0; tail < MODEL_SPREAD_TAILS; tail++)
			if (spread->weight[tail][i] >= NEGLIGIBLE)
				ret_mixture->weight[i][tail] = (double)spread->weight[tail][i];
	}
}

CLONES static double mixture_chance(const struct mixture *mixture, double distance)
{
	double share[MODEL_SPREAD_TAILS][SCALES_PADDED], chance = 0;

	for (size_t tail = 0; tail < NORMAL; tail++)
		survival(tail, distance, mixture->per_scale, share[tail]);
	for (size_t i = 0; i < MODEL_SPREAD_SCALES; i++)
		share[NORMAL][i] = mixture->weight[i][NORMAL] > 0
					   ? erfc(distance * mixture->per_scale[i] * M_SQRT1_2)
					   : 0;
	for (size_t i = 0; i < MODEL_SPREAD_SCALES; i++)
		for (size_t tail = 0; tail < MODEL_SPREAD_TAILS; tail++)
			chance += mixture->weight[i][tail] * share[tail][i];
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
	for (size_t i = 0; i < MODEL_SPREAD_SCALES; i++) {
		double log_scale = log(mixture.per_scale[i]);

		for (size_t tail = 0; tail < MODEL_SPREAD_TAILS; tail++)
			at -= mixture.weight[i][tail] * log_scale;
	}
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
