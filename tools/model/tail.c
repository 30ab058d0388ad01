/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Scale and shape of the upper half of residuals, from few of them. */
#include "tail.h"

#include "util/stat.h"

#include <math.h>
#include <string.h>

#define KEEP 0.75             /* of the positive residuals: the rest may be outliers */
#define SHAPE_STEPS_MIN 20    /* two quantiles of fewer steps say nothing of a shape */
#define SHAPE_POSITIVE_MIN 6  /* and of fewer on this side */
#define SHAPE_MIDDLE_MIN 1e-4 /* a smaller upper median is rounding, not a shape */
#define SHAPE_LOWEST 0.5      /* few residuals are not believed to have a shorter tail */

/* Mean of the lowest share q of an exponential with mean 1. */
static double trimmed_exponential_mean(double q)
{
	return 1 + log1p(-q) * (1 - q) / q;
}

/* The positive ones; of those that are exactly 0 half count, as whole seconds often are. */
static size_t positives(const double *residual, size_t n, double *ret_positive)
{
	size_t count = 0, zeros = 0;

	for (size_t i = 0; i < n; i++) {
		ret_positive[count] = residual[i];
		count += residual[i] > 0;
		zeros += residual[i] == 0;
	}
	for (zeros /= 2; zeros > 0; zeros--)
		ret_positive[count++] = 0;
	return count;
}

double tail_scale(const double *residual, size_t n, double *scratch, size_t *ret_weight)
{
	size_t count = positives(residual, n, scratch), keep;

	*ret_weight = 0;
	if (count == 0)
		return 0;
	keep = (size_t)ceil(KEEP * (double)count);
	*ret_weight = keep;
	return stat_lowest_mean(scratch, count, keep) /
	       trimmed_exponential_mean((double)keep / (double)(count + 1));
}

double tail_quantile(const struct tail *tail, double alpha)
{
	double u = log(0.5 / alpha);

	return tail->scale * tail->weight * expm1(u / tail->weight) *
	       pow(u / M_LN2, tail->shape - 1);
}

/* NaN: they are too few for a shape. */
static double raw_shape_of(double *positive, size_t count, size_t n)
{
	double median;

	if (n < SHAPE_STEPS_MIN || count < SHAPE_POSITIVE_MIN)
		return NAN;
	median = stat_median(positive, count);
	if (median <= SHAPE_MIDDLE_MIN)
		return NAN;
	/* Of a Weibull tail, both quantiles' logarithms differ by shape * log(log 10 / log 2). */
	return log(stat_quantile(positive, count, 0.9) / median) / log(M_LN10 / M_LN2);
}

static double shape_with(const struct tail_sample *sample, const struct model_prior *prior)
{
	double n = (double)sample->n, weight = prior->shape_weight;

	if (isnan(sample->raw_shape))
		return 1;
	return fmin(
		fmax((sample->raw_shape * n + prior->shape * weight) / (n + weight), SHAPE_LOWEST),
		1);
}

/* The scale that weight residuals and the prior have between them, and no shape. */
static struct tail tail_with(double scale, size_t weight, const struct model_prior *prior)
{
	struct tail tail = {.weight = (double)weight + prior->scale_weight, .shape = 1};

	tail.scale = (scale * (double)weight + prior->scale * prior->scale_weight) / tail.weight +
		     TAIL_SCALE_FLOOR;
	return tail;
}

/* Leave out what is above the limit, and say which other limits do the same; returns how many are
 * left. */
static size_t leave_out(double *u, size_t n, double limit, struct tail_sample *sample)
{
	size_t kept = 0;

	sample->limit_from = -INFINITY;
	sample->limit_to = INFINITY;
	for (size_t i = 0; i < n; i++) {
		double value = u[i];

		if (value <= limit) {
			sample->limit_from =
				value > sample->limit_from ? value : sample->limit_from;
			u[kept++] = value;
		} else {
			sample->limit_to = value < sample->limit_to ? value : sample->limit_to;
		}
	}
	return kept;
}

void tail_fit(const double *residual, size_t n, const struct model_prior *prior, double alpha,
	      double *scratch, struct tail *ret_tail, struct tail_sample *ret_sample)
{
	struct tail_sample sample = {.n = n};
	double *u = scratch + n, shift;
	size_t kept, count;

	memcpy(scratch, residual, n * sizeof(*scratch));
	sample.centre = stat_median(scratch, n);
	for (size_t i = 0; i < n; i++)
		u[i] = residual[i] - sample.centre;
	sample.all_scale = tail_scale(u, n, scratch, &sample.all_weight);
	*ret_tail = tail_with(sample.all_scale, sample.all_weight, prior);
	sample.scale = sample.all_scale;
	sample.weight = sample.all_weight;
	/* What is far out by this first scale is an outlier; once more without. */
	kept = leave_out(u, n, tail_quantile(ret_tail, alpha), &sample);
	if (kept < n) {
		memcpy(scratch, u, kept * sizeof(*scratch));
		shift = stat_median(scratch, kept);
		for (size_t i = 0; i < kept; i++)
			u[i] -= shift;
		sample.centre += shift;
		sample.scale = tail_scale(u, kept, scratch, &sample.weight);
		*ret_tail = tail_with(sample.scale, sample.weight, prior);
	}
	count = positives(u, kept, scratch);
	sample.raw_shape = raw_shape_of(scratch, count, n);
	ret_tail->shape = shape_with(&sample, prior);
	*ret_sample = sample;
}

bool tail_refit(const struct tail_sample *sample, const struct model_prior *prior, double alpha,
		struct tail *ret_tail)
{
	struct tail tail = tail_with(sample->all_scale, sample->all_weight, prior);
	double limit = tail_quantile(&tail, alpha);

	if (!(limit >= sample->limit_from && limit < sample->limit_to))
		return false;
	*ret_tail = tail_with(sample->scale, sample->weight, prior);
	ret_tail->shape = shape_with(sample, prior);
	return true;
}
