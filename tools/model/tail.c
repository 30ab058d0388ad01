/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Scale and shape of the upper half of residuals, from few of them. */
#include "tail.h"

#include "util/stat.h"

#include <math.h>
#include <string.h>

#define KEEP 0.75 /* of the positive residuals: the rest may be outliers */
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

static double fitted_shape(double *positive, size_t count, size_t n,
			   const struct model_prior *prior)
{
	double median, raw, weight = prior->shape_weight;

	if (n < SHAPE_STEPS_MIN || count < SHAPE_POSITIVE_MIN)
		return 1;
	median = stat_median(positive, count);
	if (median <= SHAPE_MIDDLE_MIN)
		return 1;
	/* Of a Weibull tail, both quantiles' logarithms differ by shape * log(log 10 / log 2). */
	raw = log(stat_quantile(positive, count, 0.9) / median) / log(M_LN10 / M_LN2);
	raw = (raw * (double)n + prior->shape * weight) / ((double)n + weight);
	return fmin(fmax(raw, SHAPE_LOWEST), 1);
}

void tail_fit(const double *residual, size_t n, const struct model_prior *prior, double alpha,
	      double *scratch, struct tail *ret_tail, double *ret_centre)
{
	double *u = scratch + n, centre, shift, scale;
	size_t kept = n, weight, count;

	memcpy(scratch, residual, n * sizeof(*scratch));
	centre = stat_median(scratch, n);
	for (size_t i = 0; i < n; i++)
		u[i] = residual[i] - centre;
	for (int pass = 0;; pass++) {
		size_t below = 0;
		double limit;

		scale = tail_scale(u, kept, scratch, &weight);
		ret_tail->weight = (double)weight + prior->scale_weight;
		ret_tail->scale = (scale * (double)weight + prior->scale * prior->scale_weight) /
					  ret_tail->weight +
				  TAIL_SCALE_FLOOR;
		ret_tail->shape = 1;
		if (pass == 1)
			break;
		/* What is far out by this first scale is an outlier; once more without. */
		limit = tail_quantile(ret_tail, alpha);
		for (size_t i = 0; i < kept; i++) {
			u[below] = u[i];
			below += u[i] <= limit;
		}
		if (below == kept)
			break;
		kept = below;
		memcpy(scratch, u, kept * sizeof(*scratch));
		shift = stat_median(scratch, kept);
		for (size_t i = 0; i < kept; i++)
			u[i] -= shift;
		centre += shift;
	}
	count = positives(u, kept, scratch);
	ret_tail->shape = fitted_shape(scratch, count, n, prior);
	*ret_centre = centre;
}
