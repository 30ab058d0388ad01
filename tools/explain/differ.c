/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One outlier against its peers: strengths per attribute and step, and the
 * bound by permutation.  Whatever the strengths are, the bound holds as long as
 * they treat all steps alike: so medians and modes are those of all n + 1.
 */
#include "explain/differ.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explain/differ_set.h"
#include "util/alloc.h"
#include "util/stat.h"

/* Where three in four have one value, it is the usual one, and others are odd. */
#define AGREE_SHARE 0.75

/* A number nearer than that is where numbers are: one in 370 of a normal distribution is not. */
#define FAR_SIGMAS 3.0

#define MAD_TO_SIGMA 1.4826 /* of a normal distribution */

/* Of numbers, what is nearer than this share is the same to a user. */
#define NEAR_SHARE 0.05

/* However far a number lies, a value that none of the others has counts a little more. */
#define CAP_SHARE 0.99

struct strengths {
	size_t unit_count; /* the outlier, at [0], and its peers */
	double *list;      /* [attribute][unit] */
};

static double residual(double odd_count, double n)
{
	return sqrt((n - odd_count + 0.5) / (odd_count - 0.5));
}

/* Known and sorted values; returns whether most agree, and the strengths are set. */
static bool rate_words(const struct explain_value *values, size_t unit_count,
		       const struct explain_value *sorted, size_t known_count, double *strengths)
{
	size_t mode_count, mode = explain_value_mode(sorted, known_count, &mode_count);
	size_t odd_count = known_count - mode_count;

	if ((double)mode_count < AGREE_SHARE * (double)known_count)
		return false;
	for (size_t i = 0; odd_count > 0 && i < unit_count; i++)
		if (values[i].text != NULL && !explain_value_is_same(&values[i], &sorted[mode]))
			strengths[i] = residual((double)odd_count, (double)known_count);
	return true;
}

/*
 * Where others lie far out too, as in measures with heavy tails, lying far out
 * says little: then it counts how much farther than the farthest other it is.
 */
static void rate_distances(double *distances, size_t unit_count, double cap)
{
	double farthest = 0, second = 0;

	for (size_t i = 0; i < unit_count; i++) {
		if (distances[i] > farthest) {
			second = farthest;
			farthest = distances[i];
		} else {
			second = fmax(second, distances[i]);
		}
	}
	for (size_t i = 0; i < unit_count; i++) {
		double other = distances[i] == farthest ? second : farthest;
		double strength = FAR_SIGMAS * distances[i] / fmax(FAR_SIGMAS, other);

		distances[i] = strength > FAR_SIGMAS ? fmin(strength, cap) : 0;
	}
}

/* Numbers, sorted: the smallest tells whether they have logarithms. */
static void rate_numbers(const struct explain_value *values, size_t unit_count,
			 const struct explain_value *sorted, size_t known_count, double *strengths)
{
	bool is_log = sorted[0].number > 0;
	double *offsets = xcalloc(known_count, sizeof(*offsets));
	double median, sigma, floor;

	for (size_t i = 0; i < known_count; i++)
		offsets[i] = is_log ? log(sorted[i].number) : sorted[i].number;
	median = stat_median(offsets, known_count);
	for (size_t i = 0; i < known_count; i++)
		offsets[i] = fabs(offsets[i] - median);
	floor = is_log ? NEAR_SHARE : NEAR_SHARE * fabs(median);
	sigma = fmax(MAD_TO_SIGMA * stat_median(offsets, known_count), floor);
	free(offsets);
	if (sigma == 0)
		return;
	for (size_t i = 0; i < unit_count; i++)
		if (values[i].text != NULL)
			strengths[i] =
				fabs((is_log ? log(values[i].number) : values[i].number) - median) /
				sigma;
	rate_distances(strengths, unit_count, CAP_SHARE * residual(1, (double)known_count));
}

/* Most attributes are the same of all, and not in need of an order. */
static bool are_all_same(const struct explain_value *values, size_t unit_count)
{
	for (size_t i = 1; i < unit_count; i++)
		if (!explain_value_is_same(&values[i], &values[0]))
			return false;
	return true;
}

static void rate(const struct explain_value *values, size_t unit_count, double *strengths)
{
	struct explain_value *sorted;
	size_t known_count;

	if (are_all_same(values, unit_count))
		return;
	sorted = xcalloc(unit_count, sizeof(*sorted));
	known_count = explain_value_sort(values, unit_count, sorted);
	if (known_count > 0 && !rate_words(values, unit_count, sorted, known_count, strengths) &&
	    explain_value_all_numbers(sorted, known_count))
		rate_numbers(values, unit_count, sorted, known_count, strengths);
	free(sorted);
}

/* Peers, known and sorted, and what the outlier had instead. */
static void tell(const struct explain_attribute *attribute, const struct explain_value *sorted,
		 size_t known_count, struct explain_difference *difference)
{
	const struct explain_value *own = &attribute->values[0];
	const struct explain_value *median = &sorted[known_count / 2];
	size_t mode_count, mode = explain_value_mode(sorted, known_count, &mode_count);
	char how_many[64];

	difference->distance =
		own->number > 0 && median->number > 0 ? fabs(log(own->number / median->number)) : 0;
	difference->contrast = (struct explain_contrast){
		.form = EXPLAIN_SAME,
		.name = attribute->name,
		.own = own->text,
		.usual = sorted[mode].text,
		.own_count = 1,
		.same_count = mode_count,
		.outlier_count = 1,
		.peer_count = known_count,
	};
	if ((double)mode_count < AGREE_SHARE * (double)known_count) {
		difference->contrast.form = EXPLAIN_RANGE;
		difference->contrast.usual = median->text;
		difference->contrast.low = sorted[0].text;
		difference->contrast.high = sorted[known_count - 1].text;
		difference->contrast.same_count = 0;
		(void)snprintf(difference->text, sizeof(difference->text),
			       "%s was %s; in the %zu normal jobs it was %s to %s, half of them up "
			       "to %s",
			       attribute->name, own->text, known_count, sorted[0].text,
			       sorted[known_count - 1].text, median->text);
		return;
	}
	if (mode_count == known_count)
		(void)snprintf(how_many, sizeof(how_many), "the %zu", known_count);
	else
		(void)snprintf(how_many, sizeof(how_many), "%zu of the %zu", mode_count,
			       known_count);
	(void)snprintf(difference->text, sizeof(difference->text),
		       "%s was %s; in %s normal jobs it was %s", attribute->name, own->text,
		       how_many, sorted[mode].text);
}

static int compare_differences(const void *left, const void *right)
{
	const struct explain_difference *a = left, *b = right;

	if (a->strength != b->strength)
		return a->strength > b->strength ? -1 : 1;
	if (a->distance != b->distance)
		return a->distance > b->distance ? -1 : 1;
	return a->index < b->index ? -1 : 1;
}

/* How many of the units, the outlier among them, are as strong in any of these attributes. */
static size_t count_as_strong(const struct strengths *strengths,
			      const struct explain_difference *differences, size_t count)
{
	size_t as_strong = 0;

	for (size_t unit = 0; unit < strengths->unit_count; unit++) {
		double largest = 0;

		for (size_t i = 0; i < count; i++)
			largest =
				fmax(largest,
				     strengths->list[differences[i].index * strengths->unit_count +
						     unit]);
		as_strong += largest >= differences[0].strength;
	}
	return as_strong;
}

/* Sorted by the outlier's strength, those of no strength last: how many stand the bound. */
static size_t step_down(const struct strengths *strengths, struct explain_difference *differences,
			size_t count)
{
	double p_value = 0;
	size_t i = 0;

	for (; i < count && differences[i].strength > 0; i++) {
		size_t as_strong = count_as_strong(strengths, &differences[i], count - i);

		p_value = fmax(p_value, (double)as_strong / (double)strengths->unit_count);
		if (p_value > EXPLAIN_LEVEL)
			break;
		differences[i].p_value = p_value;
	}
	return i;
}

static size_t one_differences(const struct explain_attribute *attributes, size_t count,
			      size_t peer_count, struct explain_difference *ret_differences,
			      size_t max)
{
	struct strengths strengths = {.unit_count = peer_count + 1};
	struct explain_value *sorted = xcalloc(peer_count + 1, sizeof(*sorted));
	struct explain_difference *all = xcalloc(count + 1, sizeof(*all));
	size_t found;

	strengths.list = xcalloc(count * strengths.unit_count + 1, sizeof(double));
	for (size_t i = 0; i < count; i++) {
		double *own = &strengths.list[i * strengths.unit_count];

		rate(attributes[i].values, strengths.unit_count, own);
		all[i].index = i;
		all[i].strength = own[0];
		if (own[0] > 0)
			tell(&attributes[i], sorted,
			     explain_value_sort(attributes[i].values + 1, peer_count, sorted),
			     &all[i]);
	}
	qsort(all, count, sizeof(*all), compare_differences);
	found = step_down(&strengths, all, count);
	if (found > max)
		found = max;
	memcpy(ret_differences, all, found * sizeof(*all));
	free(strengths.list);
	free(sorted);
	free(all);
	return found;
}

size_t explain_differences(const struct explain_attribute *attributes, size_t count,
			   size_t outlier_count, size_t peer_count,
			   struct explain_difference *ret_differences, size_t max)
{
	if (outlier_count == 0 || peer_count == 0)
		return 0;
	if (outlier_count == 1)
		return one_differences(attributes, count, peer_count, ret_differences, max);
	return explain_set_differences(attributes, count, outlier_count, peer_count,
				       ret_differences, max);
}
