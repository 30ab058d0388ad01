/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a site's groups say about the next one. */
#include "model.h"

#include "spread.h"
#include "util/stat.h"
#include "tail.h"
#include "util/alloc.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define GROUPS_MIN 10   /* fewer are no site */
#define WEIGHT_MIN 20.0 /* a scale from fewer positive residuals is mostly prior itself */
#define CAUTION                                                                                    \
	0.6 /* quantile of the groups' scales: a wild group costs more than a calm one gains */
#define SHARE_ROUNDS 30
#define BUILT_IN_GROUPS 2.0
#define SCALE_MIN 0.02
#define SCALE_MAX 0.5
#define LEAST_WEIGHT 3.0 /* steps the prior always counts for, */
#define MOST_WEIGHT 12.0 /* and never more than */

/*
 * The scale of an exponential estimated from k values has a relative variance
 * of 1 / k; groups whose log scales vary by v tell of the next one as much as
 * 1 / v values of its own would.
 */
static double weight_of(double *scratch, const double *scale, size_t n, double middle)
{
	double spread;

	for (size_t i = 0; i < n; i++)
		scratch[i] = fabs(log(scale[i] / middle));
	spread = 1.4826 * stat_median(scratch, n);
	return fmin(fmax(1 / fmax(spread * spread, 1e-6), LEAST_WEIGHT), MOST_WEIGHT);
}

static const struct model_fit *usable_fit(const struct model *model)
{
	const struct model_fit *fit = &model->sized;

	if (fit->source != MODEL_OWN)
		fit = &model->unsized;
	return fit->source == MODEL_OWN && fit->tail_weight >= WEIGHT_MIN ? fit : NULL;
}

/* The group's own scale, without the prior's share in it. */
static double own_scale(const struct model_fit *fit, const struct model_prior *built_in)
{
	double own = (fit->scale - TAIL_SCALE_FLOOR) * fit->tail_weight -
		     built_in->scale * built_in->scale_weight;

	return fmax(own / (fit->tail_weight - built_in->scale_weight), TAIL_SCALE_FLOOR);
}

/*
 * What a group says of one of several possibilities, from what it was held to
 * have been before and after: its likelihood, up to a factor.
 */
static double evidence_of(double before, double after)
{
	return after / fmax(before, 1e-9);
}

/*
 * The share of groups of each kind, when each group says by its evidence how
 * likely it is of which (expectation maximisation: Dempster, Laird and Rubin
 * 1977), the built-in shares counting for a group or two.
 */
static void learn_shares(const double *evidence, size_t n, size_t kinds, const double *built_in,
			 double *ret_shares)
{
	memcpy(ret_shares, built_in, kinds * sizeof(*ret_shares));
	for (int round = 0; round < SHARE_ROUNDS; round++) {
		double sums[MODEL_SPREAD_TAILS];

		for (size_t k = 0; k < kinds; k++)
			sums[k] = BUILT_IN_GROUPS * built_in[k];
		for (size_t i = 0; i < n; i++) {
			double whole = 0;

			for (size_t k = 0; k < kinds; k++)
				whole += ret_shares[k] * evidence[i * kinds + k];
			for (size_t k = 0; k < kinds && whole > 0; k++)
				sums[k] += ret_shares[k] * evidence[i * kinds + k] / whole;
		}
		for (size_t k = 0; k < kinds; k++)
			ret_shares[k] = sums[k] / ((double)n + BUILT_IN_GROUPS);
	}
}

static void learn_spread(const struct model_fit *const *fits, size_t n,
			 const struct model_prior *built_in, struct model_prior *prior)
{
	double *of_tails = xreallocarray(NULL, n * (MODEL_SPREAD_TAILS + 2), sizeof(double));
	double *of_alike = of_tails + n * MODEL_SPREAD_TAILS;
	const double alike[] = {built_in->alike, 1 - built_in->alike};
	double learnt[2];

	for (size_t i = 0; i < n; i++) {
		for (size_t tail = 0; tail < MODEL_SPREAD_TAILS; tail++)
			of_tails[i * MODEL_SPREAD_TAILS + tail] = evidence_of(
				built_in->tail[tail], spread_tail_weight(&fits[i]->high, tail));
		of_alike[2 * i] = evidence_of(alike[0], fits[i]->alike);
		of_alike[2 * i + 1] = evidence_of(alike[1], 1 - fits[i]->alike);
	}
	learn_shares(of_tails, n, MODEL_SPREAD_TAILS, built_in->tail, prior->tail);
	learn_shares(of_alike, n, 2, alike, learnt);
	prior->alike = learnt[0];
	free(of_tails);
}

void model_prior_learn(const struct model *const *models, size_t n, enum metric metric,
		       struct model_prior *ret_prior)
{
	const struct model_prior *built_in;
	double *scale = xreallocarray(NULL, 3 * n + 1, sizeof(double));
	double *shape = scale + n, *scratch = scale + 2 * n;
	const struct model_fit **fits = xreallocarray(NULL, n + 1, sizeof(*fits));
	struct model_params defaults;
	size_t count = 0;

	model_params_init(&defaults);
	built_in = &defaults.prior[metric];
	*ret_prior = *built_in;
	for (size_t i = 0; i < n; i++) {
		const struct model_fit *fit = usable_fit(models[i]);

		if (fit == NULL)
			continue;
		scale[count] = own_scale(fit, built_in);
		fits[count] = fit;
		shape[count++] = fit->shape;
	}
	if (count >= GROUPS_MIN) {
		stat_sort(scale, count);
		ret_prior->scale = fmin(
			fmax(stat_quantile_sorted(scale, count, CAUTION), SCALE_MIN), SCALE_MAX);
		ret_prior->scale_weight =
			weight_of(scratch, scale, count, stat_quantile_sorted(scale, count, 0.5));
		ret_prior->shape = stat_median(shape, count);
		ret_prior->group_n = (uint32_t)count;
		learn_spread(fits, count, built_in, ret_prior);
	}
	free(fits);
	free(scale);
}
