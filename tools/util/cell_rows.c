/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows in memory, and the order that a user asked for. */
#include "util/cell_rows.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

struct kept_row {
	struct cell_rows *rows; /* for qsort, which hands on nothing else */
	size_t number;          /* in the order of their coming */
	struct out_cell *cells;
};

struct cell_rows {
	size_t width;
	struct cell_key *keys;
	size_t key_count;
	struct kept_row *list;
	size_t count, capacity;
};

struct cell_rows *cell_rows_new(size_t width, const struct cell_key *keys, size_t key_count)
{
	struct cell_rows *rows = xcalloc(1, sizeof(*rows));

	rows->width = width;
	rows->keys = xcalloc(key_count, sizeof(*keys));
	(void)memcpy(rows->keys, keys, key_count * sizeof(*keys));
	rows->key_count = key_count;
	return rows;
}

void cell_rows_free(struct cell_rows *rows)
{
	if (rows == NULL)
		return;
	for (size_t i = 0; i < rows->count; i++) {
		for (size_t c = 0; c < rows->width; c++)
			cell_release(&rows->list[i].cells[c]);
		free(rows->list[i].cells);
	}
	free(rows->list);
	free(rows->keys);
	free(rows);
}

void cell_rows_add(struct cell_rows *rows, struct out_cell *cells)
{
	struct kept_row *row;

	if (rows->count == rows->capacity) {
		rows->capacity = rows->capacity * 2 + 256;
		rows->list = xreallocarray(rows->list, rows->capacity, sizeof(*rows->list));
	}
	row = &rows->list[rows->count];
	*row = (struct kept_row){rows, rows->count, xcalloc(rows->width, sizeof(*cells))};
	for (size_t c = 0; c < rows->width; c++) {
		row->cells[c] = cells[c];
		cell_init(&cells[c]);
	}
	rows->count++;
}

static int compare_rows(const void *a, const void *b)
{
	const struct kept_row *x = a, *y = b;
	const struct cell_rows *rows = x->rows;

	for (size_t k = 0; k < rows->key_count; k++) {
		int order =
			cell_compare(&x->cells[rows->keys[k].cell], &y->cells[rows->keys[k].cell],
				     rows->keys[k].is_descending);

		if (order != 0)
			return order;
	}
	return (x->number > y->number) - (x->number < y->number);
}

size_t cell_rows_sort(struct cell_rows *rows)
{
	if (rows->count > 0)
		qsort(rows->list, rows->count, sizeof(*rows->list), compare_rows);
	return rows->count;
}

struct out_cell *cell_rows_at(struct cell_rows *rows, size_t i)
{
	return rows->list[i].cells;
}
