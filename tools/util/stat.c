/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Order statistics by selection. */
#include "util/stat.h"

#include "util/clones.h"

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <string.h>

static double median_of_three(double a, double b, double c)
{
	double low = a < b ? a : b, high = a < b ? b : a;

	return c < low ? low : c > high ? high : c;
}

/* Move the elements below pivot (not above it, if or_equal) to the front; returns how many. */
static size_t partition(double *a, size_t n, double pivot, int or_equal)
{
	size_t front = 0;

	/* No branch depends on the data: a mispredicted one costs more than the two moves. */
	if (or_equal) {
		for (size_t i = 0; i < n; i++) {
			double value = a[i];

			a[i] = a[front];
			a[front] = value;
			front += value <= pivot;
		}
	} else {
		for (size_t i = 0; i < n; i++) {
			double value = a[i];

			a[i] = a[front];
			a[front] = value;
			front += value < pivot;
		}
	}
	return front;
}

/*
 * Hoare's selection, about twice as fast here as gsl_stats_select(), which
 * branches on every comparison.
 */
double stat_select(double *scratch, size_t n, size_t k)
{
	double *a = scratch;

	while (n > 5) {
		double pivot = median_of_three(a[n / 8], a[n / 2], a[n - 1 - n / 8]);
		size_t below = partition(a, n, pivot, 0);

		if (k < below) {
			n = below;
			continue;
		}
		if (below == 0) {
			/* The pivot is the smallest: step over all its equals at once. */
			below = partition(a, n, pivot, 1);
			if (k < below)
				return pivot;
		}
		a += below;
		n -= below;
		k -= below;
	}
	/* Down to few: sorting a dozen mispredicts more branches than two partitions take. */
	for (size_t i = 1; i < n; i++) {
		double value = a[i];
		size_t j = i;

		for (; j > 0 && a[j - 1] > value; j--)
			a[j] = a[j - 1];
		a[j] = value;
	}
	return a[k];
}

/* The mean of the elements of ranks k - 1 and k. */
static double middle_of_two(double *scratch, size_t n, size_t k)
{
	double upper = stat_select(scratch, n, k), lower = scratch[0];

	for (size_t i = 1; i < k; i++)
		lower = scratch[i] > lower ? scratch[i] : lower;
	return (lower + upper) / 2;
}

double stat_median(double *scratch, size_t n)
{
	return n % 2 == 1 ? stat_select(scratch, n, n / 2) : middle_of_two(scratch, n, n / 2);
}

/* Vectors of the compiler's, which every processor has or is given. */
#define LANES 4
typedef double lanes __attribute__((vector_size(8 * LANES)));
typedef int64_t flags __attribute__((vector_size(8 * LANES)));

/* What a pass over the values finds: how many are below the range, their sum, and who is in it. */
struct pass {
	size_t below_n, inside_n;
	double below_sum;
};

CLONES static struct pass pass_over(const double *values, size_t n, struct stat_range range,
				    double *ret_inside)
{
	const lanes low = (lanes){0} + range.low;
	struct pass pass = {0};
	size_t inside_n = 0, i = 0;
	lanes sums = {0};
	flags below = {0};

	for (; i + LANES <= n; i += LANES) {
		lanes value;

		memcpy(&value, values + i, sizeof(value));
		sums += (lanes)((flags)value & (value < low));
		below -= value < low; /* true is -1 */
	}
	for (; i < n; i++) {
		pass.below_sum += values[i] < range.low ? values[i] : 0;
		pass.below_n += values[i] < range.low;
	}
	for (size_t j = 0; j < LANES; j++) {
		pass.below_sum += sums[j];
		pass.below_n += (size_t)below[j];
	}
	/* No branch depends on the data here, either. */
	for (i = 0; i < n; i++) {
		ret_inside[inside_n] = values[i];
		inside_n += (values[i] >= range.low) & (values[i] <= range.high);
	}
	pass.inside_n = inside_n;
	return pass;
}

double stat_median_near(const double *values, size_t n, struct stat_range range, double *scratch)
{
	size_t first = (n - 1) / 2;
	struct pass pass = pass_over(values, n, range, scratch);

	if (first < pass.below_n || n / 2 >= pass.below_n + pass.inside_n) {
		memcpy(scratch, values, n * sizeof(*scratch));
		return stat_median(scratch, n);
	}
	return n % 2 == 1 ? stat_select(scratch, pass.inside_n, n / 2 - pass.below_n)
			  : middle_of_two(scratch, pass.inside_n, n / 2 - pass.below_n);
}

double stat_quantile(double *scratch, size_t n, double q)
{
	double place = q * (double)(n - 1), lower, upper;
	size_t k = (size_t)place;

	lower = stat_select(scratch, n, k);
	if (k + 1 == n)
		return lower;
	/* What is after it is not below it. */
	upper = scratch[k + 1];
	for (size_t i = k + 2; i < n; i++)
		upper = scratch[i] < upper ? scratch[i] : upper;
	return (1 - (place - (double)k)) * lower + (place - (double)k) * upper;
}

double stat_lowest_mean(double *scratch, size_t n, size_t keep)
{
	double sum = 0;

	if (keep < n)
		(void)stat_select(scratch, n, keep - 1);
	for (size_t i = 0; i < keep; i++)
		sum += scratch[i];
	return sum / (double)keep;
}

double stat_lowest_mean_near(const double *values, size_t n, size_t keep, struct stat_range range,
			     double *scratch, double *ret_largest)
{
	struct pass pass = pass_over(values, n, range, scratch);
	double sum = pass.below_sum;
	size_t more = keep - pass.below_n;

	if (keep <= pass.below_n || keep > pass.below_n + pass.inside_n) {
		memcpy(scratch, values, n * sizeof(*scratch));
		sum = 0;
		more = keep;
		pass.inside_n = n;
	}
	*ret_largest = stat_select(scratch, pass.inside_n, more - 1);
	for (size_t i = 0; i < more; i++)
		sum += scratch[i];
	return sum / (double)keep;
}

void stat_sort(double *values, size_t n)
{
	gsl_sort(values, 1, n);
}

double stat_quantile_sorted(const double *sorted, size_t n, double q)
{
	return gsl_stats_quantile_from_sorted_data(sorted, 1, n, q);
}
