/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Edit distance with swaps of neighbours (optimal string alignment). */
#include "util/nearest.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Longer than any name here; the table of distances lies on the stack. */
#define WORD_MAX 31

static size_t min3(size_t a, size_t b, size_t c)
{
	size_t least = a < b ? a : b;

	return least < c ? least : c;
}

static size_t distance_of(const char *a, const char *b)
{
	size_t rows[3][WORD_MAX + 1];
	size_t *before = rows[0], *above = rows[1], *row = rows[2];
	size_t a_len = strnlen(a, WORD_MAX), b_len = strnlen(b, WORD_MAX);

	for (size_t j = 0; j <= b_len; j++)
		row[j] = j;
	for (size_t i = 1; i <= a_len; i++) {
		size_t *oldest = before;

		before = above;
		above = row;
		row = oldest;
		row[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			int a_now = tolower((unsigned char)a[i - 1]);
			int b_now = tolower((unsigned char)b[j - 1]);

			row[j] =
				min3(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a_now != b_now));
			if (i > 1 && j > 1 && a_now == tolower((unsigned char)b[j - 2]) &&
			    b_now == tolower((unsigned char)a[i - 2]) && before[j - 2] + 1 < row[j])
				row[j] = before[j - 2] + 1;
		}
	}
	return row[b_len];
}

/* Whether a word of this length may be so far from what was meant by a typing error. */
static bool is_slip(size_t distance, size_t len)
{
	return distance <= 1 + len / 4;
}

struct nearest nearest_to(const char *mistyped)
{
	return (struct nearest){.mistyped = mistyped, .distance = SIZE_MAX};
}

void nearest_offer(struct nearest *nearest, const char *word)
{
	size_t distance = distance_of(nearest->mistyped, word);

	if (distance >= nearest->distance || !is_slip(distance, strlen(nearest->mistyped)))
		return;
	nearest->distance = distance;
	nearest->word = word;
}
