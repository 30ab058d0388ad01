/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Listings: which columns, and how a row of them is printed in each format. */
#include "util/out.h"
#include "util/alloc.h"
#include "util/cell.h"
#include "util/cell_rows.h"
#include "util/strbuf.h"
#include "util/strlist.h"

#include <errno.h>
#include <jansson.h>
#include <libsmartcols.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/*
 * The table for people is printed in pieces of this many rows, each aligned in
 * itself: a million rows must not have to fit into memory.
 */
#define TABLE_ROWS 5000

/* Rows to be sorted that are kept in memory; some 1.5 KB each. */
#define SORT_BYTES ((size_t)64 << 20)

struct out {
	FILE *fp;
	const char *name; /* of the rows, in the plural */
	enum out_format format;
	bool has_header;
	const struct out_column *known;    /* all there are */
	const struct out_column **columns; /* the chosen ones, then those to sort by */
	size_t column_count, cell_count;   /* of the chosen ones; and of both */
	size_t row_count;
	struct out_cell *cells; /* of one row, for all rows, to keep their memory */
	struct cell_rows *rows; /* NULL: rows are printed as they come */

	struct libscols_table *table;
	struct strbuf line;
};

/* ---- choosing columns ---- */

/* The names that end a column's name where it is a number. */
static const char *const unit_endings[] = {"", "_s", "_bytes", "_percent"};

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

static int choose_columns(struct out *out, const char *selection, struct jo_err *err)
{
	struct strlist names = {0};
	int rc = 0;

	if (strcasecmp(selection, "all") == 0)
		for (const struct out_column *column = out->known; column->name != NULL; column++)
			strlist_add(&names, column->name);
	else
		strlist_split(&names, selection);
	if (names.count == 0)
		rc = jo_err_set(err, -EINVAL, "no column was asked for");
	out->columns = xreallocarray(NULL, names.count, sizeof(*out->columns));
	for (size_t i = 0; rc == 0 && i < names.count; i++)
		rc = find_column(out->known, names.list[i], &out->columns[i], err);
	out->column_count = out->cell_count = names.count;
	strlist_release(&names);
	return rc;
}

char *out_columns_help(const struct out_column *columns, const char *default_selection)
{
	struct strbuf text;

	strbuf_init(&text);
	strbuf_adds(&text, "Columns for -o:\n");
	for (const struct out_column *column = columns; column->name != NULL; column++)
		strbuf_addf(&text, "  %-25s %s\n", column->name, column->help);
	strbuf_addf(&text, "Without -o: %s", default_selection);
	return strbuf_detach(&text);
}

/* ---- one format after the other ---- */

static const char *column_header(const struct out_column *column)
{
	return column->header != NULL ? column->header : column->name;
}

static void table_row(struct out *out, struct out_cell *cells)
{
	struct libscols_line *line = scols_table_new_line(out->table, NULL);

	if (line == NULL)
		abort();
	for (size_t i = 0; i < out->column_count; i++)
		if (scols_line_set_data(line, i, cell_to_people(&cells[i])) != 0)
			abort();
}

/* Of a table without rows nothing is printed, which would look like a command that did nothing. */
static void table_flush(struct out *out)
{
	if (scols_table_get_nlines(out->table) == 0) {
		if (out->row_count == 0 && out->has_header)
			(void)fprintf(out->fp, "0 %s\n", out->name);
		return;
	}
	(void)scols_print_table(out->table);
	scols_table_remove_lines(out->table);
	(void)scols_table_enable_noheadings(out->table, 1);
}

static void parsable_row(struct out *out, struct out_cell *cells)
{
	strbuf_reset(&out->line);
	for (size_t i = 0; i < out->column_count; i++) {
		if (i > 0)
			strbuf_addc(&out->line, '|');
		strbuf_adds(&out->line, cell_to_field(&cells[i], '|'));
	}
	(void)fprintf(out->fp, "%s\n", out->line.text);
}

static void json_row(struct out *out, struct out_cell *cells)
{
	json_t *object = json_object();
	char *text;

	for (size_t i = 0; i < out->column_count; i++)
		(void)json_object_set_new_nocheck(object, out->columns[i]->name,
						  cell_to_json(&cells[i]));
	text = json_dumps(object, JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(15));
	if (text == NULL)
		abort();
	(void)fprintf(out->fp, "%s\n    %s", out->row_count > 0 ? "," : "", text);
	free(text);
	json_decref(object);
}

static void print_row(struct out *out, struct out_cell *cells)
{
	static void (*const print[])(struct out * out, struct out_cell * cells) = {
		[OUT_TABLE] = table_row,
		[OUT_PARSABLE] = parsable_row,
		[OUT_JSON] = json_row,
	};

	print[out->format](out, cells);
	out->row_count++;
	if (out->format == OUT_TABLE && out->row_count % TABLE_ROWS == 0)
		table_flush(out);
}

void out_row(struct out *out, const void *row)
{
	for (size_t i = 0; i < out->cell_count; i++) {
		cell_reset(&out->cells[i]);
		out->columns[i]->get(row, out->columns[i], &out->cells[i]);
	}
	if (out->rows != NULL)
		cell_rows_add(out->rows, out->cells);
	else
		print_row(out, out->cells);
}

static void table_open(struct out *out)
{
	out->table = scols_new_table();
	if (out->table == NULL)
		abort();
	(void)scols_table_set_stream(out->table, out->fp);
	(void)scols_table_enable_noheadings(out->table, !out->has_header);
	(void)scols_table_set_column_separator(out->table, " ");
	for (size_t i = 0; i < out->column_count; i++)
		if (scols_table_new_column(out->table, column_header(out->columns[i]), 0,
					   out->columns[i]->is_right ? SCOLS_FL_RIGHT : 0) == NULL)
			abort();
}

static void parsable_open(struct out *out)
{
	for (size_t i = 0; out->has_header && i < out->column_count; i++)
		(void)fprintf(out->fp, "%s%s%s", i > 0 ? "|" : "", out->columns[i]->name,
			      i + 1 == out->column_count ? "\n" : "");
}

static void out_free(struct out *out)
{
	if (out->table != NULL)
		scols_unref_table(out->table);
	for (size_t i = 0; out->cells != NULL && i < out->cell_count; i++)
		cell_release(&out->cells[i]);
	free(out->cells);
	cell_rows_free(out->rows);
	strbuf_release(&out->line);
	free(out->columns);
	free(out);
}

/* "wall_s,-start": the columns stand behind the chosen ones. */
static int choose_order(struct out *out, const char *order, struct jo_err *err)
{
	struct strlist names = {0};
	struct cell_key *keys;
	int rc = 0;

	strlist_split(&names, order);
	if (names.count == 0)
		rc = jo_err_set(err, -EINVAL, "no column to sort by was named");
	keys = xcalloc(names.count + 1, sizeof(*keys));
	out->columns =
		xreallocarray(out->columns, out->column_count + names.count, sizeof(*out->columns));
	for (size_t i = 0; rc == 0 && i < names.count; i++) {
		const char *name = names.list[i];

		keys[i].cell = out->column_count + i;
		keys[i].is_descending = name[0] == '-';
		name += name[0] == '-' || name[0] == '+';
		rc = find_column(out->known, name, &out->columns[keys[i].cell], err);
	}
	if (rc == 0) {
		out->cell_count = out->column_count + names.count;
		out->rows = cell_rows_new(out->cell_count, keys, names.count, SORT_BYTES);
	}
	strlist_release(&names);
	free(keys);
	return rc;
}

static void make_cells(struct out *out)
{
	out->cells = xcalloc(out->cell_count, sizeof(*out->cells));
	for (size_t i = 0; i < out->cell_count; i++)
		cell_init(&out->cells[i]);
}

int out_open(struct out **ret_out, FILE *fp, const struct out_options *options, const char *name,
	     const struct out_column *columns, const char *default_columns, struct jo_err *err)
{
	struct out *out = xcalloc(1, sizeof(*out));
	int rc;

	out->fp = fp;
	out->name = name;
	out->format = options->format;
	out->has_header = !options->no_header;
	out->known = columns;
	strbuf_init(&out->line);
	rc = choose_columns(out, options->columns != NULL ? options->columns : default_columns,
			    err);
	if (rc == 0 && options->order != NULL)
		rc = choose_order(out, options->order, err);
	if (rc < 0) {
		out_free(out);
		return rc;
	}
	make_cells(out);
	if (out->format == OUT_TABLE)
		table_open(out);
	else if (out->format == OUT_PARSABLE)
		parsable_open(out);
	else
		(void)fprintf(fp, "{\n  \"%s\": [", name);
	*ret_out = out;
	return 0;
}

static int print_sorted(struct out *out, struct jo_err *err)
{
	struct out_cell *cells;
	int rc = cell_rows_sort(out->rows, err);

	while (rc == 0 && (rc = cell_rows_next(out->rows, &cells, err)) > 0) {
		print_row(out, cells);
		rc = 0;
	}
	return rc;
}

int out_close(struct out *out, struct jo_err *err)
{
	FILE *fp = out->fp;
	int rc = out->rows != NULL ? print_sorted(out, err) : 0;

	if (out->format == OUT_TABLE)
		table_flush(out);
	else if (out->format == OUT_JSON)
		(void)fprintf(fp, "%s]\n}\n", out->row_count > 0 ? "\n  " : "");
	out_free(out);
	if (rc == 0 && (fflush(fp) != 0 || ferror(fp)))
		rc = jo_err_set(err, -EIO, "the output could not be written");
	return rc;
}
