/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "Did you mean": which known word a mistyped one is nearest to. */
#ifndef UTIL_NEAREST_H
#define UTIL_NEAREST_H

#include <stddef.h>

/*
 * How many letters must be inserted, left out, changed or swapped with their
 * neighbour to make b from a, in any case.  Only the first 31 letters count.
 */
size_t nearest_distance(const char *a, const char *b);

/* Whether a distance is small enough for a word of this length to be a typing error. */
int nearest_is_close(size_t distance, size_t len);

#endif
