/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Import of CSV ("-": standard input): the header picks a reader for each
 * column, the rows become records.  Where fields are separated by something else
 * than a comma, numbers may have one.  Columns, in any order:
 *
 *	job	a number, or as Slurm writes it: 12, 12_3 (array), 12+1 (heterogeneous),
 *		each with ".STEP" behind where there is no column step
 *	start	when it began: ISO 8601 (local time unless it says), or Unix seconds
 *	wall_s	how long it took, in seconds or as 1-02:03:04; these three are needed
 *	step	a number, "batch" (also when empty) or "interactive"
 *	class	counts as declared, so all users share it
 *	state	Slurm's word; COMPLETED when empty
 *	exit_code	STATUS or STATUS:SIGNAL
 *	attr.NAME	an attribute
 *	verdict.NAME	what export adds; not looked at
 *	names, sizes and numbers	whatever step/columns.h has for CSV
 *
 * Others are named once, and left.  An empty field is missing.  A row's key is (cluster, job,
 *step), so the same file can be imported again: rows that are the same change nothing, others
 * replace what an earlier import said, and none replaces what the plugin
 * recorded.  Rows that differ in node alone are nodes of one step.
 *
 * A bad header is an error before anything is changed: -EBADMSG.  Bad rows go
 * to the file of --rejects, with the header and a column "reason".
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "intake/column_map.h"
#include "intake/row_columns.h"
#include "intake/source.h"
#include "util/alloc.h"
#include "util/csv.h"
#include "util/strbuf.h"
#include "util/strlist.h"

/* Names of columns in one line of text: more are no slip of the pen. */
#define UNKNOWN_SHOWN_MAX 8

struct csv_import {
	struct csv_reader *csv;
	struct column_map map;
	size_t column_count;
	struct row_column *columns; /* of the header, in its order; without read: left alone */
	char *note;                 /* for people, until it is told; or NULL */
	const struct source_request *request;
	const char *rejects_path;
	FILE *rejects; /* NULL: nobody wants them */
};

/* The source's options, in their order. */
enum { VALUE_PATH, VALUE_REJECTS };

/* ---- the header ---- */

/* What the columns are that nobody knows. */
static char *make_note(const struct csv_import *import, const struct strlist *unknown)
{
	struct strbuf note;

	if (unknown->count == 0)
		return NULL;
	strbuf_init(&note);
	strbuf_addf(&note, "%s: %zu column%s not known here and left alone: ",
		    csv_reader_name(import->csv), unknown->count,
		    unknown->count == 1 ? " is" : "s are");
	for (size_t i = 0; i < unknown->count && i < UNKNOWN_SHOWN_MAX; i++)
		strbuf_addf(&note, "%s%.40s", i > 0 ? ", " : "", unknown->list[i]);
	if (unknown->count > UNKNOWN_SHOWN_MAX)
		strbuf_addf(&note, " and %zu more", unknown->count - UNKNOWN_SHOWN_MAX);
	return strbuf_detach(&note);
}

static int find_columns(struct csv_import *import, struct strlist *unknown, struct jo_err *err)
{
	struct jo_err why;
	int rc = 0;

	for (size_t i = 0; i < import->column_count && rc == 0; i++) {
		const char *theirs = csv_reader_column(import->csv, i);
		const char *name = column_map_ours(&import->map, theirs);

		if (name == NULL)
			continue;
		if (theirs[0] == '\0') {
			strlist_add(unknown, "one without a name");
			continue;
		}
		rc = row_column_find(name, &import->columns[i], &why);
		if (rc == -EBADMSG) {
			strlist_add(unknown, theirs);
			rc = 0;
		} else if (rc < 0) {
			(void)jo_err_set(err, rc, "%s", why.text);
		}
	}
	if (rc == 0)
		rc = column_map_check(&import->map, err);
	return rc;
}

/* Refuse a file without a column that is needed: it may be for another source. */
static int check_columns(const struct csv_import *import, struct jo_err *err)
{
	const char *lacking = row_columns_lack(import->columns, import->column_count);
	char guess[SOURCE_GUESS_SIZE];
	struct strbuf line;
	int rc;

	if (lacking == NULL)
		return 0;
	strbuf_init(&line);
	for (size_t i = 0; i < import->column_count; i++)
		strbuf_addf(&line, "%s%c", csv_reader_column(import->csv, i),
			    csv_reader_delimiter(import->csv));
	if (source_guess(import->request, &source_csv, line.text, guess))
		rc = jo_err_set(err, -EBADMSG, "it looks like %s", guess);
	else
		rc = jo_err_set(err, -EBADMSG,
				"no column '%s', which is needed; --map=%s=THEIRS says which it is",
				lacking, lacking);
	strbuf_release(&line);
	return rc;
}

static int read_header(struct csv_import *import, struct jo_err *err)
{
	struct strlist unknown = {0};
	int rc;

	import->column_count = csv_reader_column_count(import->csv);
	import->columns = xcalloc(import->column_count, sizeof(*import->columns));
	rc = find_columns(import, &unknown, err);
	if (rc == 0)
		rc = check_columns(import, err);
	if (rc < 0)
		(void)jo_err_prefix(err, "%s: header", csv_reader_name(import->csv));
	import->note = make_note(import, &unknown);
	strlist_release(&unknown);
	return rc;
}

/* ---- rejects ---- */

static int open_rejects(struct csv_import *import, struct jo_err *err)
{
	const char *path = import->rejects_path;
	int fd;

	if (path == NULL)
		return 0;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (fd < 0)
		return jo_err_sys(err, -errno, "create %s", path);
	import->rejects = fdopen(fd, "w");
	if (import->rejects == NULL) {
		(void)close(fd);
		return jo_err_sys(err, -ENOMEM, "create %s", path);
	}
	for (size_t i = 0; i < import->column_count; i++) {
		csv_write_field(import->rejects, csv_reader_column(import->csv, i));
		(void)fputc(csv_reader_delimiter(import->csv), import->rejects);
	}
	(void)fputs("reason\n", import->rejects);
	return 0;
}

static int close_rejects(struct csv_import *import, struct jo_err *err)
{
	bool is_bad;

	if (import->rejects == NULL)
		return 0;
	is_bad = ferror(import->rejects) != 0;
	is_bad |= fclose(import->rejects) != 0;
	import->rejects = NULL;
	return is_bad ? jo_err_set(err, -EIO, "write %s: failed", import->rejects_path) : 0;
}

/* The row that was read last, which may have more fields than the header, or fewer. */
static void reject(struct csv_import *import, struct source_block *block, const struct jo_err *why)
{
	size_t count;
	const char *const *fields = csv_reader_fields(import->csv, &count);

	source_block_refuse(block, NULL, why->text);
	if (import->rejects == NULL)
		return;
	for (size_t i = 0; i < import->column_count || i < count; i++) {
		if (i < count)
			csv_write_field(import->rejects, fields[i]);
		(void)fputc(csv_reader_delimiter(import->csv), import->rejects);
	}
	csv_write_field(import->rejects, why->text);
	(void)fputc('\n', import->rejects);
}

/* ---- rows ---- */

/* Fill the block's next record: 0, 1 for a row that is nothing for us, or why it is bad. */
static int read_row(struct csv_import *import, struct source_block *block,
		    const char *const *fields, struct row *row, struct jo_err *err)
{
	int rc = 0;

	row_begin(row, source_block_record(block));
	row->has_decimal_comma = csv_reader_delimiter(import->csv) != ',';
	for (size_t i = 0; i < import->column_count && rc == 0; i++)
		if (import->columns[i].read != NULL)
			rc = row_column_read(&import->columns[i], fields[i], row, err);
	if (rc == 0)
		rc = row_finish(row, err);
	if (rc == 0)
		rc = source_check_start(import->request, row->record, err);
	if (rc < 0)
		return jo_err_prefix(err, "%s: row %lld", csv_reader_name(import->csv),
				     (long long)csv_reader_row(import->csv));
	return rc;
}

static void take_row(struct csv_import *import, struct source_block *block,
		     const char *const *fields)
{
	struct row row;
	struct jo_err why;
	int rc = read_row(import, block, fields, &row, &why);

	if (rc < 0)
		reject(import, block, &why);
	else if (rc > 0)
		block->skipped_count++;
	else
		source_block_put(block, row.state);
}

static int next_rows(void *context, struct source_block *block, struct jo_err *err)
{
	struct csv_import *import = context;
	const char *const *fields;
	struct jo_err why;
	int rc = 1;

	if (import->note != NULL)
		source_block_note(block, import->note);
	free(import->note);
	import->note = NULL;
	while (!source_block_is_full(block) &&
	       (rc = csv_reader_next(import->csv, &fields, &why)) != 0) {
		if (rc < 0 && rc != -EBADMSG) {
			if (err != NULL)
				*err = why;
			return rc;
		}
		if (rc < 0)
			reject(import, block, &why);
		else
			take_row(import, block, fields);
	}
	csv_reader_place(import->csv, &block->done, &block->total);
	return rc != 0;
}

static int close_csv(void *context, struct jo_err *err)
{
	struct csv_import *import = context;
	int rc = close_rejects(import, err);

	column_map_release(&import->map);
	free(import->note);
	free(import->columns);
	csv_reader_close(import->csv);
	free(import);
	return rc;
}

static int open_csv(const struct source_request *request, void **ret_reader, struct jo_err *err)
{
	struct csv_import *import = xcalloc(1, sizeof(*import));
	char delimiter;
	int rc;

	import->request = request;
	import->rejects_path = request->values[VALUE_REJECTS];
	rc = source_delimiter(request->shared[SOURCE_DELIMITER], CSV_DELIMITERS, &delimiter, err);
	if (rc == 0)
		rc = column_map_parse(request->shared[SOURCE_MAP], &import->map, err);
	if (rc == 0)
		rc = csv_reader_open(request->values[VALUE_PATH], delimiter, &import->csv, err);
	if (rc == 0)
		rc = read_header(import, err);
	if (rc == 0)
		rc = open_rejects(import, err);
	if (rc < 0) {
		(void)close_csv(import, NULL);
		return rc;
	}
	*ret_reader = import;
	return 0;
}

/* Whether two of its fields are called as columns are. */
static bool looks_like_csv(const char *line)
{
	char *copy = xstrdup(line), *rest = copy;
	struct row_column column;
	const char *field;
	int count = 0;

	while ((field = strsep(&rest, CSV_DELIMITERS)) != NULL)
		count += row_column_find(field, &column, NULL) == 0;
	free(copy);
	return count > 1;
}

static const struct source_option csv_options[] = {
	[VALUE_PATH] = {"csv", "FILE", false,
			"import a CSV file with a header line; '-' is standard input", 0},
	[VALUE_REJECTS] = {"rejects", "FILE", false,
			   "write the rows that are not right to FILE, each with its reason", 0},
	{NULL, NULL, false, NULL, 0},
};

const struct source source_csv = {
	.noun = "row",
	.step_source = STEP_SOURCE_CSV,
	.options = csv_options,
	.takes = SOURCE_TAKES(SOURCE_MAP) | SOURCE_TAKES(SOURCE_DELIMITER),
	.likeness = "a CSV file",
	.looks_like = looks_like_csv,
	.open = open_csv,
	.next = next_rows,
	.close = close_csv,
};
