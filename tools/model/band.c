/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The band of a fit: both tails of its residuals, what it shows often, and the scale by size. */
#include "band.h"

#include "spread.h"
#include "util/stat.h"
#include "util/alloc.h"

#include <math.h>
#include <stdlib.h>

#define LOCAL_MIN 40 /* steps from which the band may differ by size */
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

struct local {
	float log_input, residual;
};

static int compare_local(const void *a, const void *b)
{
	const struct local *one = a, *other = b;

	if (one->log_input != other->log_input)
		return one->log_input < other->log_input ? -1 : 1;
	return (one->residual > other->residual) - (one->residual < other->residual);
}

/* Keep the residuals by size, from which a judgement takes the scale near its step. */
static void keep_local(struct model_workspace *workspace, struct model_fit *fit)
{
	const struct sample *used = &workspace->used;
	double smallest = INFINITY;
	struct local *local;

	for (size_t i = 0; i < used->n; i++)
		if (used->input[i] > 0)
			smallest = fmin(smallest, used->input[i]);
	if (used->n < LOCAL_MIN || !(fit->input_max > fit->input_min))
		return;
	local = xreallocarray(NULL, used->n, sizeof(*local));
	for (size_t i = 0; i < used->n; i++) {
		local[i].log_input = (float)log(fmax(used->input[i], smallest / 2));
		local[i].residual = (float)workspace->residual[i];
	}
	qsort(local, used->n, sizeof(*local), compare_local);
	fit->local_n = (uint32_t)used->n;
	fit->local_log_input = xreallocarray(NULL, used->n, sizeof(float));
	fit->local_residual = xreallocarray(NULL, used->n, sizeof(float));
	for (size_t i = 0; i < used->n; i++) {
		fit->local_log_input[i] = local[i].log_input;
		fit->local_residual[i] = local[i].residual;
	}
	free(local);
}

void band_fit(const struct model_params *params, enum metric metric,
	      struct model_workspace *workspace, struct model_fit *fit)
{
	size_t n = workspace->used.n;
	double *residual = workspace->residual, middle;
	struct tail tail;

	tail_fit(residual, n, &params->prior[metric], params->alpha, workspace->scratch, &tail,
		 &fit->centre);
	fit->scale = tail.scale;
	fit->tail_weight = tail.weight;
	fit->shape = tail.shape;
	for (size_t i = 0; i < n; i++) {
		residual[i] -= fit->centre;
		workspace->adjusted[i] = -residual[i];
	}
	tail_fit(workspace->adjusted, n, &params->prior[metric], params->alpha, workspace->scratch,
		 &tail, &middle);
	fit->low_scale = tail.scale;
	fit->low_tail_weight = tail.weight;
	fit->low_shape = tail.shape;
	spread_fit(residual, n, &params->prior[metric], workspace->scratch, &fit->high, &fit->low,
		   &fit->alike);
	fit->peer_high = peers(residual, n, 1, workspace->scratch, &fit->peer_high_next);
	fit->peer_low = peers(residual, n, -1, workspace->scratch, &fit->peer_low_next);
	keep_local(workspace, fit);
}
