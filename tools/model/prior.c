/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a site's groups say about the next one. */
#include "model.h"

#include "util/stat.h"
#include "tail.h"
#include "util/alloc.h"

#include <math.h>
#include <stdlib.h>

#define GROUPS_MIN 10   /* fewer are no site */
#define WEIGHT_MIN 20.0 /* a scale from fewer positive residuals is mostly prior itself */
#define CAUTION                                                                                    \
	0.6 /* quantile of the groups' scales: a wild group costs more than a calm one gains */
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

void model_prior_learn(const struct model *const *models, size_t n, enum metric metric,
		       struct model_prior *ret_prior)
{
	const struct model_prior *built_in;
	double *scale = xreallocarray(NULL, 3 * n + 1, sizeof(double));
	double *shape = scale + n, *scratch = scale + 2 * n;
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
	}
	free(scale);
}
