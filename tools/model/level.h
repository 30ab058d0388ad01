/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The level: log(value) against input size as a shifted power law, fitted
 * robustly by search over a fixed grid.  What the scatter around it means is
 * left to tail.h.
 */
#ifndef MODEL_LEVEL_H
#define MODEL_LEVEL_H

#include <stdbool.h>
#include <stddef.h>

/* log(value) = level + power * log(input - input_min + offset) */
struct level {
	double power, offset, input_min, input_max, level;
	double loss;      /* mean of the smallest 85 % of the absolute residuals */
	double criterion; /* log(loss + 0.01) + penalty; less is better */
	int freedom;      /* parameters the penalty counts */
};

/* Scratch: the data in the order of the folds, and logarithms already taken. */
struct level_work;
struct level_work *level_work_new(void);
void level_work_free(struct level_work *work);

/* Load n > 0 sizes and log values, in time order; sizes are finite, 0 <= size <= 2^63. */
void level_load(struct level_work *work, const double *input, const double *log_value, size_t n);

/* The same sizes with other values. */
void level_load_values(struct level_work *work, const double *log_value);

/* The best level for what was loaded. */
void level_fit(struct level_work *work, struct level *ret_level);

/*
 * Residuals in time order, each from a fit that has not seen its row: ten
 * folds by position, or as many as rows.  level_fit() must have come before.
 * n is at least 2.
 */
void level_crossfit(struct level_work *work, double *ret_residual);

/* The log value at a size; no guard outside the sizes seen. */
double level_at(const struct level *level, double input);

#endif
