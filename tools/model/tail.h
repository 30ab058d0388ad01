/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The scatter above the level: how far up a normal step may be.  The lower side
 * is the same for residuals with the sign turned.
 */
#ifndef MODEL_TAIL_H
#define MODEL_TAIL_H

#include "model.h"

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

/*
 * The tail of n residuals, 0 < n, by which residual - *ret_centre is meant.
 * scratch holds 2 n numbers.
 */
void tail_fit(const double *residual, size_t n, const struct model_prior *prior, double alpha,
	      double *scratch, struct tail *ret_tail, double *ret_centre);

/*
 * The scale of the positive ones among n residuals by their trimmed mean, and
 * in *ret_weight how many it rests on; 0 and 0 without any.  scratch holds n numbers.
 */
double tail_scale(const double *residual, size_t n, double *scratch, size_t *ret_weight);

/* How far above the middle a residual is with probability alpha, 0 < alpha < 0.5. */
double tail_quantile(const struct tail *tail, double alpha);

#endif
