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

/* log(value) = level + power * log(input - input_min + offset), but see level_at() */
struct level {
	double power, offset, input_min, input_max, level;
	double input_low; /* the loss may pass over all smaller sizes */
	double loss;      /* mean of the smallest 85 % of the absolute residuals */
	double criterion; /* log(loss + 0.01) + penalty; less is better */
	int freedom;      /* parameters the penalty counts */
};

/* Scratch: the data in the order of the folds, and logarithms already taken. */
struct level_work;

/* An empty one, which grows with what is loaded. */
struct level_work *level_work_new(void);

/* Free it; NULL is fine. */
void level_work_free(struct level_work *work);

/* Load n > 0 sizes and log values, in time order; sizes are finite, 0 <= size <= 2^63. */
void level_load(struct level_work *work, const double *input, const double *log_value, size_t n);

/* Load other log values for the sizes that are loaded. */
void level_load_values(struct level_work *work, const double *log_value);

/* The best level for what was loaded. */
void level_fit(struct level_work *work, struct level *ret_level);

/*
 * How many folds the rows are dealt into, row i to fold i modulo this: ten, or
 * as many as rows.
 */
size_t level_folds(const struct level_work *work);

/*
 * The best level for all rows but those of one fold.  level_fit() for the same
 * or much the same values must have come before.
 */
void level_fit_without(struct level_work *work, size_t fold, struct level *ret_level);

/*
 * What is left of log values, in time order, when the level is taken off those of the
 * loaded sizes; ret_rest may be log_value.  The level is one of this work's, for these sizes.
 */
void level_subtract(struct level_work *work, const struct level *level, const double *log_value,
		    double *ret_rest);

/* As level_subtract(), of the rows of one fold, and leaving the others' places as they are. */
void level_subtract_fold(struct level_work *work, const struct level *level, size_t fold,
			 const double *log_value, double *ret_rest);

/*
 * The log value at a size.  The loss passes over the worst of the steps, which
 * may be just those that are smallest: nothing then holds the curve where they
 * are, and with an offset far below their sizes it falls towards nothing.  So
 * below input_low it falls in proportion at most, or as the power does that is
 * more.  No guard outside the sizes seen.
 */
double level_at(const struct level *level, double input);

#endif
