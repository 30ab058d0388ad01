/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Internal to the spread: how likely a group's residuals are by each tail and
 * scale that they may have, before anything is expected of the group.
 */
#ifndef MODEL_SPREAD_LIKELIHOOD_H
#define MODEL_SPREAD_LIKELIHOOD_H

#include "model.h"

#include <stddef.h>

/* Student's t of even degrees of freedom, of which one side has all of the mass. */
struct spread_form {
	double freedom; /* 0: normal */
	double factor;  /* of both sides' density, so that one side has 1 */
	int half_power; /* of 1 / (1 + t^2 / freedom) in the density, twice */
};

extern const struct spread_form spread_forms[MODEL_SPREAD_TAILS];

/* The density at t scales. */
double spread_form_density(const struct spread_form *form, double t);

/* The density of steps that are not normal. */
double spread_stray_density(double distance);

/* The scale of a grid's place. */
double spread_scale(double step, int32_t place);

/* What the residuals on one side say; of is about 1 at its largest. */
struct spread_side {
	size_t n;      /* 0: nothing, and first is not known */
	int32_t first; /* place in the grid of scale 0 */
	double stray;  /* the share of steps that were not normal */
	double of[MODEL_SPREAD_TAILS][MODEL_SPREAD_SCALES];
};

struct spread_likelihood {
	double step; /* of the log of a scale, from one to the next */
	struct spread_side high, low;
};

/* Of n > 0 residuals; scratch holds 2 n numbers. */
void spread_likelihood_find(const double *residual, size_t n, double *scratch,
			    struct spread_likelihood *ret_likelihood);

/* The place of the first scale of a side whose middle is here. */
int32_t spread_likelihood_first(double step, double middle);

#endif
