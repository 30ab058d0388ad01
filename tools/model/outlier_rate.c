/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps that are far out, of a group whose history is short. */
#include "outlier_rate.h"

#include <gsl/gsl_sf_gamma.h>
#include <math.h>

#define WEIGHT 6.0 /* steps */
#define RATE 0.4   /* share of steps far out at no distance, fitted on real streams */
#define DECAY 3.5  /* and how it falls with the log distance, likewise */

/* The share of steps that groups show on average. */
static double rate_at(double distance)
{
	return RATE * exp(-DECAY * distance);
}

double outlier_rate_chance_of(double distance, size_t before_n, size_t before_far, size_t n, size_t far_n)
{
	double a = WEIGHT * rate_at(distance) + (double)before_far, chance = 0;
	double b = WEIGHT * (1 - rate_at(distance)) + (double)(before_n - before_far);

	for (size_t k = far_n; k <= n; k++)
		chance += exp(gsl_sf_lnchoose((unsigned)n, (unsigned)k) +
			      gsl_sf_lnbeta((double)k + a, (double)(n - k) + b) -
			      gsl_sf_lnbeta(a, b));
	return chance;
}
