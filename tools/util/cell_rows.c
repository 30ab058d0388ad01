/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows, and the order that a user asked for: sorted in memory, or in runs that are then merged. */
#include "util/cell_rows.h"
#include "util/alloc.h"
#include "util/cell_runs.h"

#include <stdlib.h>
#include <string.h>

struct kept_row {
	struct cell_rows *rows; /* for qsort, which hands on nothing else */
	size_t number;          /* in the order of their coming, or the run it is of */
	struct out_cell *cells;
};

struct cell_rows {
	size_t width;
	struct cell_key *keys;
	size_t key_count;
	size_t memory_bytes, kept_bytes;
	struct kept_row *list; /* in memory; while runs are merged, a heap of the first of each */
	size_t count, capacity, at;
	struct cell_runs *runs;
	bool is_merging, has_taken; /* the heap's first was handed out */
	int rc;                     /* of what went wrong when a row was added */
	struct jo_err err;
};

struct cell_rows *cell_rows_new(size_t width, const struct cell_key *keys, size_t key_count,
				size_t memory_bytes)
{
	struct cell_rows *rows = xcalloc(1, sizeof(*rows));

	rows->width = width;
	rows->keys = xcalloc(key_count, sizeof(*keys));
	(void)memcpy(rows->keys, keys, key_count * sizeof(*keys));
	rows->key_count = key_count;
	rows->memory_bytes = memory_bytes;
	rows->runs = cell_runs_new(width);
	return rows;
}

static void release_row(const struct cell_rows *rows, struct kept_row *row)
{
	for (size_t c = 0; c < rows->width; c++)
		cell_release(&row->cells[c]);
	free(row->cells);
}

static void forget_rows(struct cell_rows *rows)
{
	for (size_t i = 0; i < rows->count; i++)
		release_row(rows, &rows->list[i]);
	rows->count = rows->kept_bytes = 0;
}

void cell_rows_free(struct cell_rows *rows)
{
	if (rows == NULL)
		return;
	forget_rows(rows);
	cell_runs_free(rows->runs);
	free(rows->list);
	free(rows->keys);
	free(rows);
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

static void sort_kept(struct cell_rows *rows)
{
	if (rows->count > 0)
		qsort(rows->list, rows->count, sizeof(*rows->list), compare_rows);
}

/* Set what is in memory aside as a run. */
static int set_aside(struct cell_rows *rows, struct jo_err *err)
{
	int rc = cell_runs_begin(rows->runs, err);

	sort_kept(rows);
	for (size_t i = 0; i < rows->count && rc == 0; i++)
		rc = cell_runs_put(rows->runs, rows->list[i].cells, err);
	forget_rows(rows);
	return rc;
}

static struct kept_row *new_row(struct cell_rows *rows, size_t number)
{
	struct kept_row *row;

	rows->list = xgrow(rows->list, rows->count, &rows->capacity, sizeof(*rows->list));
	row = &rows->list[rows->count++];
	*row = (struct kept_row){rows, number, xcalloc(rows->width, sizeof(*row->cells))};
	return row;
}

void cell_rows_add(struct cell_rows *rows, struct out_cell *cells)
{
	struct kept_row *row;

	if (rows->rc < 0)
		return;
	row = new_row(rows, rows->count);
	rows->kept_bytes += sizeof(*row);
	for (size_t c = 0; c < rows->width; c++) {
		rows->kept_bytes += sizeof(cells[c]) + cells[c].text.size;
		row->cells[c] = cells[c];
		cell_init(&cells[c]);
	}
	if (rows->kept_bytes > rows->memory_bytes)
		rows->rc = set_aside(rows, &rows->err);
}

/* ---- the runs' first rows, in a heap ---- */

/* Let the row at i sink below those that come before it. */
static void sink(struct cell_rows *rows, size_t i)
{
	for (size_t child = 2 * i + 1; child < rows->count; child = 2 * i + 1) {
		struct kept_row row = rows->list[i];

		if (child + 1 < rows->count &&
		    compare_rows(&rows->list[child + 1], &rows->list[child]) < 0)
			child++;
		if (compare_rows(&row, &rows->list[child]) <= 0)
			return;
		rows->list[i] = rows->list[child];
		rows->list[child] = row;
		i = child;
	}
}

static int start_merge(struct cell_rows *rows, struct jo_err *err)
{
	int rc = set_aside(rows, err);

	rows->is_merging = true;
	for (size_t run = 0; run < cell_runs_count(rows->runs) && rc >= 0; run++) {
		struct kept_row *row = new_row(rows, run);

		for (size_t c = 0; c < rows->width; c++)
			cell_init(&row->cells[c]);
		rc = cell_runs_next(rows->runs, run, row->cells, err);
		if (rc == 0)
			release_row(rows, &rows->list[--rows->count]);
	}
	for (size_t i = rows->count; i > 0; i--)
		sink(rows, i - 1);
	return rc < 0 ? rc : 0;
}

/* Put the next of its run in the place of the first. */
static int replace_first(struct cell_rows *rows, struct jo_err *err)
{
	struct kept_row *first = &rows->list[0];
	int rc = cell_runs_next(rows->runs, first->number, first->cells, err);

	if (rc == 0) {
		release_row(rows, first);
		*first = rows->list[--rows->count];
	}
	sink(rows, 0);
	return rc < 0 ? rc : 0;
}

int cell_rows_sort(struct cell_rows *rows, struct jo_err *err)
{
	if (rows->rc < 0)
		return jo_err_set(err, rows->rc, "%s", rows->err.text);
	if (cell_runs_count(rows->runs) > 0)
		return start_merge(rows, err);
	sort_kept(rows);
	return 0;
}

int cell_rows_next(struct cell_rows *rows, struct out_cell **ret_cells, struct jo_err *err)
{
	int rc = rows->has_taken ? replace_first(rows, err) : 0;

	if (rc < 0)
		return rc;
	if (rows->at == rows->count)
		return 0;
	*ret_cells = rows->list[rows->at].cells;
	if (rows->is_merging)
		rows->has_taken = true;
	else
		rows->at++;
	return 1;
}
