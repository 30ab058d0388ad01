/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows to columns. */
#include "matrix.h"

#include <math.h>
#include <stdlib.h>

#include "util/alloc.h"

void matrix_release(struct matrix *matrix)
{
	free(matrix->input_bytes);
}

void matrix_cells_read(const struct fit_part *parts, size_t part_count,
		       const struct fit_attributes *columns, struct matrix_cells *ret_cells)
{
	struct matrix_cells cells = {.parts = parts, .part_count = part_count, .columns = columns};
	size_t at = 0;

	for (size_t p = 0; p < part_count; p++)
		cells.row_count += parts[p].count;
	cells.value =
		xreallocarray(NULL, cells.row_count + 1, (columns->count + 1) * sizeof(double));
	for (size_t p = 0; p < part_count; p++)
		for (size_t i = 0; i < parts[p].count; i++)
			fit_attributes_values(columns, &parts[p].rows[i],
					      &cells.value[at++ * columns->count]);
	*ret_cells = cells;
}

void matrix_cells_release(struct matrix_cells *cells)
{
	free(cells->value);
}

/* Append the row when it is usable: its place, or SIZE_MAX. */
static size_t append(struct matrix *matrix, size_t room, const struct fit_row *row,
		     const double *values, enum metric metric, enum measure measure)
{
	double value;
	enum usable_kind kind = usable_value(&row->obs, metric, measure, &value);
	size_t at = matrix->n;

	if (kind < USABLE_AT_LEAST)
		return SIZE_MAX;
	matrix->value[at] = value;
	matrix->is_censored[at] = kind == USABLE_AT_LEAST;
	matrix->input_bytes[at] =
		row->obs.input_bytes == JO_MISSING ? NAN : (double)row->obs.input_bytes;
	matrix->end_unix_us[at] = row->obs.end_unix_us;
	for (size_t c = 0; c < matrix->column_n; c++)
		matrix->cells[c * room + at] = values[c];
	matrix->n++;
	return at;
}

/* All of it at once: there are several matrices of every group. */
static void matrix_reserve(struct matrix *matrix, size_t room)
{
	double *numbers = xreallocarray(NULL, room,
					(2 + matrix->column_n) * sizeof(double) + sizeof(int64_t) +
						sizeof(bool));

	matrix->input_bytes = numbers;
	matrix->value = numbers + room;
	matrix->cells = numbers + 2 * room;
	matrix->end_unix_us = (int64_t *)(numbers + (2 + matrix->column_n) * room);
	matrix->is_censored = (bool *)(matrix->end_unix_us + room);
}

void matrix_fill(const struct matrix_cells *cells, enum metric metric, enum measure measure,
		 struct matrix *ret_matrix, size_t *ret_rows)
{
	const struct fit_attributes *columns = cells->columns;
	struct matrix matrix = {.column_n = columns->count};
	size_t room = cells->row_count + 1; /* never nothing: an array of 0 is no array */
	const double *values = cells->value;

	matrix_reserve(&matrix, room);
	for (size_t p = 0; p < cells->part_count; p++) {
		for (size_t i = 0; i < cells->parts[p].count; i++) {
			size_t at = append(&matrix, room, &cells->parts[p].rows[i], values, metric,
					   measure);

			if (p == cells->part_count - 1 && ret_rows != NULL)
				ret_rows[i] = at;
			values += columns->count;
		}
	}
	for (size_t c = 0; c < columns->count; c++)
		matrix.columns[c] = (struct model_column){
			.id = columns->list[c].id,
			.kind = columns->list[c].kind,
			.value = &matrix.cells[c * room],
		};
	*ret_matrix = matrix;
}

struct model_history matrix_history(const struct matrix *matrix)
{
	return (struct model_history){
		.n = matrix->n,
		.input_bytes = matrix->input_bytes,
		.value = matrix->value,
		.is_censored = matrix->is_censored,
		.columns = matrix->columns,
		.column_n = matrix->column_n,
	};
}
