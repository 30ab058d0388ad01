/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows for people and for programs; how a value reads is decided here and nowhere else. */
#include "util/out.h"
#include "joboutliers/record.h"
#include "joboutliers/units.h"
#include "util/alloc.h"
#include "util/strbuf.h"
#include "util/strlist.h"
#include "util/when.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <libsmartcols.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/*
 * The table for people is printed in pieces of this many rows, each aligned in
 * itself: a million rows must not have to fit into memory.
 */
#define TABLE_ROWS 5000

struct out_cell {
	enum { CELL_MISSING, CELL_TEXT, CELL_INT, CELL_REAL } type;
	int64_t integer;
	double real;
	struct strbuf text; /* the value itself if CELL_TEXT */
	char people[64];    /* "" where people get what programs get */
};

struct out {
	FILE *fp;
	enum out_format format;
	const struct out_column **columns; /* the chosen ones */
	size_t column_count;
	size_t row_count;
	struct out_cell cell; /* one for all, to keep its memory */

	struct libscols_table *table;
	struct strbuf line;
};

void out_text(struct out_cell *cell, const char *text)
{
	if (text == NULL || text[0] == '\0')
		return;
	cell->type = CELL_TEXT;
	strbuf_adds(&cell->text, text);
}

void out_for_people(struct out_cell *cell, const char *people)
{
	(void)snprintf(cell->people, sizeof(cell->people), "%.63s", people);
}

void out_int(struct out_cell *cell, int64_t value)
{
	if (value == JO_MISSING)
		return;
	cell->type = CELL_INT;
	cell->integer = value;
}

/* Nothing real is known to more than 9 digits; more of them would only be noise. */
void out_real(struct out_cell *cell, double value)
{
	char digits[32];

	if (!isfinite(value))
		return;
	(void)snprintf(digits, sizeof(digits), "%.9g", value);
	cell->type = CELL_REAL;
	cell->real = strtod(digits, NULL);
	(void)snprintf(cell->people, sizeof(cell->people), "%.4g", value);
}

void out_bytes(struct out_cell *cell, int64_t bytes)
{
	out_int(cell, bytes);
	if (cell->type == CELL_INT)
		(void)jo_bytes_format(bytes, cell->people, sizeof(cell->people));
}

void out_duration(struct out_cell *cell, int64_t us)
{
	if (us == JO_MISSING)
		return;
	cell->type = CELL_REAL;
	cell->real = (double)us / 1e6;
	(void)jo_duration_format(us, cell->people, sizeof(cell->people));
}

/* People see minutes: a listing has little room, and seconds tell them nothing. */
void out_time(struct out_cell *cell, int64_t unix_us)
{
	char text[WHEN_TEXT_SIZE];

	if (unix_us == JO_MISSING)
		return;
	out_text(cell, when_format(unix_us, text));
	text[sizeof("2026-01-02T03:04") - 1] = '\0';
	out_for_people(cell, text);
}

void out_ratio(struct out_cell *cell, double ratio)
{
	out_real(cell, ratio);
	if (cell->type == CELL_REAL)
		(void)snprintf(cell->people, sizeof(cell->people), ratio < 9.95 ? "%.1fx" : "%.0fx",
			       ratio);
}

#define GET(name, put, type)                                                                       \
	void name(const void *row, const struct out_column *column, struct out_cell *cell)         \
	{                                                                                          \
		put(cell, *(type const *)((const char *)row + column->offset));                    \
	}

GET(out_get_text, out_text, char *)
GET(out_get_int, out_int, int64_t)
GET(out_get_real, out_real, double)
GET(out_get_bytes, out_bytes, int64_t)
GET(out_get_duration, out_duration, int64_t)
GET(out_get_time, out_time, int64_t)

/* ---- choosing columns ---- */

/* The names that end a column's name where it is a number. */
static const char *const unit_endings[] = {"", "_s", "_bytes"};

static bool is_column(const struct out_column *column, const char *name)
{
	size_t len = strlen(name);

	if (strncasecmp(column->name, name, len) != 0)
		return false;
	for (size_t i = 0; i < sizeof(unit_endings) / sizeof(unit_endings[0]); i++)
		if (strcmp(column->name + len, unit_endings[i]) == 0)
			return true;
	return false;
}

static int unknown_column(const struct out_column *columns, const char *name, struct jo_err *err)
{
	struct strbuf known;
	int rc;

	strbuf_init(&known);
	for (const struct out_column *column = columns; column->name != NULL; column++)
		strbuf_addf(&known, "%s%s", column == columns ? "" : ", ", column->name);
	rc = jo_err_set(err, -EINVAL, "no column '%.40s'; there are %s", name, known.text);
	strbuf_release(&known);
	return rc;
}

static int find_column(const struct out_column *columns, const char *name,
		       const struct out_column **ret_column, struct jo_err *err)
{
	const struct out_column *found = NULL;

	for (const struct out_column *column = columns; column->name != NULL; column++) {
		if (is_column(column, name)) {
			*ret_column = column;
			return 0;
		}
	}
	for (const struct out_column *column = columns; column->name != NULL; column++) {
		if (strncasecmp(column->name, name, strlen(name)) != 0)
			continue;
		if (found != NULL)
			return jo_err_set(err, -EINVAL, "column '%.40s' may be %s or %s", name,
					  found->name, column->name);
		found = column;
	}
	if (found == NULL)
		return unknown_column(columns, name, err);
	*ret_column = found;
	return 0;
}

static int choose_columns(struct out *out, const struct out_column *columns, const char *selection,
			  struct jo_err *err)
{
	struct strlist names = {0};
	int rc = 0;

	if (strcasecmp(selection, "all") == 0)
		for (const struct out_column *column = columns; column->name != NULL; column++)
			strlist_add(&names, column->name);
	else
		strlist_split(&names, selection);
	if (names.count == 0)
		rc = jo_err_set(err, -EINVAL, "no column was asked for");
	out->columns = xreallocarray(NULL, names.count, sizeof(*out->columns));
	for (size_t i = 0; rc == 0 && i < names.count; i++)
		rc = find_column(columns, names.list[i], &out->columns[i], err);
	out->column_count = names.count;
	strlist_release(&names);
	return rc;
}

char *out_columns_help(const struct out_column *columns, const char *default_selection)
{
	struct strbuf text;

	strbuf_init(&text);
	strbuf_adds(&text, "Columns for -o:\n");
	for (const struct out_column *column = columns; column->name != NULL; column++)
		strbuf_addf(&text, "  %-22s %s\n", column->name, column->help);
	strbuf_addf(&text, "Without -o: %s", default_selection);
	return strbuf_detach(&text);
}

/* ---- one format after the other ---- */

static const char *column_header(const struct out_column *column)
{
	return column->header != NULL ? column->header : column->name;
}

/* A terminal's or a field separator's characters are not for data to use. */
static void clean(char *text, char separator)
{
	for (char *c = text; *c != '\0'; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f || *c == separator)
			*c = '?';
}

/* The cell as text: for people, or with every digit for programs. */
static void cell_to_text(struct out_cell *cell, bool for_people)
{
	if (for_people && cell->people[0] != '\0') {
		strbuf_reset(&cell->text);
		strbuf_adds(&cell->text, cell->people);
		return;
	}
	switch (cell->type) {
	case CELL_MISSING:
	case CELL_TEXT:
		break;
	case CELL_INT:
		strbuf_addf(&cell->text, "%" PRId64, cell->integer);
		break;
	case CELL_REAL:
		strbuf_addf(&cell->text, "%.15g", cell->real);
		break;
	}
}

static void table_row(struct out *out, struct libscols_line *line, size_t i)
{
	struct out_cell *cell = &out->cell;

	cell_to_text(cell, true);
	clean(cell->text.text, '\0');
	if (scols_line_set_data(line, i, cell->text.text) != 0)
		abort();
}

static void table_flush(struct out *out)
{
	if (scols_table_get_nlines(out->table) == 0 && out->row_count > 0)
		return;
	(void)scols_print_table(out->table);
	scols_table_remove_lines(out->table);
	(void)scols_table_enable_noheadings(out->table, 1);
}

static void parsable_field(struct out *out, size_t i)
{
	struct out_cell *cell = &out->cell;

	cell_to_text(cell, false);
	clean(cell->text.text, '|');
	if (i > 0)
		strbuf_addc(&out->line, '|');
	strbuf_adds(&out->line, cell->text.text);
}

static json_t *cell_to_json(const struct out_cell *cell)
{
	json_t *value = NULL;

	switch (cell->type) {
	case CELL_MISSING:
		break;
	case CELL_TEXT:
		value = json_string(cell->text.text);
		break;
	case CELL_INT:
		value = json_integer(cell->integer);
		break;
	case CELL_REAL:
		value = json_real(cell->real);
		break;
	}
	return value != NULL ? value : json_null(); /* text that is no UTF-8 is not known either */
}

static void json_row(struct out *out, json_t *object)
{
	char *text = json_dumps(object, JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(15));

	if (text == NULL)
		abort();
	(void)fprintf(out->fp, "%s\n    %s", out->row_count > 0 ? "," : "", text);
	free(text);
	json_decref(object);
}

static void cell_get(struct out *out, const void *row, size_t i)
{
	struct out_cell *cell = &out->cell;

	cell->type = CELL_MISSING;
	cell->people[0] = '\0';
	strbuf_reset(&cell->text);
	out->columns[i]->get(row, out->columns[i], cell);
}

void out_row(struct out *out, const void *row)
{
	struct libscols_line *line = NULL;
	json_t *object = NULL;

	if (out->format == OUT_TABLE) {
		line = scols_table_new_line(out->table, NULL);
		if (line == NULL)
			abort();
	} else if (out->format == OUT_JSON) {
		object = json_object();
	}
	strbuf_reset(&out->line);
	for (size_t i = 0; i < out->column_count; i++) {
		cell_get(out, row, i);
		switch (out->format) {
		case OUT_TABLE:
			table_row(out, line, i);
			break;
		case OUT_PARSABLE:
			parsable_field(out, i);
			break;
		case OUT_JSON:
			(void)json_object_set_new(object, out->columns[i]->name,
						  cell_to_json(&out->cell));
			break;
		}
	}
	if (out->format == OUT_PARSABLE)
		(void)fprintf(out->fp, "%s\n", out->line.text);
	else if (out->format == OUT_JSON)
		json_row(out, object);
	out->row_count++;
	if (out->format == OUT_TABLE && out->row_count % TABLE_ROWS == 0)
		table_flush(out);
}

static void table_open(struct out *out, bool want_header)
{
	out->table = scols_new_table();
	if (out->table == NULL)
		abort();
	(void)scols_table_set_stream(out->table, out->fp);
	(void)scols_table_enable_noheadings(out->table, !want_header);
	(void)scols_table_set_column_separator(out->table, " ");
	for (size_t i = 0; i < out->column_count; i++)
		if (scols_table_new_column(out->table, column_header(out->columns[i]), 0,
					   out->columns[i]->is_right ? SCOLS_FL_RIGHT : 0) == NULL)
			abort();
}

static void parsable_open(struct out *out, bool want_header)
{
	for (size_t i = 0; want_header && i < out->column_count; i++)
		(void)fprintf(out->fp, "%s%s%s", i > 0 ? "|" : "", out->columns[i]->name,
			      i + 1 == out->column_count ? "\n" : "");
}

static void out_free(struct out *out)
{
	if (out->table != NULL)
		scols_unref_table(out->table);
	strbuf_release(&out->cell.text);
	strbuf_release(&out->line);
	free(out->columns);
	free(out);
}

int out_open(struct out **ret_out, FILE *fp, enum out_format format, bool want_header,
	     const char *name, const struct out_column *columns, const char *selection,
	     const char *default_selection, struct jo_err *err)
{
	struct out *out = xcalloc(1, sizeof(*out));
	int rc;

	out->fp = fp;
	out->format = format;
	strbuf_init(&out->cell.text);
	strbuf_init(&out->line);
	rc = choose_columns(out, columns, selection != NULL ? selection : default_selection, err);
	if (rc < 0) {
		out_free(out);
		return rc;
	}
	if (format == OUT_TABLE)
		table_open(out, want_header);
	else if (format == OUT_PARSABLE)
		parsable_open(out, want_header);
	else
		(void)fprintf(fp, "{\n  \"%s\": [", name);
	*ret_out = out;
	return 0;
}

int out_close(struct out *out, struct jo_err *err)
{
	FILE *fp = out->fp;

	if (out->format == OUT_TABLE)
		table_flush(out);
	else if (out->format == OUT_JSON)
		(void)fprintf(fp, "%s]\n}\n", out->row_count > 0 ? "\n  " : "");
	out_free(out);
	if (fflush(fp) != 0 || ferror(fp))
		return jo_err_set(err, -EIO, "the output could not be written");
	return 0;
}
