/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One attribute's value: how it is compared and sorted, whatever it means. */
#ifndef EXPLAIN_ATTRIBUTE_VALUE_H
#define EXPLAIN_ATTRIBUTE_VALUE_H

#include <stdbool.h>
#include <stddef.h>

struct explain_value {
	const char *text; /* for people; NULL: not known, and then nothing is concluded from it */
	double number;    /* NaN: it is a word */
};

/* What a declared text is: a number where all of it is one, whatever the locale. */
struct explain_value explain_value_of(const char *text);

/* Whether two values are equal, as texts or as numbers; what is not known equals its like alone. */
bool explain_value_is_same(const struct explain_value *a, const struct explain_value *b);

/*
 * Copy and sort n values: numbers by size, then words; equal values are
 * neighbours, what is not known is last.  Returns how many of them are known.
 */
size_t explain_value_sort(const struct explain_value *values, size_t n,
			  struct explain_value *sorted);

/* Sorted and known: where the longest run of equal values begins; its length in *ret_count. */
size_t explain_value_mode(const struct explain_value *values, size_t n, size_t *ret_count);

/* Sorted and known, n > 0: whether all are numbers. */
bool explain_value_all_numbers(const struct explain_value *sorted, size_t n);

#endif
