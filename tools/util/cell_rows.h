/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows of cells that are kept until all are there, to be sorted.  Private to out.c. */
#ifndef UTIL_CELL_ROWS_H
#define UTIL_CELL_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#include "util/cell.h"

/* By what rows are sorted: the cell-th of each, the smallest first unless it is descending. */
struct cell_key {
	size_t cell;
	bool is_descending;
};

struct cell_rows;

/* No row yet, each of width cells.  The keys are copied. */
struct cell_rows *cell_rows_new(size_t width, const struct cell_key *keys, size_t key_count);

/* Free them. */
void cell_rows_free(struct cell_rows *rows);

/* Add a row: what is in its cells is moved out of them, and they are missing afterwards. */
void cell_rows_add(struct cell_rows *rows, struct out_cell *cells);

/*
 * Sort them, by the first key, where that is equal by the second, and so on; rows
 * that are equal stay in the order in which they were added.  What is missing
 * comes last either way.  Returns how many rows there are.
 */
size_t cell_rows_sort(struct cell_rows *rows);

/* The cells of the i-th row, still owned by rows. */
struct out_cell *cell_rows_at(struct cell_rows *rows, size_t i);

#endif
