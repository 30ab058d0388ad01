/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lays out the grid of offsets and powers, and keeps the logarithms already taken. */
#include "grid.h"

#include "loss_bound.h"
#include "util/stat.h"
#include "util/alloc.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double powers[GRID_POWERS - 1] = {0.25, 0.5, 0.75, 1.25, 1.5, 2, 3}; /* beside 1 */

static void reserve(struct grid *grid, size_t n)
{
	n = loss_bound_rows(n);
	if (n <= grid->allocated)
		return;
	free(grid->exact_block);
	free(grid->rough_block);
	grid->exact_block = xreallocarray(NULL, n * GRID_LOGS_MAX, sizeof(double));
	grid->rough_block = xreallocarray(NULL, n * (GRID_LOGS_MAX + 1), sizeof(float));
	grid->allocated = n;
	for (size_t i = 0; i < GRID_LOGS_MAX; i++) {
		grid->logs[i].exact = grid->exact_block + i * n;
		grid->logs[i].rough = grid->rough_block + i * n;
	}
	grid->rough_size = grid->rough_block + GRID_LOGS_MAX * n;
}

static void set_offset(struct grid_logs *logs, double offset)
{
	logs->offset = offset;
	logs->has_exact = logs->has_rough = false;
}

static const struct grid_shape *add(struct grid *grid, size_t row, double power, int freedom,
				    const struct grid_shape *near)
{
	struct grid_shape *shape = &grid->shapes[grid->shape_n++];

	*shape = (struct grid_shape){
		.power = power,
		.logs = power == 0 ? NULL : &grid->logs[row],
		.freedom = freedom,
		.order = grid->shape_n - 1,
		.middle = power == 0 ? 0 : NAN, /* a constant's is that of the values */
		.near = near,
	};
	return shape;
}

/* Row 0 is for powers of the size itself. */
void grid_load_again(struct grid *grid)
{
	const struct grid_shape *straight[1 + GRID_OFFSETS_MAX], *near = NULL;
	size_t from = grid->row_from, to = grid->row_to;

	grid->shape_n = 0;
	(void)add(grid, 0, 0, 1, NULL);
	for (size_t row = from; row < to; row++)
		near = straight[row] = add(grid, row, 1, row == 0 ? 1 : 2, near);
	for (size_t row = from; row < to; row++) {
		near = straight[row];
		for (size_t i = 0; i < GRID_POWERS - 1; i++)
			near = add(grid, row, powers[i], row == 0 ? 2 : 3, near);
	}
}

void grid_load(struct grid *grid, const double *input, size_t n, double *scratch)
{
	double low = INFINITY, high = 0, first, steps;
	size_t rows = 1;

	reserve(grid, n);
	for (size_t i = 0; i < n; i++) {
		low = input[i] < low ? input[i] : low;
		high = input[i] > high ? input[i] : high;
	}
	memcpy(scratch, input, n * sizeof(*scratch));
	grid->n = n;
	grid->input = input;
	grid->input_min = low;
	grid->input_max = high;
	grid->input_middle = stat_select(scratch, n, n / 2);
	grid->other_n = grid->other_next = 0;
	for (size_t i = 0; i < loss_bound_rows(n); i++)
		grid->rough_size[i] = i < n ? (float)(input[i] - low) : 0;
	set_offset(&grid->logs[0], low);
	grid->row_from = grid->row_to = rows;
	if (high > low * (1 + 1e-9)) {
		first = fmax((high - low) * 1e-4, 1);
		steps = fmax(ceil(log(8 * high / first) / log(2)), 0);
		rows += steps < GRID_OFFSETS_MAX - 1 ? (size_t)steps + 1 : GRID_OFFSETS_MAX;
		for (size_t row = 1; row < rows; row++)
			set_offset(&grid->logs[row], ldexp(first, (int)row - 1));
		grid->row_from = low > 0 ? 0 : 1;
		grid->row_to = rows;
	}
	grid_load_again(grid);
}

struct grid_logs *grid_other(struct grid *grid, double offset)
{
	struct grid_logs *others = grid->logs + 1 + GRID_OFFSETS_MAX, *logs;

	if (offset == grid->logs[0].offset)
		return &grid->logs[0];
	for (size_t i = 0; i < grid->other_n; i++)
		if (others[i].offset == offset)
			return &others[i];
	logs = &others[grid->other_next];
	grid->other_next = (grid->other_next + 1) % GRID_OTHERS_MAX;
	if (grid->other_n < GRID_OTHERS_MAX)
		grid->other_n++;
	set_offset(logs, offset);
	return logs;
}

struct grid_logs *grid_find(struct grid *grid, double offset)
{
	for (size_t row = grid->row_from; row < grid->row_to; row++)
		if (grid->logs[row].offset == offset)
			return &grid->logs[row];
	return grid_other(grid, offset);
}

const double *grid_exact(const struct grid *grid, struct grid_logs *logs)
{
	if (!logs->has_exact)
		for (size_t i = 0; i < grid->n; i++)
			logs->exact[i] = log(grid->input[i] - grid->input_min + logs->offset);
	logs->has_exact = true;
	return logs->exact;
}

const float *grid_rough(const struct grid *grid, struct grid_logs *logs)
{
	if (!logs->has_rough)
		loss_bound_logs(grid->rough_size, loss_bound_rows(grid->n), logs->offset,
				grid->input_middle - grid->input_min, logs->rough);
	logs->has_rough = true;
	return logs->rough;
}

void grid_release(struct grid *grid)
{
	free(grid->exact_block);
	free(grid->rough_block);
}
