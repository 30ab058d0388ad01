/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rows for people and for programs from one table of columns: aligned text
 * (libsmartcols), "a|b|c" lines, or JSON.
 *
 * People get "2 h 06 min" and "1.5 GiB"; programs get the same cell as a plain
 * number in the unit that the column's name ends in (wall_s, input_bytes).
 * What is missing is an empty field, and null in JSON.
 */
#ifndef UTIL_OUT_H
#define UTIL_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "joboutliers/err.h"

enum out_format { OUT_TABLE, OUT_PARSABLE, OUT_JSON };

struct out_cell;

struct out_column {
	const char *name;   /* for -o, the header of parsable output, and JSON */
	const char *header; /* for people; NULL: the name */
	bool is_right;      /* numbers stand on the right */
	const char *help;   /* one line for --help */
	/* Puts at most one value into the cell with an out_ function below. */
	void (*get)(const void *row, const struct out_column *column, struct out_cell *cell);
	size_t offset; /* for get: where in the row */
	int which;     /* for get: which of several, where a row has several */
};

struct out;

/* What a user asked for.  Zeroed memory asks for a table, as it comes. */
struct out_options {
	enum out_format format;
	bool no_header;
	/* "job,wall": a name may leave out its unit, or be cut short while it stays the only one,
	 * and "all" is every column.  NULL: those that are shown unless told otherwise. */
	const char *columns;
	/* "wall,-start": '-' before a column for its largest first; what is missing comes last.
	 * All rows are then kept until out_close, many of them in a temporary file.  NULL: rows as
	 * they come. */
	const char *order;
};

/*
 * Begin a listing on fp.  columns ends with a NULL name and must live, as name must,
 * as long as *ret_out.  JSON is an object whose one member, name, is the array of
 * rows; of a table for people without rows "0 NAME" is printed.
 *
 * Returns 0, or -EINVAL for a column that does not exist or is not clear; nothing
 * is printed then.
 */
int out_open(struct out **ret_out, FILE *fp, const struct out_options *options, const char *name,
	     const struct out_column *columns, const char *default_columns, struct jo_err *err);

/* Add a row: each column's get is called with it, now. */
void out_row(struct out *out, const void *row);

/* Print what is left, sorted where that was asked for, and free out.  Returns 0, -EIO when fp has
 * failed, or a negative errno when there was no room for what was to be sorted. */
int out_close(struct out *out, struct jo_err *err);

/* "Columns:" and one line for each, for --help; the caller frees it. */
char *out_columns_help(const struct out_column *columns, const char *default_selection);

/*
 * Fill a cell.  NULL, "", JO_MISSING and NaN are missing.  Text is taken as it
 * is in JSON; control characters, and '|' in parsable output, become '?', so a
 * line always has the same number of fields.
 */
void out_text(struct out_cell *cell, const char *text);
void out_int(struct out_cell *cell, int64_t value);
void out_real(struct out_cell *cell, double value);
void out_bytes(struct out_cell *cell, int64_t bytes);
void out_duration(struct out_cell *cell, int64_t us); /* programs: seconds */
void out_time(struct out_cell *cell, int64_t unix_us);
void out_ratio(struct out_cell *cell, double ratio); /* people: "2.4x" */

/* What people read instead of the value that the cell already has; less than 64 bytes. */
void out_for_people(struct out_cell *cell, const char *people);

/* For columns that are a member of the row, at their offset: a string, int64_t or double. */
void out_get_text(const void *row, const struct out_column *column, struct out_cell *cell);
void out_get_int(const void *row, const struct out_column *column, struct out_cell *cell);
void out_get_real(const void *row, const struct out_column *column, struct out_cell *cell);
void out_get_bytes(const void *row, const struct out_column *column, struct out_cell *cell);
void out_get_duration(const void *row, const struct out_column *column, struct out_cell *cell);
void out_get_time(const void *row, const struct out_column *column, struct out_cell *cell);

#endif
