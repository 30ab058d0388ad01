/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Binary segmentation by the CUSUM statistic (Scott and Knott 1974; Page 1954)
 * on winsorised residuals, so that a single outlier is no change of level.
 */
#include "regime.h"

#include "util/stat.h"

#include <math.h>
#include <string.h>

#define SEGMENT_MIN 5                 /* steps on either side: fewer may be a bad afternoon */
#define THRESHOLD 4.0                 /* of the statistic, which is normal with variance about 1 */
#define SHIFT_MIN 0.13976194237515868 /* log 1.15: less is not worth a new baseline */
#define WINSOR 3.0                    /* a single outlier counts as three spreads and no more */
#define SPREAD_FLOOR 0.02             /* log units: two percent is no shift */
#define DEPTH_MAX 4                   /* at most sixteen segments: more would be no regimes */

struct segmentation {
	const double *residual;
	const double *winsorised;
	double *scratch;
	size_t *cuts;
	size_t cut_n;
};

static double median_of(const double *values, size_t n, double *scratch)
{
	memcpy(scratch, values, n * sizeof(*scratch));
	return stat_median(scratch, n);
}

static void split(struct segmentation *s, size_t from, size_t to, int depth)
{
	size_t n = to - from, best_k = 0;
	double total = 0, sum = 0, best = 0, before, after;

	if (n < 2 * SEGMENT_MIN || depth > DEPTH_MAX)
		return;
	for (size_t i = from; i < to; i++)
		total += s->winsorised[i];
	for (size_t k = 1; k + SEGMENT_MIN <= n; k++) {
		double part = (double)k / (double)n, statistic;

		sum += s->winsorised[from + k - 1];
		if (k < SEGMENT_MIN)
			continue;
		statistic = fabs(sum - part * total) / sqrt(part * (double)(n - k));
		if (statistic > best) {
			best = statistic;
			best_k = k;
		}
	}
	if (best <= THRESHOLD)
		return;
	before = median_of(s->residual + from, best_k, s->scratch);
	after = median_of(s->residual + from + best_k, n - best_k, s->scratch);
	if (fabs(after - before) <= SHIFT_MIN)
		return;
	/* In order of position, as the left part is done first. */
	split(s, from, from + best_k, depth + 1);
	s->cuts[s->cut_n++] = from + best_k;
	split(s, from + best_k, to, depth + 1);
}

size_t regime_cuts(const double *residual, size_t n, double *scratch, size_t cuts[REGIME_CUTS_MAX])
{
	double *winsorised = scratch + n, middle, spread;
	struct segmentation s = {residual, winsorised, scratch, cuts, 0};

	if (n < 2 * SEGMENT_MIN + 2)
		return 0;
	/* Neighbours differ by noise alone, wherever the level is. */
	for (size_t i = 0; i + 1 < n; i++)
		scratch[i] = fabs(residual[i + 1] - residual[i]);
	spread = 1.4826 * stat_median(scratch, n - 1) / sqrt(2) + SPREAD_FLOOR;
	middle = median_of(residual, n, scratch);
	for (size_t i = 0; i < n; i++)
		winsorised[i] = fmin(fmax((residual[i] - middle) / spread, -WINSOR), WINSOR);
	split(&s, 0, n, 0);
	return s.cut_n;
}
