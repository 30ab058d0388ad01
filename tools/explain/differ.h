/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What sets outliers apart from their normal peers: values in, ranked sentences
 * out, and none by chance.  Whose values these are, and who is a peer, is the
 * caller's.
 */
#ifndef EXPLAIN_DIFFER_H
#define EXPLAIN_DIFFER_H

#include <stddef.h>

#include "explain/attribute_value.h"

/* A key and three values at their longest, and the words between. */
#define EXPLAIN_TEXT_SIZE 640

/* The chance that among all attributes together one is named that means nothing. */
#define EXPLAIN_LEVEL 0.05

/* The outliers' values first, then the peers'; of every attribute in the same order. */
struct explain_attribute {
	const char *name;
	const struct explain_value *values;
};

/* What sort of sentence a difference is. */
enum explain_form {
	EXPLAIN_SAME,   /* of one: most of the peers have the usual value */
	EXPLAIN_RANGE,  /* of one: the peers lie between low and high, half of them up to usual */
	EXPLAIN_SHARE,  /* of several: so many of them have it, and so many of the peers */
	EXPLAIN_AROUND, /* of several: their median, and that of the peers */
};

/* A difference in parts, for who words it otherwise.  The texts are the attributes' own. */
struct explain_contrast {
	enum explain_form form;
	const char *name, *own, *usual; /* usual: NULL for EXPLAIN_SHARE */
	const char *low, *high;         /* of EXPLAIN_RANGE, else NULL */
	size_t own_count;               /* of the outliers have own; 0 for EXPLAIN_AROUND */
	size_t same_count; /* of the peers have usual, or own for EXPLAIN_SHARE; 0 otherwise */
	size_t outlier_count, peer_count; /* of whom it is known */
};

struct explain_difference {
	size_t index;    /* in the array of attributes */
	double p_value;  /* bounded over all attributes */
	double strength; /* by which they are ranked: see below */
	double distance; /* |log(number / the peers' median)|, 0 for what is no number */
	struct explain_contrast contrast;
	char text[EXPLAIN_TEXT_SIZE]; /* "filter_words was 174; in the 41 normal jobs it was 30" */
};

/*
 * Put the attributes in which the outliers differ from their peers into
 * ret_differences, at most max, the clearest first; returns how many.  The
 * chance to name any when none means anything is at most EXPLAIN_LEVEL,
 * however many attributes there are.
 *
 * One outlier (differ.c): each of it and its n peers gets a strength in every
 * attribute.  Where at least three in four have the same value, that of the
 * others is the standardized residual sqrt((1 - q) / q), q being the share of
 * all others less half a one; otherwise a number's is its distance from the
 * median in robust standard deviations, of logarithms where all are positive,
 * less where others lie as far out.
 * The outlier's strengths are compared with the largest of each peer over all
 * attributes: the step-down maxT procedure of Westfall and Young
 * (Resampling-Based Multiple Testing, 1993, 2.6), by all n + 1 permutations.
 * The procedure is exact when, without a cause, any of the n + 1 could have been the
 * outlier; attributes may depend on each other.  It can say nothing with fewer
 * than 19 peers, as one in 19 is more than EXPLAIN_LEVEL, and with fewer than 39
 * only where no peer is as strong in any attribute: two of 39 are more, too, and
 * which of the two has a cause nothing tells that is the same for all of them.
 *
 * Several outliers (differ_set.c): Fisher's exact test for each word, and for
 * each number where most on either side have the same; otherwise the test of
 * Mann and Whitney (Ann. Math. Statist. 18, 1947, 50-60) for numbers,
 * bounded over all of them by Holm (Scand. J. Statist. 6, 1979, 65-70).
 * strength is -log10 of the p-value for itself.
 */
size_t explain_differences(const struct explain_attribute *attributes, size_t count,
			   size_t outlier_count, size_t peer_count,
			   struct explain_difference *ret_differences, size_t max);

#endif
