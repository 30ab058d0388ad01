/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Weighs the cuts of the segmentation from the last one backwards. */
#include "detect.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/regime.h"
#include "util/stat.h"
#include "util/alloc.h"

#define DEVIATION_TO_SIGMA 1.4826 /* from the median of deviations, of a normal distribution */
#define SPREAD_FLOOR 0.02         /* 2 %: clocks and disks differ by that much without a cause */
#define LEVEL_SAME 0.13976194237515868 /* log 1.15: the segmentation's own least shift */

/* A median of differences is worth this share of its numbers for telling a spread. */
#define SPREAD_EFFICIENCY 0.5

/*
 * How far the estimated place of a shift of d standard deviations wanders as
 * more becomes known: a little, and of a small shift some 10 / d^2 (Hinkley,
 * Biometrika 57, 1970, 1-17), in steps, or in nights where nights differ.
 */
#define WANDER_STEPS 8
#define WANDER_NIGHTS 2
#define WANDER_SCALE 10.0

struct weighing {
	const struct drift_point *points;
	size_t n; /* those that are looked at */
	double *residual, *scratch;
	size_t cuts[REGIME_CUTS_MAX + 1]; /* the first is 0 */
	size_t cut_n;
	double step_spread, night_spread;
	double freedom; /* how well these are known, in degrees of freedom */
};

static double median_of(const double *values, size_t n, double *scratch)
{
	memcpy(scratch, values, n * sizeof(*scratch));
	return stat_median(scratch, n);
}

/* Of what neighbours differ by; the values are used up. */
static double spread_of(double *values, size_t n)
{
	for (size_t i = 0; i + 1 < n; i++)
		values[i] = fabs(values[i + 1] - values[i]);
	return DEVIATION_TO_SIGMA * stat_median(values, n - 1) / sqrt(2);
}

static size_t count_nights(const struct weighing *w, size_t from, size_t to)
{
	size_t count = 0;

	for (size_t i = from; i < to; i++)
		count += i == from || w->points[i].night != w->points[i - 1].night;
	return count;
}

static void find_spreads(struct weighing *w)
{
	double *medians = w->scratch + w->n;
	size_t night_n = 0;

	for (size_t i = 0, end; i < w->n; i = end) {
		for (end = i + 1; end < w->n && w->points[end].night == w->points[i].night; end++)
			;
		medians[night_n++] = median_of(w->residual + i, end - i, w->scratch);
	}
	memcpy(w->scratch, w->residual, w->n * sizeof(double));
	w->step_spread = spread_of(w->scratch, w->n) + SPREAD_FLOOR;
	w->night_spread = night_n > 1 ? spread_of(medians, night_n) + SPREAD_FLOOR : 0;
	w->freedom = fmax(1, SPREAD_EFFICIENCY * (double)(night_n - 2));
}

static double level_of(const struct weighing *w, size_t from, size_t to)
{
	return median_of(w->residual + from, to - from, w->scratch);
}

static size_t count_beyond(const struct weighing *w, size_t from, size_t to, double middle,
			   double sign)
{
	size_t count = 0;

	for (size_t i = from; i < to; i++)
		count += (w->residual[i] - middle) * sign > 0;
	return count;
}

/*
 * Whether the points from cut number k on make a segment: a night's outliers,
 * and stray neighbours that the cut has taken in with them, do not.
 */
static bool is_segment(const struct weighing *w, size_t k)
{
	size_t from = w->cuts[k], end, total = 0, largest = 0;
	double before = level_of(w, w->cuts[k - 1], from);
	double shift = level_of(w, from, w->n) - before;

	for (size_t i = from; i < w->n; i = end) {
		size_t count;

		for (end = i + 1; end < w->n && w->points[end].night == w->points[i].night; end++)
			;
		count = count_beyond(w, i, end, before + shift / 2, shift);
		largest = count > largest ? count : largest;
		total += count;
	}
	return total >= DRIFT_STEPS_SINCE && total - largest >= DRIFT_STEPS_ELSEWHERE;
}

/*
 * The chance that so many of the steps since lie on the new level's side of the
 * middle, when it is all one level (Fisher's exact test): what a group has done
 * all along, now and then, is no shift when it does so a few times on end.
 */
static double chance_of(const struct weighing *w, size_t from, size_t first, double middle,
			double sign)
{
	size_t past = count_beyond(w, from, first, middle, sign);
	size_t since = count_beyond(w, first, w->n, middle, sign);

	if (since == 0)
		return 1;
	return gsl_cdf_hypergeometric_Q((unsigned)since - 1, (unsigned)(past + since),
					(unsigned)(w->n - from - past - since),
					(unsigned)(w->n - first));
}

/* Whether all segments from cut number k on are nearer to the new level. */
static bool holds_since(const struct weighing *w, size_t k, double middle, double sign)
{
	for (; k <= w->cut_n && w->cuts[k] < w->n; k++) {
		size_t end = k < w->cut_n && w->cuts[k + 1] < w->n ? w->cuts[k + 1] : w->n;

		if ((level_of(w, w->cuts[k], end) - middle) * sign <= 0)
			return false;
	}
	return true;
}

/* The square of the standard error of a segment's level. */
static double error_of(const struct weighing *w, size_t from, size_t to)
{
	return fmax(w->step_spread * w->step_spread / (double)(to - from),
		    w->night_spread * w->night_spread / (double)count_nights(w, from, to));
}

/*
 * A shift in standard errors, which are estimates, as standard deviations of
 * the normal distribution: Wallace, Ann. Math. Statist. 30, 1959, 1121-1130.
 */
static double normal_deviate(double t, double freedom)
{
	return sqrt(freedom * log1p(t * t / freedom)) * (8 * freedom + 1) / (8 * freedom + 3);
}

/* Where the level began that held before cut number k; SIZE_MAX when too little is known of it. */
static size_t before_from(const struct weighing *w, size_t k)
{
	size_t end = w->cuts[k];

	while (k-- > 0)
		if (end - w->cuts[k] >= DRIFT_STEPS_BEFORE &&
		    count_nights(w, w->cuts[k], end) >= DRIFT_NIGHTS_BEFORE)
			return w->cuts[k];
	return SIZE_MAX;
}

/* Whether the level before the last one was as the present one is, or beyond it. */
static bool is_back(const struct weighing *w, size_t k, double before, double since)
{
	double earlier;

	if (k < 2)
		return false;
	earlier = level_of(w, w->cuts[k - 2], w->cuts[k - 1]);
	if ((earlier - before) * (since - before) <= 0)
		return false;
	return fabs(since - before) >= fabs(earlier - before) - LEVEL_SAME;
}

/* The first of the segments that lead to the last one all in one direction. */
static size_t one_way_from(const struct weighing *w, size_t k)
{
	double after = level_of(w, w->cuts[k], w->n);
	double before = level_of(w, w->cuts[k - 1], w->cuts[k]);
	double sign = after - before;

	for (k--; k > 0; k--) {
		after = before;
		before = level_of(w, w->cuts[k - 1], w->cuts[k]);
		if ((after - before) * sign <= 0)
			break;
	}
	return k;
}

/*
 * A straight line through all points from segment number `from` on, when it
 * fits them better than their levels do; its rise.  0: it does not.
 */
static double line_rise(const struct weighing *w, size_t from, size_t k)
{
	size_t first = w->cuts[from], n = w->n - first;
	double *clipped = w->scratch + w->n, mean = 0, slope = 0, of_levels = 0, of_line = 0;
	double middle = (double)(n - 1) / 2;

	for (size_t s = from; s <= k; s++) {
		size_t end = s < k ? w->cuts[s + 1] : w->n;
		double level = level_of(w, w->cuts[s], end), reach = 3 * w->step_spread;

		for (size_t i = w->cuts[s]; i < end; i++) {
			double off = fmin(fmax(w->residual[i] - level, -reach), reach);

			clipped[i - first] = level + off;
			of_levels += off * off;
		}
	}
	for (size_t i = 0; i < n; i++)
		mean += clipped[i] / (double)n;
	for (size_t i = 0; i < n; i++)
		slope += ((double)i - middle) * (clipped[i] - mean);
	slope *= 12 / ((double)n * ((double)n * (double)n - 1));
	for (size_t i = 0; i < n; i++) {
		double off = clipped[i] - mean - slope * ((double)i - middle);

		of_line += off * off;
	}
	return of_line < of_levels ? slope * (double)(n - 1) : 0;
}

/* Fill in where the drift began, and where it may be seen to have begun when more is known. */
static void place(const struct weighing *w, size_t first, struct drift *drift)
{
	double shift = drift->log_ratio;
	double steps = WANDER_STEPS + WANDER_SCALE * pow(w->step_spread / shift, 2);
	double nights = WANDER_NIGHTS + WANDER_SCALE * pow(w->night_spread / shift, 2);
	size_t near_from = first, near_to = first;

	while (near_from > 0 && ((double)(first - near_from) < steps ||
				 (double)count_nights(w, near_from, first + 1) - 1 < nights))
		near_from--;
	while (near_to + 1 < w->n && ((double)(near_to - first) < steps ||
				      (double)count_nights(w, first, near_to + 1) - 1 < nights))
		near_to++;
	drift->first = first;
	drift->since_n = w->n - first;
	drift->night_n = count_nights(w, first, w->n);
	drift->start_unix_us = w->points[first].start_unix_us;
	drift->end_unix_us = w->points[first].end_unix_us;
	drift->near_from_unix_us = w->points[near_from].end_unix_us;
	drift->near_to_unix_us = w->points[near_to].end_unix_us;
}

/* Whether the level moved at cut number k, when w->n points are looked at. */
static bool is_drift(const struct weighing *w, size_t k, struct drift *drift)
{
	size_t first = w->cuts[k], from = before_from(w, k), one_way;
	double before, since, shift, middle, error, rise;

	if (from == SIZE_MAX)
		return false;
	before = level_of(w, from, first);
	since = level_of(w, first, w->n);
	shift = since - before;
	error = sqrt(error_of(w, from, first) + error_of(w, first, w->n));
	*drift = (struct drift){
		.log_ratio = shift,
		.statistic = normal_deviate(fabs(shift) / error, w->freedom),
		.before_n = first - from,
		.is_back = is_back(w, k, before, since),
	};
	middle = before + shift / 2;
	if (fabs(shift) < log(DRIFT_RATIO) || drift->statistic < DRIFT_THRESHOLD ||
	    chance_of(w, from, first, middle, shift) >
		    (drift->is_back ? DRIFT_CHANCE_BACK : DRIFT_CHANCE) ||
	    !holds_since(w, k, middle, shift))
		return false;
	place(w, first, drift);
	one_way = one_way_from(w, k);
	rise = line_rise(w, one_way, k);
	if (rise != 0 && fabs(rise) < log(DRIFT_RATIO))
		return false;
	if (rise != 0) {
		drift->is_gradual = true;
		drift->is_back = false;
		drift->log_ratio = rise;
		drift->before_n = w->cuts[one_way];
		place(w, w->cuts[one_way], drift);
	}
	return true;
}

bool drift_detect(const struct drift_point *points, size_t n, struct drift *ret_drift)
{
	struct weighing w = {.points = points, .n = n};
	struct drift drift;
	bool is_found = false;

	if (n < DRIFT_STEPS_BEFORE + DRIFT_STEPS_SINCE)
		return false;
	w.residual = xcalloc(n, sizeof(*w.residual));
	w.scratch = xcalloc(2 * n, sizeof(*w.scratch));
	for (size_t i = 0; i < n; i++)
		w.residual[i] = points[i].residual;
	w.cut_n = regime_cuts(w.residual, n, w.scratch, w.cuts + 1);
	if (w.cut_n > 0)
		find_spreads(&w);
	for (size_t k = w.cut_n; k > 0 && !is_found; k--) {
		if (!is_segment(&w, k))
			w.n = w.cuts[k];
		else
			is_found = is_drift(&w, k, &drift);
	}
	if (is_found)
		*ret_drift = drift;
	free(w.residual);
	free(w.scratch);
	return is_found;
}
