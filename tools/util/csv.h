/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CSV files with a header line, row by row (RFC 4180, through libcsv), in the
 * forms of text that util/text_input.h takes.  Says which columns there are;
 * what they mean is for others.
 */
#ifndef UTIL_CSV_H
#define UTIL_CSV_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "joboutliers/err.h"

/* A row with its fields is at most this long: a longer one is no table but a broken quote. */
#define CSV_ROW_BYTES_MAX (1 << 20)

struct csv_reader;

/* What separates the fields of a line: one of these. */
#define CSV_DELIMITERS ",;\t|"

/*
 * Open the file ("-" is standard input) and read its header.  The delimiter is one of
 * CSV_DELIMITERS, or '\0' for the one that the header has most of.
 *
 * Returns 0; a negative errno of open or read; or -EBADMSG for a file without
 * a header or with a line for it that is no text, a column with another's name, or more than
 * 4096 columns.
 */
int csv_reader_open(const char *path, char delimiter, struct csv_reader **ret_reader,
		    struct jo_err *err);

/* Close the file and free the reader; NULL is fine. */
void csv_reader_close(struct csv_reader *reader);

/* What messages call the file; good as long as the reader. */
const char *csv_reader_name(const struct csv_reader *reader);

/* What separates its fields. */
char csv_reader_delimiter(const struct csv_reader *reader);

/* How many columns the header has. */
size_t csv_reader_column_count(const struct csv_reader *reader);

/* The name in the header of a column, from 0, "" for one that has none; good as long as the reader. */
const char *csv_reader_column(const struct csv_reader *reader, size_t column);

/*
 * Read the next row.  Returns 1 and one field for each column ("" for an empty
 * one, without the guard of csv_write_field), good until the next call; 0 at the
 * end; -EBADMSG for a row with too few or too many fields, or a line that is no
 * text (the next call goes on behind it); or -EPROTO for broken quoting and a row
 * that is too long, after which nothing can be read.  *err names file and row.
 */
int csv_reader_next(struct csv_reader *reader, const char *const **ret_fields, struct jo_err *err);

/* The fields of the row that next read last, however many it has: 0 of a line that is no text. */
const char *const *csv_reader_fields(const struct csv_reader *reader, size_t *ret_count);

/* How many bytes of the file were read, of how many; both 0 when it has no size, as a pipe. */
void csv_reader_place(const struct csv_reader *reader, int64_t *ret_done_bytes,
		      int64_t *ret_total_bytes);

/* The number of the row that next has read last: the first below the header is 1. */
int64_t csv_reader_row(const struct csv_reader *reader);

/*
 * Write one text field so that the reader has it back as it is, whatever the delimiter: in
 * quotes where it takes them, and with an apostrophe in front of what a spreadsheet would run as a
 * formula (= + - @), which the reader takes off again.
 */
void csv_write_field(FILE *fp, const char *text);

#endif
