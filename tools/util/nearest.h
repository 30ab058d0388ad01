/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "Did you mean": which known word a mistyped one is nearest to. */
#ifndef UTIL_NEAREST_H
#define UTIL_NEAREST_H

#include <stddef.h>

/* A search among words that the caller goes through. */
struct nearest {
	const char *mistyped;
	const char *word; /* the nearest so far, as it was offered; NULL: none is near enough */
	size_t distance;  /* of that */
};

/* Begin a search; mistyped must outlive it. */
struct nearest nearest_to(const char *mistyped);

/*
 * Take a known word into account, which must outlive the search.  The distance is
 * how many letters must be inserted, left out, changed or swapped with their
 * neighbour, in any case; the first 31 letters count.  A word that is farther
 * away than a typing error would be is passed over; of equals the first stays.
 */
void nearest_offer(struct nearest *nearest, const char *word);

#endif
