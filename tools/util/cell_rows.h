/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows of cells that are kept until all are there, to be sorted: in memory, and what is too much
 * for it in a temporary file.  Private to out.c. */
#ifndef UTIL_CELL_ROWS_H
#define UTIL_CELL_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#include "joboutliers/err.h"
#include "util/cell.h"

/* By what rows are sorted: the cell-th of each, the smallest first unless it is descending. */
struct cell_key {
	size_t cell;
	bool is_descending;
};

struct cell_rows;

/*
 * No row yet, each of width cells, of which no more than memory_bytes are kept in
 * memory.  The keys are copied.
 */
struct cell_rows *cell_rows_new(size_t width, const struct cell_key *keys, size_t key_count,
				size_t memory_bytes);

/* Free them; NULL is fine. */
void cell_rows_free(struct cell_rows *rows);

/*
 * Add a row: what is in its cells is moved out of them, and they are missing
 * afterwards.  That the temporary file cannot be written is said by cell_rows_sort.
 */
void cell_rows_add(struct cell_rows *rows, struct out_cell *cells);

/*
 * Sort them, by the first key, where that is equal by the second, and so on; rows
 * that are equal stay in the order in which they were added.  What is missing
 * comes last either way.  Returns 0 or a negative errno.
 */
int cell_rows_sort(struct cell_rows *rows, struct jo_err *err);

/*
 * The cells of the next row in order, still owned by rows, and good until the row
 * after it is asked for.  Returns 1, 0 after the last, or a negative errno.
 */
int cell_rows_next(struct cell_rows *rows, struct out_cell **ret_cells, struct jo_err *err);

#endif
