/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Several outliers against their peers: a test for each word and each row of numbers. */
#include "explain/differ_set.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

/* Where so large a share on either side has one number, these are names: versions, counts of CPUs.
 */
#define AGREE_SHARE 0.75

/* Medians nearer than this share are the same to a user. */
#define NEAR_SHARE 0.05

struct tests {
	struct explain_difference *list;
	size_t count, capacity;
};

/* One attribute, what is not known left out. */
struct sides {
	const struct explain_attribute *attribute;
	struct explain_value *outliers, *peers; /* sorted */
	size_t outlier_count, peer_count;
};

static struct explain_difference *add_test(struct tests *tests, size_t index, double p_value)
{
	struct explain_difference *test;

	tests->list = xgrow(tests->list, tests->count, &tests->capacity, sizeof(*tests->list));
	test = &tests->list[tests->count++];
	*test = (struct explain_difference){.index = index, .p_value = p_value};
	return test;
}

static size_t count_same(const struct explain_value *values, size_t n,
			 const struct explain_value *value)
{
	size_t same = 0;

	for (size_t i = 0; i < n; i++)
		same += explain_value_is_same(&values[i], value);
	return same;
}

/* P(at least so many of the outliers have it), when having it means nothing. */
static double fisher(size_t outliers_with, size_t outlier_count, size_t peers_with,
		     size_t peer_count)
{
	unsigned with = (unsigned)(outliers_with + peers_with);
	unsigned without = (unsigned)(outlier_count + peer_count) - with;

	if (outliers_with == 0)
		return 1;
	return gsl_cdf_hypergeometric_Q((unsigned)outliers_with - 1, with, without,
					(unsigned)outlier_count);
}

static void test_words(const struct sides *sides, size_t index, struct tests *tests)
{
	for (size_t i = 0, end; i < sides->outlier_count; i = end) {
		const struct explain_value *value = &sides->outliers[i];
		struct explain_difference *test;
		size_t peers_with = count_same(sides->peers, sides->peer_count, value);
		char in_peers[48] = "none";

		for (end = i + 1; end < sides->outlier_count &&
				  explain_value_is_same(&sides->outliers[end], value);
		     end++)
			;
		if (peers_with > 0)
			(void)snprintf(in_peers, sizeof(in_peers), "%zu", peers_with);
		test = add_test(
			tests, index,
			fisher(end - i, sides->outlier_count, peers_with, sides->peer_count));
		test->contrast = (struct explain_contrast){
			.form = EXPLAIN_SHARE,
			.name = sides->attribute->name,
			.own = value->text,
			.own_count = end - i,
			.same_count = peers_with,
			.outlier_count = sides->outlier_count,
			.peer_count = sides->peer_count,
		};
		(void)snprintf(test->text, sizeof(test->text),
			       "%s was %s in %zu of the %zu; in %s of the %zu normal jobs",
			       sides->attribute->name, value->text, end - i, sides->outlier_count,
			       in_peers, sides->peer_count);
	}
}

/* The rank sum of the outliers and the sum of t^3 - t over ties, of two sorted lists. */
static double rank_sum(const struct sides *sides, double *ret_ties)
{
	size_t i = 0, j = 0;
	double sum = 0, before = 0;

	*ret_ties = 0;
	while (i < sides->outlier_count || j < sides->peer_count) {
		double value = i == sides->outlier_count ? INFINITY : sides->outliers[i].number;
		double own = 0, tied = 0;

		if (j < sides->peer_count)
			value = fmin(value, sides->peers[j].number);
		for (; i < sides->outlier_count && sides->outliers[i].number == value; i++)
			own++;
		for (tied = own; j < sides->peer_count && sides->peers[j].number == value; j++)
			tied++;
		sum += own * (before + (tied + 1) / 2);
		*ret_ties += tied * tied * tied - tied;
		before += tied;
	}
	return sum;
}

static double mann_whitney(const struct sides *sides)
{
	double a = (double)sides->outlier_count, b = (double)sides->peer_count, n = a + b;
	double ties, u = rank_sum(sides, &ties) - a * (a + 1) / 2;
	double variance = a * b / 12 * (n + 1 - ties / (n * (n - 1)));

	if (!(variance > 0))
		return 1;
	return fmin(1, 2 * gsl_cdf_ugaussian_Q((fabs(u - a * b / 2) - 0.5) / sqrt(variance)));
}

static void test_numbers(const struct sides *sides, size_t index, struct tests *tests)
{
	const struct explain_value *outlier = &sides->outliers[sides->outlier_count / 2];
	const struct explain_value *peer = &sides->peers[sides->peer_count / 2];
	bool is_near = fabs(outlier->number - peer->number) <= NEAR_SHARE * fabs(peer->number);
	struct explain_difference *test = add_test(tests, index, is_near ? 1 : mann_whitney(sides));

	if (outlier->number > 0 && peer->number > 0)
		test->distance = fabs(log(outlier->number / peer->number));
	test->contrast = (struct explain_contrast){
		.form = EXPLAIN_AROUND,
		.name = sides->attribute->name,
		.own = outlier->text,
		.usual = peer->text,
		.outlier_count = sides->outlier_count,
		.peer_count = sides->peer_count,
	};
	(void)snprintf(test->text, sizeof(test->text),
		       "%s was around %s; in the %zu normal jobs around %s", sides->attribute->name,
		       outlier->text, sides->peer_count, peer->text);
}

static bool do_agree(const struct explain_value *sorted, size_t n)
{
	size_t count;

	(void)explain_value_mode(sorted, n, &count);
	return (double)count >= AGREE_SHARE * (double)n;
}

/* Whether all are numbers of which a middle says more than which they are. */
static bool are_amounts(const struct sides *sides)
{
	return explain_value_all_numbers(sides->outliers, sides->outlier_count) &&
	       explain_value_all_numbers(sides->peers, sides->peer_count) &&
	       !(do_agree(sides->outliers, sides->outlier_count) &&
		 do_agree(sides->peers, sides->peer_count));
}

static void test_attribute(const struct explain_attribute *attribute, size_t index,
			   size_t outlier_count, size_t peer_count, struct tests *tests)
{
	struct sides sides = {
		.attribute = attribute,
		.outliers = xcalloc(outlier_count, sizeof(*sides.outliers)),
		.peers = xcalloc(peer_count, sizeof(*sides.peers)),
	};

	sides.outlier_count = explain_value_sort(attribute->values, outlier_count, sides.outliers);
	sides.peer_count =
		explain_value_sort(attribute->values + outlier_count, peer_count, sides.peers);
	if (sides.outlier_count > 0 && sides.peer_count > 0) {
		if (are_amounts(&sides))
			test_numbers(&sides, index, tests);
		else
			test_words(&sides, index, tests);
	}
	free(sides.outliers);
	free(sides.peers);
}

static int compare_tests(const void *left, const void *right)
{
	const struct explain_difference *a = left, *b = right;

	if (a->p_value != b->p_value)
		return a->p_value < b->p_value ? -1 : 1;
	if (a->distance != b->distance)
		return a->distance > b->distance ? -1 : 1;
	return a->index < b->index ? -1 : 1;
}

/* Sorted tests: Holm's bound on each, and how many stand it. */
static size_t bound(struct tests *tests)
{
	double p_value = 0;
	size_t i = 0;

	for (; i < tests->count; i++) {
		struct explain_difference *test = &tests->list[i];

		test->strength = -log10(fmax(test->p_value, 1e-300));
		p_value = fmax(p_value, test->p_value * (double)(tests->count - i));
		if (p_value > EXPLAIN_LEVEL)
			break;
		test->p_value = p_value;
	}
	return i;
}

static bool is_named(const struct explain_difference *differences, size_t count, size_t index)
{
	for (size_t i = 0; i < count; i++)
		if (differences[i].index == index)
			return true;
	return false;
}

size_t explain_set_differences(const struct explain_attribute *attributes, size_t count,
			       size_t outlier_count, size_t peer_count,
			       struct explain_difference *ret_differences, size_t max)
{
	struct tests tests = {0};
	size_t stand, found = 0;

	for (size_t i = 0; i < count; i++)
		test_attribute(&attributes[i], i, outlier_count, peer_count, &tests);
	if (tests.count > 0)
		qsort(tests.list, tests.count, sizeof(*tests.list), compare_tests);
	stand = bound(&tests);
	/* of an attribute's words the clearest speaks for it */
	for (size_t i = 0; i < stand && found < max; i++)
		if (!is_named(ret_differences, found, tests.list[i].index))
			ret_differences[found++] = tests.list[i];
	free(tests.list);
	return found;
}
