/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How far out normal steps of a group are, from few residuals. */
#include "spread.h"

#include "util/stat.h"
#include "tail.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define CHANCE_MIN 1e-300    /* of a normal double, so that its logarithm is finite */
#define SOLVED 1e-9          /* of the log of a distance */
#define SOLVE_ROUNDS_MAX 100 /* bisection ends in 60 at double precision */
#define FIRST_GUESS 2.6      /* scales, where a normal distribution has 1 in 200, */
#define FIRST_SLOPE 7.5  /* and how the log of its chance falls there with that of the distance */
#define NEGLIGIBLE 1e-9F /* a weight below it cannot be seen in a chance that matters */

/*
 * Steps that are not normal: how far out they are on average, in log units, as
 * jobs that wait in vain or do other work differ by factors, not by shares of
 * their group's scatter.  Few are, on either side; but a history may have been
 * spoilt, which makes it slow.
 */
#define STRAY_DISTANCE 1.0
#define STRAY_FEW 0.02
static const struct stray {
	double share, chance;
} strays[] = {{STRAY_FEW, 0.8}, {0.15, 0.2}};
#define STRAYS (sizeof(strays) / sizeof(*strays))

/* A grid of scales around the middle of a side; few residuals leave more of them possible. */
#define STEP_SHARE 0.67 /* of 1 / sqrt(n), which is about how well a scale is known */
#define STEP_MIN 0.02
#define STEP_MAX 0.2
#define SPAN_BELOW (MODEL_SPREAD_SCALES / 2)

#define MIDDLE_TO_SIGMA 1.4826 /* of a normal distribution */
#define MEAN_TO_SIGMA 1.2533   /* likewise: the priors' scale is the mean of a side */
#define PRIOR_FREEDOM 3.0      /* of Student's t: a site's odd group is not argued away */
#define APART_DISTANCE 0.5     /* how much the logs of two scales that differ do so, on average */

/* Student's t of even degrees of freedom is algebraic, in v = 1 - t / sqrt(freedom + t^2). */
struct tail_form {
	double freedom;    /* 0: normal */
	double factor;     /* of both sides' density, so that one side has 1 */
	int half_power;    /* of 1 / (1 + t^2 / freedom) in the density, twice */
	double survive[5]; /* of v^freedom/2 (1, v, v^2, ...) in the chance */
};

static const struct tail_form forms[MODEL_SPREAD_TAILS] = {
	{2, 0.70710678118654752, 3, {1}},
	{4, 0.75, 5, {1.5, -0.5}},
	{10,
	 0.77821676793206, /* 2 gamma(5.5) / (sqrt(10 pi) gamma(5)) */
	 11,
	 {315 / 128.0 * 16 / 5, -315 / 128.0 * 32 / 6, 315 / 128.0 * 24 / 7, -315 / 128.0,
	  315 / 128.0 / 9}},
	{0, 0.79788456080286536, 0, {0}},
};

/* The density of one side, which has all of the mass. */
static double density(const struct tail_form *form, double t)
{
	double w, power;

	if (form->freedom == 0)
		return form->factor * exp(-0.5 * t * t);
	w = 1 / (1 + t * t / form->freedom);
	power = sqrt(w);
	for (int i = form->half_power / 2; i > 0; i--)
		power *= w;
	return form->factor * power;
}

/* The share of one side that is beyond t. */
static double survival(const struct tail_form *form, double t)
{
	double root, v, power = 1, sum = 0;

	if (form->freedom == 0)
		return erfc(t * M_SQRT1_2);
	root = sqrt(form->freedom + t * t);
	v = form->freedom / (root * (root + t));
	for (int i = 4; i >= 0; i--)
		sum = sum * v + form->survive[i];
	for (int i = (int)form->freedom / 2; i > 0; i--)
		power *= v;
	return power * sum;
}

static double stray_density(double distance)
{
	return exp(-distance / STRAY_DISTANCE) / STRAY_DISTANCE;
}

static double scale_at(const struct model_spread *spread, size_t i)
{
	return exp(spread->step * (double)(spread->first + (int32_t)i));
}

/* Likelihoods of one side's distances, for every tail and scale; the largest is 1. */
struct side {
	struct model_spread *spread;
	double likelihood[MODEL_SPREAD_TAILS][MODEL_SPREAD_SCALES];
};

/*
 * density(form, distance / scale) / scale of each, to the last bit: in loops that
 * the compiler makes vectors of, as most of the time of a fit is spent here.
 */
static void densities(const double *distance, size_t n, const struct tail_form *form, double scale,
		      double *restrict weight, double *restrict ret_density)
{
	if (form->freedom == 0) {
		for (size_t i = 0; i < n; i++)
			ret_density[i] = density(form, distance[i] / scale) / scale;
		return;
	}
	for (size_t i = 0; i < n; i++) {
		double t = distance[i] / scale;

		weight[i] = 1 / (1 + t * t / form->freedom);
		ret_density[i] = sqrt(weight[i]);
	}
	for (int p = form->half_power / 2; p > 0; p--)
		for (size_t i = 0; i < n; i++)
			ret_density[i] *= weight[i];
	for (size_t i = 0; i < n; i++)
		ret_density[i] = form->factor * ret_density[i] / scale;
}

#define BLOCK 128 /* distances at a time, whose numbers stay in the cache; a multiple of 4 */

/* For as many shares of strays as are asked for, the first of the table; stray: the distances'
 * stray_density(). */
static void log_likelihoods(const double *distance, const double *stray, size_t n,
			    const struct tail_form *form, double scale, size_t stray_n,
			    double ret_sums[STRAYS])
{
	double products[STRAYS], weight[BLOCK], normal[BLOCK];

	for (size_t s = 0; s < stray_n; s++) {
		products[s] = 1;
		ret_sums[s] = 0;
	}
	for (size_t i = 0; i < n; i++) {
		if (i % BLOCK == 0)
			densities(distance + i, n - i < BLOCK ? n - i : BLOCK, form, scale, weight,
				  normal);
		for (size_t s = 0; s < stray_n; s++)
			products[s] *= (1 - strays[s].share) * normal[i % BLOCK] +
				       strays[s].share * stray[i];
		/* A factor is 1e-2 to 1e2 as a rule, and 1e-45 at the worst. */
		if ((i & 3) != 3 && i + 1 < n)
			continue;
		for (size_t s = 0; s < stray_n; s++) {
			ret_sums[s] += log(fmax(products[s], DBL_MIN));
			products[s] = 1;
		}
	}
}

/* The distances on one side; half of those in the middle, as whole seconds often are, go to either.
 */
static size_t side_of(const double *residual, size_t n, double sign, double *ret_distance)
{
	size_t count = 0, zeros = 0;

	for (size_t i = 0; i < n; i++) {
		ret_distance[count] = sign * residual[i];
		count += sign * residual[i] > 0;
		zeros += residual[i] == 0;
	}
	for (zeros /= 2; zeros > 0; zeros--)
		ret_distance[count++] = 0;
	return count;
}

static void place_grid(const double *distance, size_t count, double step, double usual,
		       double *scratch, struct model_spread *spread)
{
	double middle = usual;

	memcpy(scratch, distance, count * sizeof(*scratch));
	if (count > 0)
		middle = MIDDLE_TO_SIGMA * stat_median(scratch, count);
	spread->step = step;
	/* A calm group's scale is not below the floor. */
	spread->first = (int32_t)fmax(lrint(log(fmax(middle, DBL_MIN)) / step) - SPAN_BELOW,
				      ceil(log(TAIL_SCALE_FLOOR) / step));
}

/* Sum over the shares of strays; *ret_spread gets their mean.  scratch has room for as many. */
static void side_fit(const double *distance, size_t count, size_t stray_n, double *scratch,
		     struct side *side)
{
	double logs[MODEL_SPREAD_TAILS][MODEL_SPREAD_SCALES][STRAYS], largest = -INFINITY;
	double sum = 0, share_sum = 0;

	for (size_t i = 0; i < count; i++)
		scratch[i] = stray_density(distance[i]);
	for (size_t tail = 0; tail < MODEL_SPREAD_TAILS; tail++)
		for (size_t i = 0; i < MODEL_SPREAD_SCALES; i++) {
			log_likelihoods(distance, scratch, count, &forms[tail],
					scale_at(side->spread, i), stray_n, logs[tail][i]);
			for (size_t s = 0; s < stray_n; s++)
				largest = fmax(largest, logs[tail][i][s]);
		}
	for (size_t tail = 0; tail < MODEL_SPREAD_TAILS; tail++)
		for (size_t i = 0; i < MODEL_SPREAD_SCALES; i++) {
			side->likelihood[tail][i] = 0;
			for (size_t s = 0; s < stray_n; s++) {
				double likely = strays[s].chance * exp(logs[tail][i][s] - largest);

				side->likelihood[tail][i] += likely;
				sum += likely;
				share_sum += likely * strays[s].share;
			}
		}
	side->spread->stray = share_sum / sum;
}

static double prior_of_scale(const struct model_prior *prior, double log_scale)
{
	double far = log_scale - log(MEAN_TO_SIGMA * prior->scale);

	return pow(1 + far * far * prior->scale_weight / PRIOR_FREEDOM, -(PRIOR_FREEDOM + 1) / 2);
}

/*
 * Weigh one side's scales: by their own likelihood, and that of the other side's
 * at the same scale, or at any.  Returns the share of the same.
 */
static double weigh(const struct side *own, const struct side *other,
		    const struct model_prior *prior)
{
	struct model_spread *spread = own->spread;
	const double step = spread->step;
	const double apart_share = (1 - prior->alike) * step / (2 * APART_DISTANCE);
	double of_difference[2 * MODEL_SPREAD_SCALES], sum = 0, alike_sum = 0;
	int32_t first = spread->first - other->spread->first - (MODEL_SPREAD_SCALES - 1);

	for (int32_t i = 0; i < 2 * MODEL_SPREAD_SCALES; i++)
		of_difference[i] =
			apart_share * exp(-step * fabs((double)(first + i)) / APART_DISTANCE);
	for (size_t tail = 0; tail < MODEL_SPREAD_TAILS; tail++)
		for (size_t i = 0; i < MODEL_SPREAD_SCALES; i++) {
			double alike = 0, apart = 0, here = own->likelihood[tail][i];
			int64_t same = (int64_t)i + spread->first - other->spread->first;

			here *= prior->tail[tail] *
				prior_of_scale(prior, step * (double)(spread->first + (int32_t)i));
			for (size_t j = 0; j < MODEL_SPREAD_SCALES; j++)
				apart += other->likelihood[tail][j] *
					 of_difference[MODEL_SPREAD_SCALES - 1 + i - j];
			if (same >= 0 && same < MODEL_SPREAD_SCALES)
				alike = prior->alike * other->likelihood[tail][same];
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

void spread_fit(const double *residual, size_t n, const struct model_prior *prior, double *scratch,
		struct model_spread *ret_high, struct model_spread *ret_low, double *ret_alike)
{
	struct side high = {.spread = ret_high}, low = {.spread = ret_low};
	double step = fmin(fmax(STEP_SHARE / sqrt((double)n), STEP_MIN), STEP_MAX);
	double usual = MEAN_TO_SIGMA * prior->scale;
	size_t count;

	count = side_of(residual, n, 1, scratch);
	place_grid(scratch, count, step, usual, scratch + n, ret_high);
	side_fit(scratch, count, STRAYS, scratch + n, &high);
	count = side_of(residual, n, -1, scratch);
	place_grid(scratch, count, step, usual, scratch + n, ret_low);
	side_fit(scratch, count, 1, scratch + n, &low);
	*ret_alike = weigh(&high, &low, prior);
	(void)weigh(&low, &high, prior);
	normalise(ret_high);
	normalise(ret_low);
}

void spread_without(const struct model_spread *spread, double distance,
		    struct model_spread *ret_without)
{
	*ret_without = *spread;
	for (size_t tail = 0; tail < MODEL_SPREAD_TAILS; tail++)
		for (size_t i = 0; i < MODEL_SPREAD_SCALES; i++) {
			double scale = scale_at(spread, i);

			ret_without->weight[tail][i] =
				(float)((double)spread->weight[tail][i] /
					((1 - spread->stray) *
						 density(&forms[tail], distance / scale) / scale +
					 spread->stray * stray_density(distance)));
		}
	normalise(ret_without);
}

/* The weights of a side that count. */
struct mixture {
	size_t n;
	const struct tail_form *form[MODEL_SPREAD_TAILS * MODEL_SPREAD_SCALES];
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
			ret_mixture->form[ret_mixture->n] = &forms[tail];
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
			  survival(mixture->form[i], distance * mixture->per_scale[i]);
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
