/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pooling: like groups share the shape and the scatter, each has a level of its
 * own, and the young group's level is drawn towards the others' by as much as
 * its few steps leave it open (empirical Bayes: Efron and Morris 1975).
 */
#include "pool.h"

#include "stat.h"

#include <math.h>
#include <string.h>

#define ROUNDS 3
#define GROUPS (MODEL_LENDERS_MAX + 1)
#define SMALL_GROUP 8 /* steps below which a group's level counts as if two steps more were at 0   \
		       */
#define SHRINK 2.0
#define BETWEEN_FLOOR 0.05 /* groups are never believed to be closer than 5 % */
#define SCATTER_KEEP 0.9
#define SCATTER_CORRECTION 0.744 /* mean of the smallest 90 % of |normal| over its sigma, nearly   \
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
		for (size_t i = 0; i < used->n; i++)
			workspace->residual[i] =
				used->log_value[i] - level_at(ret_level, used->input[i]);
		for (size_t group = 0; group < GROUPS; group++) {
			double median = group_median(workspace, group, &n);

			level_of[group] =
				median * (double)n /
				((double)n + (n > 0 && n < SMALL_GROUP ? SHRINK : 0) + (n == 0));
		}
	}
}

void pool_fit(struct model_workspace *workspace, struct pool *ret_pool)
{
	const struct sample *used = &workspace->used;
	double level_of[GROUPS], median[GROUPS], other[GROUPS], spread[GROUPS];
	double centre, between, scatter, within, own_weight;
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
	within = scatter * scatter / (double)own_n;
	centre = stat_median(other, others);
	for (size_t i = 0; i < others; i++)
		spread[i] = fabs(other[i] - centre);
	between = 1.4826 * stat_median(spread, others);
	between = between * between + BETWEEN_FLOOR * BETWEEN_FLOOR;
	own_weight = between / (between + within);
	ret_pool->level.level += centre + own_weight * (median[0] - centre);
	ret_pool->level_sd = sqrt(1 / (1 / between + 1 / within));
	ret_pool->group_n = others;
}
