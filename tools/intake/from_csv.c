/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Import of CSV ("-": standard input): the header picks a reader for each
 * column, the rows become records.  Columns, in any order:
 *
 *	job	a number, or as Slurm writes it: 12, 12_3 (array), 12+1 (heterogeneous),
 *		each with ".STEP" behind where there is no column step
 *	start	when it began: ISO 8601 (local time unless it says), or Unix seconds
 *	wall_s	how long it took, in seconds; these three are needed
 *	step	a number, "batch" (also when empty) or "interactive"
 *	class	counts as declared, so all users share it
 *	state	Slurm's word; COMPLETED when empty
 *	exit_code	STATUS or STATUS:SIGNAL
 *	attr.NAME	an attribute
 *	verdict.NAME	what export adds; not looked at
 *	names, sizes and numbers	whatever step/columns.h has for CSV
 *
 * An empty field is missing.  A row's key is (cluster, job, step), so the same
 * file can be imported again: rows that are the same change nothing, others
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

struct csv_import {
	struct csv_reader *reader;
	struct column_map map;
	size_t column_count;
	struct row_column *columns; /* of the header, in its order; without read: left alone */
	const char *rejects_path;
	FILE *rejects; /* NULL: nobody wants them */
};

/* The source's options, in their order. */
enum { VALUE_PATH, VALUE_REJECTS };

/* ---- the header ---- */

static int read_header(struct csv_import *import, struct jo_err *err)
{
	size_t count = csv_reader_column_count(import->reader);
	const char *lacking;
	int rc = 0;

	import->columns = xcalloc(count, sizeof(*import->columns));
	for (size_t i = 0; i < count && rc == 0; i++) {
		const char *name =
			column_map_ours(&import->map, csv_reader_column(import->reader, i));

		if (name != NULL)
			rc = row_column_find(name, &import->columns[i], err);
	}
	if (rc == 0)
		rc = column_map_check(&import->map, err);
	if (rc < 0) {
		(void)jo_err_prefix(err, "%s: header", csv_reader_name(import->reader));
		return rc;
	}
	import->column_count = count;
	lacking = row_columns_lack(import->columns, count);
	if (lacking != NULL)
		return jo_err_set(err, -EBADMSG, "%s: header: no column '%s', which is needed",
				  csv_reader_name(import->reader), lacking);
	return 0;
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
		csv_write_field(import->rejects, csv_reader_column(import->reader, i));
		(void)fputc(',', import->rejects);
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

/* fields is NULL for a row that has not as many as the header. */
static void reject(struct csv_import *import, struct source_block *block, const char *const *fields,
		   const struct jo_err *why)
{
	source_block_refuse(block, NULL, why->text);
	if (import->rejects == NULL)
		return;
	for (size_t i = 0; i < import->column_count; i++) {
		if (fields != NULL)
			csv_write_field(import->rejects, fields[i]);
		(void)fputc(',', import->rejects);
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
	for (size_t i = 0; i < import->column_count && rc == 0; i++)
		if (import->columns[i].read != NULL)
			rc = row_column_read(&import->columns[i], fields[i], row, err);
	if (rc == 0)
		rc = row_finish(row, err);
	if (rc < 0)
		return jo_err_prefix(err, "%s: row %lld", csv_reader_name(import->reader),
				     (long long)csv_reader_row(import->reader));
	return rc;
}

static void take_row(struct csv_import *import, struct source_block *block,
		     const char *const *fields)
{
	struct row row;
	struct jo_err why;
	int rc = read_row(import, block, fields, &row, &why);

	if (rc < 0)
		reject(import, block, fields, &why);
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

	while (!source_block_is_full(block) &&
	       (rc = csv_reader_next(import->reader, &fields, &why)) != 0) {
		if (rc < 0 && rc != -EBADMSG) {
			if (err != NULL)
				*err = why;
			return rc;
		}
		if (rc < 0)
			reject(import, block, NULL, &why);
		else
			take_row(import, block, fields);
	}
	csv_reader_place(import->reader, &block->done, &block->total);
	return rc != 0;
}

static int close_csv(void *context, struct jo_err *err)
{
	struct csv_import *import = context;
	int rc = close_rejects(import, err);

	column_map_release(&import->map);
	free(import->columns);
	csv_reader_close(import->reader);
	free(import);
	return rc;
}

static int open_csv(const struct source_request *request, void **ret_reader, struct jo_err *err)
{
	struct csv_import *import = xcalloc(1, sizeof(*import));
	int rc;

	import->rejects_path = request->values[VALUE_REJECTS];
	rc = column_map_parse(request->shared[SOURCE_MAP], &import->map, err);
	if (rc == 0)
		rc = csv_reader_open(request->values[VALUE_PATH], &import->reader, err);
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

static const struct source_option csv_options[] = {
	[VALUE_PATH] = {"csv", "FILE", false,
			"import a CSV file with a header line; '-' is standard input"},
	[VALUE_REJECTS] = {"rejects", "FILE", false,
			   "write the rows that are not right to FILE, each with its reason"},
	{NULL, NULL, false, NULL},
};

const struct source source_csv = {
	.word = "csv",
	.noun = "row",
	.step_source = STEP_SOURCE_CSV,
	.options = csv_options,
	.takes = SOURCE_TAKES(SOURCE_MAP),
	.open = open_csv,
	.next = next_rows,
	.close = close_csv,
};
