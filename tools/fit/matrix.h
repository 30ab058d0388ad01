/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Usable steps as the columns of numbers that a model is fitted on. */
#ifndef FIT_MATRIX_H
#define FIT_MATRIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attributes.h"
#include "model/model.h"
#include "usable.h"

/* All zero is an empty one, which needs no release. */
struct matrix {
	size_t n;
	double *input_bytes, *value; /* the first of them owns the memory of all the others */
	bool *is_censored;
	int64_t *end_unix_us; /* of each row */
	double *cells;        /* column after column */
	struct model_column columns[MODEL_COLUMNS_MAX];
	size_t column_n;
};

/* The attributes of all rows of some parts, for the matrices of all metrics. */
struct matrix_cells {
	const struct fit_part *parts; /* the caller's */
	size_t part_count, row_count;
	const struct fit_attributes *columns; /* the caller's */
	double *value;                        /* row after row */
};

/* Read the attributes of the parts' rows. */
void matrix_cells_read(const struct fit_part *parts, size_t part_count,
		       const struct fit_attributes *columns, struct matrix_cells *ret_cells);

/* Free the values. */
void matrix_cells_release(struct matrix_cells *cells);

/*
 * Fill *ret_matrix with the usable rows of the parts, one part after the other.
 * Of the last part, ret_rows[i] says which row of the matrix its row i has
 * become, SIZE_MAX for none; it may be NULL.
 */
void matrix_fill(const struct matrix_cells *cells, enum metric metric, enum measure measure,
		 struct matrix *ret_matrix, size_t *ret_rows);

/* Free the columns. */
void matrix_release(struct matrix *matrix);

/* The matrix as the model takes it; good as long as the matrix. */
struct model_history matrix_history(const struct matrix *matrix);

#endif
