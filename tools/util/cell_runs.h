/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs of sorted rows in a temporary file, for listings that memory should not hold.  Private to
 * cell_rows.c. */
#ifndef UTIL_CELL_RUNS_H
#define UTIL_CELL_RUNS_H

#include <stddef.h>

#include "joboutliers/err.h"
#include "util/cell.h"

struct cell_runs;

/* No run yet, of rows of width cells. */
struct cell_runs *cell_runs_new(size_t width);

/* Free them, and with them the file; NULL is fine. */
void cell_runs_free(struct cell_runs *runs);

/* Begin another run, with the first one the file, in TMPDIR or /var/tmp, which nobody else sees.
 * Returns 0 or a negative errno. */
int cell_runs_begin(struct cell_runs *runs, struct jo_err *err);

/* Add a row to the run that was begun.  Returns 0 or a negative errno. */
int cell_runs_put(struct cell_runs *runs, const struct out_cell *cells, struct jo_err *err);

/* How many runs there are. */
size_t cell_runs_count(const struct cell_runs *runs);

/*
 * The run's next row, into cells that were initialised.  Nothing can be added any
 * more.  Returns 1, 0 at the run's end, or a negative errno.
 */
int cell_runs_next(struct cell_runs *runs, size_t run, struct out_cell *cells, struct jo_err *err);

#endif
