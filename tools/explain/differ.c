/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Compares an attribute's value with the peers': first with the value that most
 * of them share, then, for numbers, with where most of them lie.
 */
#include "explain/differ.h"

#include <locale.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

#define PEERS_MIN 5
#define AGREE_SHARE 0.75
#define RARE_SHARE 0.05
#define FAR_SIGMAS 3.0
#define MAD_TO_SIGMA 1.4826 /* of a normal distribution */

/* A declared value with its number, NaN when it is none. */
struct value {
	const char *text; /* NULL: not declared */
	double number;
};

static double number_of(const char *text, locale_t c_locale)
{
	char *end;
	double number;

	if (text == NULL || text[0] == '\0')
		return NAN;
	number = strtod_l(text, &end, c_locale);
	return *end == '\0' && isfinite(number) ? number : NAN;
}

static bool is_same(const struct value *a, const struct value *b)
{
	if (a->text == NULL || b->text == NULL)
		return a->text == b->text;
	return strcmp(a->text, b->text) == 0 || a->number == b->number;
}

/* By number, then by text, so that equal values are neighbours; what is not declared comes first.
 */
static int compare_values(const void *left, const void *right)
{
	const struct value *a = left, *b = right;

	if (a->text == NULL || b->text == NULL)
		return (a->text != NULL) - (b->text != NULL);
	if (isnan(a->number) != isnan(b->number))
		return isnan(a->number) ? 1 : -1;
	if (a->number < b->number || a->number > b->number)
		return a->number < b->number ? -1 : 1;
	return isnan(a->number) ? strcmp(a->text, b->text) : 0;
}

static int compare_doubles(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

/* Sorted peers: the value most of them have. */
static size_t find_mode(const struct value *peers, size_t count, const struct value **ret_mode)
{
	size_t best = 0;

	for (size_t i = 0, end; i < count; i = end) {
		for (end = i + 1; end < count && is_same(&peers[end], &peers[i]); end++)
			;
		if (end - i > best) {
			best = end - i;
			*ret_mode = &peers[i];
		}
	}
	return best;
}

static size_t count_same(const struct value *peers, size_t count, const struct value *value)
{
	size_t same = 0;

	for (size_t i = 0; i < count; i++)
		same += is_same(&peers[i], value);
	return same;
}

static void name_value(const struct value *value, char *buf, size_t size)
{
	if (value->text == NULL)
		(void)snprintf(buf, size, "not declared");
	else
		(void)snprintf(buf, size, "%s", value->text);
}

static bool differs_from_mode(const char *name, const struct value *own, const struct value *peers,
			      size_t count, struct explain_difference *difference)
{
	const struct value *mode = NULL;
	size_t mode_count = find_mode(peers, count, &mode);
	size_t same_count = count_same(peers, count, own);
	char own_text[160], mode_text[160], how_many[64];

	if ((double)mode_count < AGREE_SHARE * (double)count ||
	    (double)same_count > RARE_SHARE * (double)count)
		return false;
	if (mode_count == count)
		(void)snprintf(how_many, sizeof(how_many), "the %zu", count);
	else
		(void)snprintf(how_many, sizeof(how_many), "%zu of the %zu", mode_count, count);
	name_value(own, own_text, sizeof(own_text));
	name_value(mode, mode_text, sizeof(mode_text));
	(void)snprintf(difference->text, sizeof(difference->text),
		       "%s was %s; in %s normal jobs it was %s", name, own_text, how_many,
		       mode_text);
	difference->p_value = (double)(same_count + 1) / (double)(count + 1);
	difference->distance =
		own->number > 0 && mode->number > 0 ? fabs(log(own->number / mode->number)) : 0;
	return true;
}

/* Sorted peers that are all numbers. */
static bool differs_from_range(const char *name, const struct value *own, const struct value *peers,
			       size_t count, struct explain_difference *difference)
{
	double median = peers[count / 2].number, own_offset, sigma;
	double *offsets;
	size_t as_far = 0;

	if (isnan(own->number) || isnan(peers[count - 1].number) || isnan(peers[0].number))
		return false;
	own_offset = fabs(own->number - median);
	offsets = xcalloc(count, sizeof(*offsets));
	for (size_t i = 0; i < count; i++) {
		offsets[i] = fabs(peers[i].number - median);
		as_far += offsets[i] >= own_offset;
	}
	qsort(offsets, count, sizeof(*offsets), compare_doubles);
	sigma = MAD_TO_SIGMA * offsets[count / 2];
	free(offsets);
	if ((double)as_far > RARE_SHARE * (double)count || own_offset <= FAR_SIGMAS * sigma)
		return false;
	(void)snprintf(difference->text, sizeof(difference->text),
		       "%s was %s; in the %zu normal jobs it was %s to %s, half of them up to %s",
		       name, own->text, count, peers[0].text, peers[count - 1].text,
		       peers[count / 2].text);
	difference->p_value = (double)(as_far + 1) / (double)(count + 1);
	difference->distance = own->number > 0 && median > 0 ? fabs(log(own->number / median)) : 0;
	return true;
}

static bool differs(const struct explain_attribute *attribute, locale_t c_locale,
		    struct explain_difference *difference)
{
	struct value own = {attribute->value, number_of(attribute->value, c_locale)};
	size_t count = attribute->peer_count;
	struct value *peers;
	bool is_different;

	if (count < PEERS_MIN)
		return false;
	peers = xcalloc(count, sizeof(*peers));
	for (size_t i = 0; i < count; i++) {
		peers[i].text = attribute->peer_values[i];
		peers[i].number = number_of(peers[i].text, c_locale);
	}
	qsort(peers, count, sizeof(*peers), compare_values);
	is_different = differs_from_mode(attribute->name, &own, peers, count, difference) ||
		       differs_from_range(attribute->name, &own, peers, count, difference);
	free(peers);
	return is_different;
}

static int compare_differences(const void *left, const void *right)
{
	const struct explain_difference *a = left, *b = right;

	if (a->p_value != b->p_value)
		return a->p_value < b->p_value ? -1 : 1;
	if (a->distance != b->distance)
		return a->distance > b->distance ? -1 : 1;
	return a->index < b->index ? -1 : 1;
}

size_t explain_differences(const struct explain_attribute *attributes, size_t count,
			   struct explain_difference *ret_differences, size_t max)
{
	struct explain_difference *all = xcalloc(count + 1, sizeof(*all));
	locale_t c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	size_t found = 0;

	for (size_t i = 0; i < count; i++) {
		all[found].index = i;
		found += differs(&attributes[i], c_locale, &all[found]);
	}
	freelocale(c_locale);
	qsort(all, found, sizeof(*all), compare_differences);
	if (found > max)
		found = max;
	memcpy(ret_differences, all, found * sizeof(*all));
	free(all);
	return found;
}
