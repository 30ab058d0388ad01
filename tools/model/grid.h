/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Internal to the level: the shapes that are tried on a set of sizes, in the
 * order in which ties go, and the logarithms that they need.  How well they fit
 * is left to level.c.
 */
#ifndef MODEL_GRID_H
#define MODEL_GRID_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Offsets double from a ten-thousandth of the range of sizes to eight times the
 * largest.  The range is at least 1e-9 of the largest, so 2^47 is the most.
 */
#define GRID_OFFSETS_MAX 49
#define GRID_POWERS 8
#define GRID_SHAPES_MAX (1 + (1 + GRID_OFFSETS_MAX) * GRID_POWERS)
#define GRID_OTHERS_MAX                                                                            \
	33 /* offsets off the grid kept at once: folds refine towards the same few */
#define GRID_LOGS_MAX (1 + GRID_OFFSETS_MAX + GRID_OTHERS_MAX)

/* log(input - input_min + offset) of all rows, as far as it was asked for. */
struct grid_logs {
	double offset;
	bool has_exact, has_rough;
	double *exact;
	float *rough; /* less that of the middle size; see loss_bound.h */
};

struct grid_shape {
	double power;           /* 0: the same at every size */
	struct grid_logs *logs; /* what the power multiplies; NULL for power 0 */
	int freedom;            /* parameters the penalty counts */
	size_t order;           /* its place in the list: ties go to the first */

	/* What searches leave for later ones. */
	double loss;  /* of the last one over all rows, or less than it */
	float middle; /* where the median of its residuals was, roughly; NAN: never looked */
	const struct grid_shape *near; /* whose median may be near; NULL: nobody's */
};

struct grid {
	size_t n, allocated;
	const double *input; /* the caller's; as long as the grid is used */
	double input_min, input_max, input_middle;
	size_t row_from, row_to; /* of logs, those that shapes have */
	size_t shape_n;
	struct grid_shape shapes[GRID_SHAPES_MAX]; /* that of power 0 first, and by freedom */
	struct grid_logs logs[GRID_LOGS_MAX]; /* the smallest size as offset, the grid's, others */
	size_t other_n, other_next;
	double *exact_block;
	float *rough_block;
	float *rough_size; /* less the smallest */
};

/* Lay out the shapes for n > 0 sizes; scratch holds n numbers. */
void grid_load(struct grid *grid, const double *input, size_t n, double *scratch);

/* Lay out the shapes once more for the sizes that are loaded; what searches left is forgotten. */
void grid_load_again(struct grid *grid);

/* Room for the logarithms with an offset off the grid, until 33 others were asked for. */
struct grid_logs *grid_other(struct grid *grid, double offset);

/* Likewise with any offset, which may be one of the grid's. */
struct grid_logs *grid_find(struct grid *grid, double offset);

/* The logarithms of all rows, taken when they are first asked for; the grid's. */
const double *grid_exact(const struct grid *grid, struct grid_logs *logs);

/* As grid_exact, in single precision, and less that of the middle size. */
const float *grid_rough(const struct grid *grid, struct grid_logs *logs);

/* Free what the grid owns. */
void grid_release(struct grid *grid);

#endif
