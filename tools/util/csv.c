/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libcsv pushes fields and rows; here they queue until they are asked for.
 * A line of the file is parsed at a time, so the queue stays short.
 */
#include "util/csv.h"

#include <csv.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"
#include "util/strbuf.h"
#include "util/text_input.h"
#include "util/words.h"

#define COLUMNS_MAX 4096 /* more than any table has; what is no table ends here */
#define FIELD_BLOCK 4096 /* that a long field grows by; libcsv's 128 bytes are copied too often */

struct csv_reader {
	struct text_input *input;
	struct csv_parser parser;
	char delimiter;
	bool is_within;       /* a row goes on in the next line */
	bool is_finished;     /* the parser has seen the end, or what it cannot read */
	struct jo_err broken; /* code 0: it is not */

	struct strbuf text; /* the queued fields, each with its NUL */
	size_t *starts;     /* of each field in text */
	size_t start_n, start_capacity;
	size_t *row_ends; /* of each whole row: how many fields there are up to its end */
	size_t row_n, row_capacity;
	size_t row_at; /* the next one to hand out */

	char **columns;
	size_t column_n;
	const char **fields; /* of the row that was read last */
	size_t field_n, field_capacity;
	int64_t row_number;
};

const char *csv_reader_name(const struct csv_reader *reader)
{
	return text_input_name(reader->input);
}

static void take_field(void *bytes, size_t len, void *context)
{
	struct csv_reader *reader = context;
	size_t start = reader->text.len;

	reader->starts = xgrow(reader->starts, reader->start_n, &reader->start_capacity,
			       sizeof(reader->starts[0]));
	reader->starts[reader->start_n++] = start;
	strbuf_add(&reader->text, bytes, len);
	strbuf_addc(&reader->text, '\0');
}

static void take_row(int terminator, void *context)
{
	struct csv_reader *reader = context;

	(void)terminator;
	reader->row_ends = xgrow(reader->row_ends, reader->row_n, &reader->row_capacity,
				 sizeof(reader->row_ends[0]));
	reader->row_ends[reader->row_n++] = reader->start_n;
}

/* Drop the rows that were handed out, and move what there is of the next one to the front. */
static void drop_rows(struct csv_reader *reader)
{
	size_t fields = reader->row_n > 0 ? reader->row_ends[reader->row_n - 1] : 0;
	size_t text = fields < reader->start_n ? reader->starts[fields] : reader->text.len;

	memmove(reader->text.text, reader->text.text + text, reader->text.len - text);
	reader->text.len -= text;
	if (reader->text.size > 0)
		reader->text.text[reader->text.len] = '\0';
	for (size_t i = fields; i < reader->start_n; i++)
		reader->starts[i - fields] = reader->starts[i] - text;
	reader->start_n -= fields;
	reader->row_n = reader->row_at = 0;
}

/* Parse this line, in which there is room for its end. */
static void feed_line(struct csv_reader *reader, char *line, size_t len)
{
	size_t rows = reader->row_n;

	if (strspn(line, " \t\r") < len)
		reader->is_within = true;
	line[len] = '\n'; /* where its NUL is */
	if (csv_parse(&reader->parser, line, len + 1, take_field, take_row, reader) != len + 1)
		reader->is_finished = true;
	if (reader->row_n > rows)
		reader->is_within = false;
}

/* Parse one more line.  One that is refused is a row of its own, unless a row goes on in it. */
static int feed(struct csv_reader *reader, struct jo_err *err)
{
	char *line;
	size_t len;
	int rc = text_input_line(reader->input, &line, &len, err);

	if (rc == -EBADMSG && reader->is_within) {
		reader->is_finished = true;
		(void)jo_err_set(&reader->broken, -EPROTO, "%s", err->text);
		return 0;
	}
	if (rc > 0) {
		feed_line(reader, line, len);
	} else if (rc == 0) {
		reader->is_finished = true;
		(void)csv_fini(&reader->parser, take_field, take_row, reader);
	}
	return rc < 0 ? rc : 0;
}

/* Parse until there is a whole row: 1, or 0 at the end. */
static int fill(struct csv_reader *reader, struct jo_err *err)
{
	long long row = (long long)reader->row_number + 1;

	drop_rows(reader);
	while (reader->row_n == 0 && !reader->is_finished) {
		int rc = feed(reader, err);

		if (rc < 0)
			return rc;
		if (reader->row_n == 0 &&
		    reader->text.len + csv_get_buffer_size(&reader->parser) > CSV_ROW_BYTES_MAX)
			return jo_err_set(err, -EPROTO,
					  "%s: row %lld is longer than 1 MiB: a quote left open?",
					  csv_reader_name(reader), row);
	}
	if (reader->row_n == 0 && reader->broken.code != 0) {
		*err = reader->broken;
		return err->code;
	}
	if (reader->row_n == 0 && csv_error(&reader->parser) != CSV_SUCCESS)
		return jo_err_set(err, -EPROTO, "%s: row %lld: %s", csv_reader_name(reader), row,
				  csv_strerror(csv_error(&reader->parser)));
	return reader->row_n > 0;
}

/* Read a row's fields into reader->fields, which has room for column_n. */
static int next_row(struct csv_reader *reader, size_t *ret_count, size_t *ret_first,
		    struct jo_err *err)
{
	int rc;

	if (reader->row_at == reader->row_n) {
		rc = fill(reader, err);
		if (rc <= 0)
			return rc;
	}
	*ret_first = reader->row_at > 0 ? reader->row_ends[reader->row_at - 1] : 0;
	*ret_count = reader->row_ends[reader->row_at] - *ret_first;
	reader->row_at++;
	return 1;
}

static const char *field(const struct csv_reader *reader, size_t i)
{
	return reader->text.text + reader->starts[i];
}

static int check_column(const struct csv_reader *reader, const char *name, struct jo_err *err)
{
	for (size_t i = 0; name[0] != '\0' && i < reader->column_n; i++)
		if (strcmp(reader->columns[i], name) == 0)
			return jo_err_set(err, -EBADMSG, "%s: two columns are named '%.40s'",
					  csv_reader_name(reader), name);
	return 0;
}

static int read_header(struct csv_reader *reader, struct jo_err *err)
{
	struct jo_err why;
	size_t count, first;
	int rc = next_row(reader, &count, &first, &why);

	if (rc < 0)
		return jo_err_set(err, rc, "%s", why.text);
	if (rc == 0)
		return jo_err_set(err, -EBADMSG, "%s: expected a header line, the file is empty",
				  csv_reader_name(reader));
	if (count > COLUMNS_MAX)
		return jo_err_set(err, -EBADMSG, "%s: %zu columns, at most %d are read",
				  csv_reader_name(reader), count, COLUMNS_MAX);
	reader->columns = xcalloc(count, sizeof(reader->columns[0]));
	for (size_t i = 0; i < count; i++) {
		const char *name = field(reader, first + i);

		rc = check_column(reader, name, err);
		if (rc < 0)
			return rc;
		reader->columns[reader->column_n++] = xstrdup(name);
	}
	return 0;
}

/* The delimiter that the line has most of outside of quotes; of equals, and of none, the first. */
static char find_delimiter(const char *line)
{
	size_t counts[sizeof(CSV_DELIMITERS) - 1] = {0}, best = 0;
	bool is_quoted = false;

	for (; *line != '\0'; line++) {
		const char *found = strchr(CSV_DELIMITERS, *line);

		is_quoted ^= *line == '"';
		if (found != NULL && !is_quoted)
			counts[found - CSV_DELIMITERS]++;
	}
	for (size_t i = 1; i < sizeof(counts) / sizeof(counts[0]); i++)
		if (counts[i] > counts[best])
			best = i;
	return CSV_DELIMITERS[best];
}

/* Read up to the first line that is not blank, which is the header or its beginning. */
static int begin(struct csv_reader *reader, char delimiter, struct jo_err *err)
{
	char *line;
	size_t len;
	int rc;

	do
		rc = text_input_line(reader->input, &line, &len, err);
	while (rc > 0 && strspn(line, " \t\r") == len);
	if (rc < 0)
		return rc;
	if (rc == 0)
		return jo_err_set(err, -EBADMSG, "%s: expected a header line, the file is empty",
				  csv_reader_name(reader));
	reader->delimiter = delimiter != '\0' ? delimiter : find_delimiter(line);
	csv_set_delim(&reader->parser, (unsigned char)reader->delimiter);
	feed_line(reader, line, len);
	return read_header(reader, err);
}

int csv_reader_open(const char *path, char delimiter, struct csv_reader **ret_reader,
		    struct jo_err *err)
{
	struct csv_reader *reader = xcalloc(1, sizeof(*reader));
	int rc = text_input_open(path, &reader->input, err);

	if (rc < 0) {
		free(reader);
		return rc;
	}
	strbuf_init(&reader->text);
	if (csv_init(&reader->parser, CSV_STRICT | CSV_STRICT_FINI) != 0)
		abort(); /* it refuses nothing but a NULL parser */
	csv_set_blk_size(&reader->parser, FIELD_BLOCK);
	rc = begin(reader, delimiter, err);
	if (rc < 0) {
		csv_reader_close(reader);
		return rc;
	}
	*ret_reader = reader;
	return 0;
}

void csv_reader_close(struct csv_reader *reader)
{
	if (reader == NULL)
		return;
	text_input_close(reader->input);
	csv_free(&reader->parser);
	strbuf_release(&reader->text);
	for (size_t i = 0; i < reader->column_n; i++)
		free(reader->columns[i]);
	free(reader->columns);
	free(reader->fields);
	free(reader->starts);
	free(reader->row_ends);
	free(reader);
}

char csv_reader_delimiter(const struct csv_reader *reader)
{
	return reader->delimiter;
}

size_t csv_reader_column_count(const struct csv_reader *reader)
{
	return reader->column_n;
}

const char *csv_reader_column(const struct csv_reader *reader, size_t column)
{
	return reader->columns[column];
}

static const char formula_marks[] = "=+-@\t\r";

/*
 * Spreadsheets run a cell that begins with one of these, whoever wrote it; behind an apostrophe it
 * is text to them (OWASP, "CSV Injection").  What has apostrophes in front of such a mark gets one
 * more, so that taking one off always gives what was written.
 */
static bool is_formula(const char *text)
{
	text += strspn(text, "'");
	return text[0] != '\0' && strchr(formula_marks, text[0]) != NULL;
}

static const char *unguarded(const char *field)
{
	return field[0] == '\'' && is_formula(field) ? field + 1 : field;
}

int csv_reader_next(struct csv_reader *reader, const char *const **ret_fields, struct jo_err *err)
{
	struct jo_err why;
	size_t count, first;
	int rc = next_row(reader, &count, &first, &why);

	if (rc < 0 && err != NULL)
		*err = why;
	if (rc > 0 || rc == -EBADMSG)
		reader->row_number++;
	reader->field_n = 0;
	if (rc <= 0)
		return rc;
	if (count > reader->field_capacity) {
		reader->field_capacity = count;
		reader->fields = xreallocarray(reader->fields, count, sizeof(reader->fields[0]));
	}
	for (; reader->field_n < count; reader->field_n++)
		reader->fields[reader->field_n] = unguarded(field(reader, first + reader->field_n));
	if (count != reader->column_n)
		return jo_err_set(err, -EBADMSG, "%s: row %lld has %zu field%s, the header has %zu",
				  csv_reader_name(reader), (long long)reader->row_number, count,
				  words_plural((int64_t)count), reader->column_n);
	*ret_fields = reader->fields;
	return 1;
}

const char *const *csv_reader_fields(const struct csv_reader *reader, size_t *ret_count)
{
	*ret_count = reader->field_n;
	return reader->fields;
}

void csv_reader_place(const struct csv_reader *reader, int64_t *ret_done_bytes,
		      int64_t *ret_total_bytes)
{
	text_input_place(reader->input, ret_done_bytes, ret_total_bytes);
}

int64_t csv_reader_row(const struct csv_reader *reader)
{
	return reader->row_number;
}

/* The reader takes blanks around a field for nobody's intention, unless there are quotes. */
static bool wants_quotes(const char *text)
{
	size_t length = strlen(text);

	return strpbrk(text, CSV_DELIMITERS "\"\r\n") != NULL ||
	       (length > 0 &&
		(strchr(" \t", text[0]) != NULL || strchr(" \t", text[length - 1]) != NULL));
}

void csv_write_field(FILE *fp, const char *text)
{
	const char *guard = is_formula(text) ? "'" : "";

	if (!wants_quotes(text)) {
		(void)fprintf(fp, "%s%s", guard, text);
		return;
	}
	(void)fprintf(fp, "\"%s", guard);
	for (; *text != '\0'; text++) {
		if (*text == '"')
			(void)fputc('"', fp);
		(void)fputc(*text, fp);
	}
	(void)fputc('"', fp);
}
