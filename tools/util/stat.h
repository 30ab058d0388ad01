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

/* The quantile q, 0 to 1, n > 0: linear between the order statistics. */
double stat_quantile(double *scratch, size_t n, double q);

/* The mean of the keep smallest, 0 < keep <= n. */
double stat_lowest_mean(double *scratch, size_t n, size_t keep);

/* Sort n numbers, ascending. */
void stat_sort(double *values, size_t n);

/* As stat_quantile, of a sorted array. */
double stat_quantile_sorted(const double *sorted, size_t n, double q);

#endif
