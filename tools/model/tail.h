/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The scatter above the level: how far up a normal step may be.  The lower side
 * is the same for residuals with the sign turned.
 */
#ifndef MODEL_TAIL_H
#define MODEL_TAIL_H

#include "model.h"

#include <stdbool.h>
#include <stddef.h>

#define TAIL_SCALE_FLOOR 0.01 /* 1 %: below that a difference is nothing a user can act on */

/*
 * Half of all residuals are above the middle, with a tail
 *
 *	P(residual > t) = alpha  at  t = scale * weight * ((0.5 / alpha)^(1 / weight) - 1)
 *				         * (log2(0.5 / alpha))^(shape - 1)
 *
 * The first factor is the exact quantile of an exponential tail whose scale
 * was estimated from weight values (Lomax); the second thins it (Weibull).
 */
struct tail {
	double scale, weight, shape;
};

/* What a tail has of its residuals, and not of the prior. */
struct tail_sample {
	size_t n;
	double all_scale; /* before what is far out was left out */
	size_t all_weight;
	double limit_from, limit_to; /* limits from the one to below the other leave out the same */
	double scale;                /* of the others */
	size_t weight;
	double centre;    /* the residual in the middle of these */
	double raw_shape; /* NaN: too few of them to have one */
};

/*
 * The tail of n residuals, 0 < n, by which residual - ret_sample->centre is meant.
 * scratch holds 2 n numbers.
 */
void tail_fit(const double *residual, size_t n, const struct model_prior *prior, double alpha,
	      double *scratch, struct tail *ret_tail, struct tail_sample *ret_sample);

/*
 * The tail that tail_fit() gives of the same residuals with another prior, and the
 * same sample.  Returns false, with nothing in *ret_tail, when the prior makes
 * others of them far out.
 */
bool tail_refit(const struct tail_sample *sample, const struct model_prior *prior, double alpha,
		struct tail *ret_tail);

/*
 * The scale of the positive ones among n residuals by their trimmed mean, and
 * in *ret_weight how many it rests on; 0 and 0 without any.  scratch holds n numbers.
 */
double tail_scale(const double *residual, size_t n, double *scratch, size_t *ret_weight);

/* How far above the middle a residual is with probability alpha, 0 < alpha < 0.5. */
double tail_quantile(const struct tail *tail, double alpha);

#endif
