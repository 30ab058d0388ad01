/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Internal to the level: a lower bound of a shape's loss, in single precision
 * and without the median it is about.  Most shapes of a search are so much worse
 * than the best that it tells, at a fraction of what the loss costs; as it is a
 * bound, leaving them out changes no result.
 */
#ifndef MODEL_LOSS_BOUND_H
#define MODEL_LOSS_BOUND_H

#include <stddef.h>

/* So many rows are looked at by one instruction; rows are padded to a multiple with INFINITY. */
#define LOSS_BOUND_LANES 8

struct loss_bound {
	const float *value; /* INFINITY: left out */
	const float *log;
	size_t rows; /* a multiple of LOSS_BOUND_LANES */
	size_t n;    /* rows that are not left out */
	size_t keep; /* so many of the smallest distances make the loss */
	float power;
	float reach;          /* about the largest of these, for a loss that is of interest */
	double limit, plenty; /* bounds below the one are of no use, nor is more than the other */
};

/* n, padded. */
size_t loss_bound_rows(size_t n);

/*
 * log((size + offset) / (middle + offset)), to 1e-6, for sizes from 0 to 2^63 and
 * offsets of more than 0.
 */
void loss_bound_logs(const float *sizes, size_t rows, double offset, double middle,
		     float *ret_logs);

/*
 * The mean of the keep smallest distances of value - power * log from the median
 * of all is at least this, up to what single precision blurs.  0 when nothing
 * could be shown.  *middle is where the median may be, and then where it was seen.
 */
double loss_bound_of(const struct loss_bound *screen, float *middle);

#endif
