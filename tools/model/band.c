/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The band of a fit: both tails of its residuals, and what it shows often, in units of the scatter
 * by size. */
#include "band.h"

#include "spread.h"
#include "stretch.h"
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

void band_fit(const struct model_params *params, enum metric metric,
	      struct model_workspace *workspace, struct model_fit *fit)
{
	const struct model_prior *prior = &params->prior[metric];
	size_t n = workspace->used.n;
	double *residual = workspace->residual, *scaled = workspace->adjusted, middle;
	double *turned = workspace->rest;
	struct tail tail;

	tail_fit(residual, n, prior, params->alpha, workspace->scratch, &tail, &fit->centre);
	for (size_t i = 0; i < n; i++)
		residual[i] -= fit->centre;
	stretch_fit(workspace, fit);
	for (size_t i = 0; i < n; i++) {
		scaled[i] = residual[i] / stretch_at(fit, workspace->used.input[i]);
		turned[i] = -scaled[i];
	}
	tail_fit(scaled, n, prior, params->alpha, workspace->scratch, &tail, &middle);
	fit->scale = tail.scale;
	fit->tail_weight = tail.weight;
	fit->shape = tail.shape;
	tail_fit(turned, n, prior, params->alpha, workspace->scratch, &tail, &middle);
	fit->low_scale = tail.scale;
	fit->low_tail_weight = tail.weight;
	fit->low_shape = tail.shape;
	spread_fit(scaled, n, prior, workspace->scratch, &fit->high, &fit->low, &fit->alike);
	fit->peer_high = peers(scaled, n, 1, workspace->scratch, &fit->peer_high_next);
	fit->peer_low = peers(scaled, n, -1, workspace->scratch, &fit->peer_low_next);
}
