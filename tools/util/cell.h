/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One value of a listing, between a column's get and the format.  Private to out.c; fill it with
 * the functions of out.h. */
#ifndef UTIL_CELL_H
#define UTIL_CELL_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "util/strbuf.h"

struct out_cell {
	enum { CELL_MISSING, CELL_TEXT, CELL_INT, CELL_REAL } type;
	int64_t integer;
	double real;
	struct strbuf text; /* the value itself if CELL_TEXT */
	char people[64];    /* "" where people get what programs get */
};

/* Make a cell that is missing. */
void cell_init(struct out_cell *cell);

/* Free its memory. */
void cell_release(struct out_cell *cell);

/* Missing again, keeping its memory. */
void cell_reset(struct out_cell *cell);

/* As text for people, or with every digit for programs and without the separator; the cell's own.
 */
const char *cell_to_people(struct out_cell *cell);
const char *cell_to_field(struct out_cell *cell, char separator);

/*
 * The order of two cells of one column, as strcmp: numbers by their value, texts
 * by their bytes, the other way round where it is descending.  What is missing is
 * behind everything else in both.
 */
int cell_compare(const struct out_cell *a, const struct out_cell *b, bool is_descending);

/* The caller's; null for what is missing. */
json_t *cell_to_json(const struct out_cell *cell);

#endif
