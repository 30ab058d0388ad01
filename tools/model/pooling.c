/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pooling: like groups share the shape and the scatter, each has a level of its
 * own, and the young group's level is drawn towards the others' by as much as
 * its few steps leave it open (empirical Bayes: Efron and Morris 1975).
 */
#include "pooling.h"

#include "util/stat.h"

#include <math.h>
#include <string.h>

#define ROUNDS 3 /* of shape and levels in turn: a bound, so that a fit has a bound of time */
#define GROUPS (MODEL_LENDERS_MAX + 1)
#define SMALL_GROUP                                                                                \
	8 /* steps below which a group's level counts as if two steps more were at 0               \
	   */
#define SHRINK 2.0
#define BETWEEN_FLOOR 0.05 /* groups are never believed to be closer than 5 % */
#define SCATTER_KEEP 0.9
#define SCATTER_CORRECTION                                                                         \
	0.744 /* mean of the smallest 90 % of |normal| over its sigma, nearly                      \
	       */

static double group_median(const struct model_workspace *workspace, size_t group, size_t *ret_n)
{
	const struct sample *used = &workspace->used;
	size_t n = 0;

	for (size_t i = 0; i < used->n; i++)
		if (used->group[i] == group)
			workspace->scratch[n++] = workspace->residual[i];
	*ret_n = n;
	return n > 0 ? stat_median(workspace->scratch, n) : 0;
}

static void fit_shape(struct model_workspace *workspace, double level_of[GROUPS],
		      struct level *ret_level)
{
	const struct sample *used = &workspace->used;
	size_t n;

	memset(level_of, 0, GROUPS * sizeof(*level_of));
	for (int round = 0; round < ROUNDS; round++) {
		for (size_t i = 0; i < used->n; i++)
			workspace->adjusted[i] = used->log_value[i] - level_of[used->group[i]];
		if (round == 0)
			level_load(workspace->level, used->input, workspace->adjusted, used->n);
		else
			level_load_values(workspace->level, workspace->adjusted);
		level_fit(workspace->level, ret_level);
		level_subtract(workspace->level, ret_level, used->log_value, workspace->residual);
		for (size_t group = 0; group < GROUPS; group++) {
			double median = group_median(workspace, group, &n);

			level_of[group] =
				median * (double)n /
				((double)n + (n > 0 && n < SMALL_GROUP ? SHRINK : 0) + (n == 0));
		}
	}
}

/* The own level above the common shape, from the median of n own steps. */
static double own_level(const struct pooling *pool, double own_median, size_t n)
{
	double weight = pool->between / (pool->between + pool->within / (double)n);

	return pool->others_middle + weight * (own_median - pool->others_middle);
}

void pooling_fit(struct model_workspace *workspace, struct pooling *ret_pool)
{
	const struct sample *used = &workspace->used;
	double level_of[GROUPS], median[GROUPS], other[GROUPS], spread[GROUPS];
	double centre, between, scatter;
	size_t own_n = 0, n, others = 0, keep = (size_t)ceil(SCATTER_KEEP * (double)used->n);

	fit_shape(workspace, level_of, &ret_pool->level);
	for (size_t group = 0; group < GROUPS; group++) {
		median[group] = group_median(workspace, group, &n);
		if (group == 0)
			own_n = n;
		else if (n > 0)
			other[others++] = level_of[group];
	}
	for (size_t i = 0; i < used->n; i++) {
		workspace->residual[i] -= median[used->group[i]];
		workspace->scratch[i] = fabs(workspace->residual[i]);
	}
	scatter = stat_lowest_mean(workspace->scratch, used->n, keep) / SCATTER_CORRECTION + 0.005;
	centre = stat_median(other, others);
	for (size_t i = 0; i < others; i++)
		spread[i] = fabs(other[i] - centre);
	between = 1.4826 * stat_median(spread, others);
	ret_pool->others_middle = centre;
	ret_pool->between = between * between + BETWEEN_FLOOR * BETWEEN_FLOOR;
	ret_pool->within = scatter * scatter;
	ret_pool->own_median = median[0];
	ret_pool->own_n = own_n;
	ret_pool->group_n = others;
	ret_pool->level.level += own_level(ret_pool, median[0], own_n);
	ret_pool->level_sd = sqrt(1 / (1 / ret_pool->between + (double)own_n / ret_pool->within));
}

void pooling_own_residuals(struct model_workspace *workspace, const struct pooling *pool,
			   double centre)
{
	double own[MODEL_HISTORY_LIMIT], others[MODEL_HISTORY_LIMIT];
	size_t n = pool->own_n;

	for (size_t i = 0; i < n; i++)
		own[i] = workspace->residual[i] + centre + pool->own_median;
	for (size_t i = 0; i < n; i++) {
		size_t count = 0;

		for (size_t j = 0; j < n; j++)
			if (j != i)
				others[count++] = own[j];
		workspace->residual[i] =
			own[i] - centre - own_level(pool, stat_median(others, count), count);
	}
}
