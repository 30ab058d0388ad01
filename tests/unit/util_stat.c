/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Order statistics: against GSL's on the same numbers, ties and all, and against R's. */
#include "util/stat.h"
#include "tap.h"

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <stdint.h>

#define N_MAX 700

static double uniform(uint64_t *state)
{
	*state = *state * 6364136223846793005U + 1442695040888963407U;
	return (double)(*state >> 11) / 9007199254740992.0;
}

/* grain 0: all different; else that many different values. */
static void fill(double *values, size_t n, int grain, uint64_t *state)
{
	for (size_t i = 0; i < n; i++) {
		values[i] = uniform(state);
		if (grain > 0)
			values[i] = floor(values[i] * grain);
	}
}

static void compare_with_gsl(size_t n, int grain)
{
	double values[N_MAX], sorted[N_MAX], scratch[N_MAX], sum = 0;
	uint64_t state = n * 31 + (uint64_t)grain;
	int select_wrong = 0, before_wrong = 0, mean_wrong = 0;

	fill(values, n, grain, &state);
	memcpy(sorted, values, n * sizeof(double));
	gsl_sort(sorted, 1, n);
	for (size_t k = 0; k < n; k++) {
		memcpy(scratch, values, n * sizeof(double));
		select_wrong += stat_select(scratch, n, k) != sorted[k];
		for (size_t i = 0; i < k; i++)
			before_wrong += scratch[i] > sorted[k];
		sum += sorted[k];
		memcpy(scratch, values, n * sizeof(double));
		mean_wrong += fabs(stat_lowest_mean(scratch, n, k + 1) - sum / (double)(k + 1)) >
			      1e-12 * (1 + sum);
	}
	is_int(select_wrong, 0, "every rank of %zu values (%d different) is the sorted one", n,
	       grain);
	is_int(before_wrong, 0, "and what comes before is not above it");
	is_int(mean_wrong, 0, "means of the lowest are means of the sorted");
	memcpy(scratch, values, n * sizeof(double));
	is_near(stat_median(scratch, n), gsl_stats_median_from_sorted_data(sorted, 1, n), 1e-15,
		"the median is GSL's");
}

/* What is looked for in a range first is the same wherever the range is, and leaves the values. */
static void compare_near(size_t n, int grain)
{
	static const double ends[] = {-1, 0, 0.1, 0.45, 0.5, 0.55, 0.8, 0.9, 1, 2};
	const size_t end_n = sizeof(ends) / sizeof(*ends);
	double values[N_MAX], kept[N_MAX], scratch[N_MAX], largest;
	double of_all = grain > 0 ? grain : 1;
	uint64_t state = n * 37 + (uint64_t)grain;
	int median_wrong = 0, mean_wrong = 0, largest_wrong = 0;

	fill(values, n, grain, &state);
	memcpy(kept, values, n * sizeof(double));
	for (size_t i = 0; i < end_n * end_n; i++) {
		struct stat_range range = {ends[i / end_n] * of_all, ends[i % end_n] * of_all};
		double median = stat_median_near(values, n, range, scratch), mean;
		size_t keep = n - n / 5;

		memcpy(scratch, values, n * sizeof(double));
		median_wrong += median != stat_median(scratch, n);
		mean = stat_lowest_mean_near(values, n, keep, range, scratch, &largest);
		memcpy(scratch, values, n * sizeof(double));
		mean_wrong += fabs(mean - stat_lowest_mean(scratch, n, keep)) > 1e-13 * of_all;
		largest_wrong += largest != stat_select(scratch, n, keep - 1);
	}
	is_int(median_wrong, 0, "%zu values (%d different): a median is found near and far", n,
	       grain);
	is_int(mean_wrong, 0, "and the mean of the lowest");
	is_int(largest_wrong, 0, "and the largest of them");
	is_int(memcmp(values, kept, n * sizeof(double)), 0, "which leave the values");
}

/*
 * R 4.2.2 on the same numbers:
 *
 *	i <- 1:40; x <- 100 * i; y <- (20 + 0.5 * x) * (1 + 0.05 * sin(i^2))
 *	y[i %% 10 == 0] <- 4 * y[i %% 10 == 0]
 *	print(quantile(y, c(0.1, 0.25, 0.5, 0.75, 0.9, 0.99)), digits = 15)
 *	print(median(y[1:39]), digits = 15)
 */
static void compare_with_r(void)
{
	static const double quantiles[][2] = {
		{0.1, 263.075232587981},   {0.25, 603.200306418016}, {0.5, 1148.396523324757},
		{0.75, 1719.572753066799}, {0.9, 2015.815417881979}, {0.99, 7220.845718801054},
	};
	double y[40], scratch[40];

	for (size_t i = 0; i < 40; i++) {
		double at = (double)i + 1;

		y[i] = (20 + 0.5 * (100 * at)) * (1 + 0.05 * sin(at * at));
		y[i] *= (i + 1) % 10 == 0 ? 4 : 1;
	}
	memcpy(scratch, y, sizeof(y));
	is_near(stat_median(scratch, 40), 1148.396523324757, 1e-13, "the median of 40 is R's");
	memcpy(scratch, y, sizeof(y));
	is_near(stat_median(scratch, 39), 1130.83616613756, 1e-13, "and of 39");
	for (size_t i = 0; i < sizeof(quantiles) / sizeof(*quantiles); i++) {
		memcpy(scratch, y, sizeof(y));
		is_near(stat_quantile(scratch, 40, quantiles[i][0]), quantiles[i][1], 1e-13,
			"the quantile at %g is R's, of unsorted numbers", quantiles[i][0]);
	}
	stat_sort(y, 40);
	for (size_t i = 0; i < sizeof(quantiles) / sizeof(*quantiles); i++)
		is_near(stat_quantile_sorted(y, 40, quantiles[i][0]), quantiles[i][1], 1e-13,
			"the quantile at %g is R's", quantiles[i][0]);
}

int main(void)
{
	static const size_t sizes[] = {1, 2, 3, 4, 5, 12, 13, 14, 29, 100, 501, N_MAX};
	static const int grains[] = {0, 1, 2, 7};
	double values[] = {3, 1, 2, 10};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
		for (size_t j = 0; j < sizeof(grains) / sizeof(*grains); j++) {
			compare_with_gsl(sizes[i], grains[j]);
			compare_near(sizes[i], grains[j]);
		}
	compare_with_r();
	stat_sort(values, 4);
	is_near(values[0], 1, 0, "ascending");
	is_near(stat_quantile_sorted(values, 4, 0.5), 2.5, 1e-15, "a quantile interpolates");
	is_near(stat_quantile_sorted(values, 4, 1), 10, 0, "up to the largest");
	is_near(stat_quantile(values, 4, 1), 10, 0, "of unsorted ones too");
	is_near(stat_quantile(values, 1, 0.9), 1, 0, "and of one it is that one");
	return tap_done();
}
