/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The band of a fit: both tails of its residuals, and what it shows often, in units of the scatter
 * by size. */
#include "band.h"

#include "spread.h"
#include "stretch.h"
#include "util/alloc.h"
#include "util/stat.h"

#include <math.h>

#define PEER_SHARE 0.1 /* so often is a habit: a tenth is what a group does, not an accident */
#define PEER_MIN 3     /* two alike may be chance */

/*
 * The log residual that a tenth of the group's steps, at least three,
 * reach: so far out is its habit.  *ret_next is the one before it in order,
 * which counts for a step that is itself among them.
 */
static double peers(const double *residual, size_t n, double sign, double *scratch,
		    double *ret_next)
{
	size_t rank = (size_t)ceil(PEER_SHARE * (double)n);
	double peer;

	rank = rank < PEER_MIN ? PEER_MIN : rank;
	rank = rank < n ? rank : n;
	for (size_t i = 0; i < n; i++)
		scratch[i] = sign * residual[i];
	peer = stat_select(scratch, n, n - rank);
	*ret_next = peer;
	if (rank < n)
		*ret_next = stat_select(scratch, n - rank, n - rank - 1);
	return peer;
}

/* The tail of one side of scaled residuals. */
static struct tail tail_of(const struct model_params *params, enum metric metric,
			   struct model_workspace *workspace, double sign,
			   struct tail_sample *ret_sample)
{
	double *turned = workspace->rest;
	size_t n = workspace->used.n;
	struct tail tail;

	for (size_t i = 0; i < n; i++)
		turned[i] = sign * workspace->adjusted[i];
	tail_fit(turned, n, &params->prior[metric], params->alpha, workspace->scratch, &tail,
		 ret_sample);
	return tail;
}

/* All that hangs on the prior: the tails, and the chances. */
static void set_tails(const struct model_params *params, enum metric metric,
		      const struct tail *high, const struct tail *low,
		      const struct spread_likelihood *likelihood, struct model_fit *fit)
{
	fit->scale = high->scale;
	fit->tail_weight = high->weight;
	fit->shape = high->shape;
	fit->low_scale = low->scale;
	fit->low_tail_weight = low->weight;
	fit->low_shape = low->shape;
	spread_fit(likelihood, &params->prior[metric], &fit->high, &fit->low, &fit->alike);
	/* Each step that is judged by the fit asks for them. */
	fit->reach_chance = params->alpha;
	fit->high_reach = spread_distance(&fit->high, params->alpha);
	fit->low_reach = spread_distance(&fit->low, params->alpha);
}

void band_fit(const struct model_params *params, enum metric metric,
	      struct model_workspace *workspace, struct model_fit *fit)
{
	double *residual = workspace->residual, *scaled = workspace->adjusted;
	struct band_sample *sample = xmalloc(sizeof(*sample));
	size_t n = workspace->used.n;
	struct tail middle, high, low;

	/* Where the middle is only outliers by the prior's measure can change. */
	tail_fit(residual, n, &params->prior[metric], params->alpha, workspace->scratch, &middle,
		 &sample->middle);
	fit->centre = sample->middle.centre;
	for (size_t i = 0; i < n; i++)
		residual[i] -= fit->centre;
	stretch_fit(workspace, fit, scaled);
	spread_likelihood_find(scaled, n, workspace->scratch, &sample->likelihood);
	high = tail_of(params, metric, workspace, 1, &sample->high);
	low = tail_of(params, metric, workspace, -1, &sample->low);
	set_tails(params, metric, &high, &low, &sample->likelihood, fit);
	fit->peer_high = peers(scaled, n, 1, workspace->scratch, &fit->peer_high_next);
	fit->peer_low = peers(scaled, n, -1, workspace->scratch, &fit->peer_low_next);
	fit->sample = sample;
}

bool band_refit(const struct model_params *params, enum metric metric,
		const struct band_sample *sample, struct model_fit *fit)
{
	const struct model_prior *prior = &params->prior[metric];
	struct tail middle, high, low;

	if (!tail_refit(&sample->middle, prior, params->alpha, &middle) ||
	    !tail_refit(&sample->high, prior, params->alpha, &high) ||
	    !tail_refit(&sample->low, prior, params->alpha, &low))
		return false;
	set_tails(params, metric, &high, &low, &sample->likelihood, fit);
	return true;
}
