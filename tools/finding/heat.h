/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A heatmap's counts: how many values fell into each stretch of time and each
 * step of a logarithmic scale.
 */
#ifndef FINDING_HEAT_H
#define FINDING_HEAT_H

#include <stddef.h>
#include <stdint.h>

struct heat {
	double from_unix_s, to_unix_s; /* the columns' ends */
	double low, high;	       /* the rows'; 0 < low < high */
	unsigned columns, rows;
	uint32_t *counts; /* by row, the lowest first; NULL: nothing was added */
};

/* Set up a heatmap that has counted nothing; nothing is allocated yet. */
void heat_init(struct heat *heat, double from_unix_s, double to_unix_s, double low, double high,
	       unsigned columns, unsigned rows);

/* Count a value: what lies beyond low and high is counted in the outermost rows; other times and what is no
 * positive number are not. */
void heat_add(struct heat *heat, double unix_s, double value);

/* How many cells have counted anything. */
size_t heat_used(const struct heat *heat);

/* Free the counts; zeroed memory is fine. */
void heat_release(struct heat *heat);

#endif
