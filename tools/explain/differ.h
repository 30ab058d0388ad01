/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What sets one step apart from its normal peers: values and counts in, ranked
 * sentences out.  Whose values these are, and who is a peer, is the caller's.
 */
#ifndef EXPLAIN_DIFFER_H
#define EXPLAIN_DIFFER_H

#include <stddef.h>

#define EXPLAIN_TEXT_SIZE 640 /* a key and three values at their longest, and the words between */

/* One attribute: what it was for the step, and for each of its peers.  NULL: not declared. */
struct explain_attribute {
	const char *name;
	const char *value;
	const char *const *peer_values;
	size_t peer_count;
};

struct explain_difference {
	size_t index;    /* in the array of attributes */
	double p_value;  /* share of peers, counting the step, that are as unlike the rest as it is
			  */
	double distance; /* |log(number / the peers' median)|, 0 for what is no number */
	char text[EXPLAIN_TEXT_SIZE]; /* "filter_words was 174; in the 41 normal jobs it was 30" */
};

/*
 * Put the attributes in which the step differs from its peers into
 * ret_differences, at most max, the clearest first; returns how many.
 *
 * An attribute counts when the peers agree on it, and the step and at most one
 * in twenty of them do not.  Three in four with the same value, or none, agree;
 * so do numbers, when the step's is more than three robust standard deviations
 * from their median.  What is different for everybody (a seed, a file's name)
 * explains nothing.  Fewer than five peers agree on nothing.
 */
size_t explain_differences(const struct explain_attribute *attributes, size_t count,
			   struct explain_difference *ret_differences, size_t max);

#endif
