/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values of attributes, compared as numbers where both are. */
#include "explain/attribute_value.h"

#include <glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct explain_value explain_value_of(const char *text)
{
	char *end;
	double number = g_ascii_strtod(text, &end);

	if (end == text || *end != '\0' || !isfinite(number))
		number = NAN;
	return (struct explain_value){text, number};
}

bool explain_value_is_same(const struct explain_value *a, const struct explain_value *b)
{
	if (a->text == b->text || a->text == NULL || b->text == NULL)
		return a->text == b->text;
	return strcmp(a->text, b->text) == 0 || a->number == b->number;
}

static int compare_values(const void *left, const void *right)
{
	const struct explain_value *a = left, *b = right;

	if (a->text == NULL || b->text == NULL)
		return (a->text == NULL) - (b->text == NULL);
	if (isnan(a->number) != isnan(b->number))
		return isnan(a->number) ? 1 : -1;
	if (a->number < b->number || a->number > b->number)
		return a->number < b->number ? -1 : 1;
	return isnan(a->number) ? strcmp(a->text, b->text) : 0;
}

size_t explain_value_sort(const struct explain_value *values, size_t n,
			  struct explain_value *sorted)
{
	size_t known_count = 0;

	memcpy(sorted, values, n * sizeof(*sorted));
	qsort(sorted, n, sizeof(*sorted), compare_values);
	while (known_count < n && sorted[known_count].text != NULL)
		known_count++;
	return known_count;
}

size_t explain_value_mode(const struct explain_value *values, size_t n, size_t *ret_count)
{
	size_t mode = 0, best = 0;

	for (size_t i = 0, end; i < n; i = end) {
		for (end = i + 1; end < n && explain_value_is_same(&values[end], &values[i]); end++)
			;
		if (end - i > best) {
			best = end - i;
			mode = i;
		}
	}
	*ret_count = best;
	return mode;
}

bool explain_value_all_numbers(const struct explain_value *sorted, size_t n)
{
	return !isnan(sorted[n - 1].number);
}
