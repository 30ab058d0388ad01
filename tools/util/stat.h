/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Order statistics of numbers, none of them NaN, most on scratch arrays, which
 * they reorder.  The grid search of the model's level asks for two of them per
 * candidate, so selection is what a fit's time goes into.
 */
#ifndef UTIL_STAT_H
#define UTIL_STAT_H

#include <stddef.h>

/* The element of rank k, 0 <= k < n; everything before it is not above it afterwards. */
double stat_select(double *scratch, size_t n, size_t k);

/* The median, the mean of the two middle ones for an even n > 0. */
double stat_median(double *scratch, size_t n);

/* The mean of the keep smallest, 0 < keep <= n. */
double stat_lowest_mean(double *scratch, size_t n, size_t keep);

/* Between which numbers an order statistic may be, as far as somebody can tell. */
struct stat_range {
	double low, high;
};

/*
 * As stat_median, of values that stay as they are; scratch holds n numbers.  It
 * is looked for in the range first, which takes one pass if it is there and few
 * others are.
 */
double stat_median_near(const double *values, size_t n, struct stat_range range, double *scratch);

/*
 * As stat_lowest_mean, of values that stay as they are; *ret_largest is the
 * largest of those kept, which is looked for in the range first.
 */
double stat_lowest_mean_near(const double *values, size_t n, size_t keep, struct stat_range range,
			     double *scratch, double *ret_largest);

/* The quantile q, 0 to 1, n > 0: linear between the order statistics. */
double stat_quantile(double *scratch, size_t n, double q);

/* Sort n numbers, ascending. */
void stat_sort(double *values, size_t n);

/* As stat_quantile, of a sorted array. */
double stat_quantile_sorted(const double *sorted, size_t n, double q);

#endif
