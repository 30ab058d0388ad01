/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The chance that a normal step is so far out: the posterior predictive of its
 * group's residuals, which are all that is known of how it scatters.
 *
 * Above the middle and below it residuals are half of a Student t with 2, 4, 10
 * or infinite degrees of freedom and a scale of its own; the two scales are the
 * same, or differ.  Some residuals may be of steps that were not normal: these
 * tell nothing, however far out they are.  What could be known of scale and tail is
 * weighed over a grid by what the residuals say, times what the site's other
 * groups let expect (Gelman et al., Bayesian Data Analysis, 3rd ed., 2013,
 * sections 3.2, 7.4 and 17.2): few residuals leave wide scales and heavy tails
 * possible, many of them tell.
 */
#ifndef MODEL_SPREAD_H
#define MODEL_SPREAD_H

#include "model.h"
#include "spread_likelihood.h"

#include <stddef.h>

/*
 * Both sides of residuals whose likelihood was found.  *ret_alike is the weight of
 * both scales being the same.
 */
void spread_fit(const struct spread_likelihood *likelihood, const struct model_prior *prior,
		struct model_spread *ret_high, struct model_spread *ret_low, double *ret_alike);

/* The side without one of the residuals it was fitted to, at this distance on it. */
void spread_without(const struct model_spread *spread, double distance,
		    struct model_spread *ret_without);

/* The chance of being at the distance or beyond on this side: 0.5 for 0 and less, never 0. */
double spread_chance(const struct model_spread *spread, double distance);

/* The distance that has this chance, 0 < chance < 0.5. */
double spread_distance(const struct model_spread *spread, double chance);

/* The weight of a tail on this side. */
double spread_tail_weight(const struct model_spread *spread, size_t tail);

#endif
