/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Import of CSV: the header picks a reader for each column, the rows become records. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "intake/batch.h"
#include "intake/csv_columns.h"
#include "intake/text.h"
#include "util/alloc.h"
#include "util/csv.h"

struct csv_import {
	const char *path;
	struct csv_reader *reader;
	size_t column_count;
	struct csv_column *columns; /* of the header, in its order */
	FILE *rejects;
	struct jo_record *records; /* BATCH_RECORDS, filled as batch is */
	struct batch batch;
};

/* ---- the header ---- */

static int read_header(struct csv_import *import, struct jo_err *err)
{
	size_t count = csv_reader_column_count(import->reader);
	const char *lacking;

	import->columns = xcalloc(count, sizeof(*import->columns));
	for (size_t i = 0; i < count; i++) {
		int rc = csv_column_find(csv_reader_column(import->reader, i), &import->columns[i],
					 err);

		if (rc < 0) {
			(void)jo_err_prefix(err, "%s: header", import->path);
			return rc;
		}
	}
	import->column_count = count;
	lacking = csv_columns_lack(import->columns, count);
	if (lacking != NULL)
		return jo_err_set(err, -EBADMSG, "%s: header: no column '%s', which is needed",
				  import->path, lacking);
	return 0;
}

/* ---- rejects ---- */

static int open_rejects(struct csv_import *import, const char *path, struct jo_err *err)
{
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
		csv_write_field(import->rejects, import->columns[i].name);
		(void)fputc(',', import->rejects);
	}
	(void)fputs("reason\n", import->rejects);
	return 0;
}

static int close_rejects(struct csv_import *import, const char *path, struct jo_err *err)
{
	bool is_bad;

	if (import->rejects == NULL)
		return 0;
	is_bad = ferror(import->rejects) != 0;
	is_bad |= fclose(import->rejects) != 0;
	import->rejects = NULL;
	return is_bad ? jo_err_set(err, -EIO, "write %s: failed", path) : 0;
}

/* fields is NULL for a row that has not as many as the header. */
static void reject(struct csv_import *import, const char *const *fields, const struct jo_err *why)
{
	const struct intake_calls *calls = import->batch.calls;

	import->batch.stats.bad_count++;
	if (calls->bad != NULL)
		calls->bad(calls->context, why->text);
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

/* Fill the batch's next record: 0, 1 for a row that is nothing for us, or why it is bad. */
static int read_row(struct csv_import *import, const char *const *fields, struct csv_row *row,
		    struct jo_err *err)
{
	int rc = 0;

	*row = (struct csv_row){.record = &import->records[import->batch.count],
				.state = STEP_STATE_COMPLETED};
	jo_record_init(row->record, JO_RECORD_END);
	for (size_t i = 0; i < import->column_count && rc == 0; i++)
		rc = csv_column_read(&import->columns[i], fields[i], row, err);
	if (rc == 0 && !row->has_step)
		rc = text_step("batch", row->record, err);
	if (rc < 0)
		return jo_err_prefix(err, "%s: row %lld", import->path,
				     (long long)csv_reader_row(import->reader));
	if (row->record->input_bytes != JO_MISSING)
		row->record->input_source = JO_INPUT_OPTION;
	if (row->state == STEP_STATE_RUNNING) {
		row->record->kind = JO_RECORD_START;
		row->state = STEP_STATE_NONE;
	}
	return row->is_skipped;
}

/* Returns the store's errors alone: a bad row is no error. */
static int take_row(struct csv_import *import, const char *const *fields, struct jo_err *err)
{
	struct csv_row row;
	struct jo_err why;
	int rc = read_row(import, fields, &row, &why);

	if (rc < 0)
		reject(import, fields, &why);
	else if (rc > 0)
		import->batch.stats.skipped_count++;
	else
		batch_put(&import->batch, row.record, STEP_SOURCE_CSV, row.state);
	rc = import->batch.count == BATCH_RECORDS ? batch_flush(&import->batch, err) : 0;
	if (rc == 0 && import->batch.pending_count >= BATCH_TRANSACTION_RECORDS)
		rc = batch_commit(&import->batch, err);
	return rc;
}

/* By bytes where the file has a size, else by rows of nobody knows how many. */
static void tell_progress(const struct csv_import *import)
{
	const struct intake_calls *calls = import->batch.calls;
	int64_t done, total;

	csv_reader_place(import->reader, &done, &total);
	calls->progress(calls->context, total > 0 ? done : import->batch.stats.read_count, total);
}

static int read_rows(struct csv_import *import, struct jo_err *err)
{
	const struct intake_calls *calls = import->batch.calls;
	struct intake_stats *stats = &import->batch.stats;
	const char *const *fields;
	struct jo_err why;
	int rc;

	while ((rc = csv_reader_next(import->reader, &fields, &why)) != 0) {
		if (rc < 0 && rc != -EBADMSG) {
			if (err != NULL)
				*err = why;
			return rc;
		}
		stats->read_count++;
		if (rc < 0) {
			reject(import, NULL, &why);
		} else {
			rc = take_row(import, fields, err);
			if (rc < 0)
				return rc;
		}
		if (calls->progress != NULL && stats->read_count % 1024 == 0)
			tell_progress(import);
	}
	return batch_commit(&import->batch, err);
}

int intake_csv(struct store *store, const char *path, const char *rejects,
	       const struct intake_calls *calls, int64_t now_unix_us,
	       struct intake_stats *ret_stats, struct jo_err *err)
{
	struct csv_import import = {.path = path};
	int rc;

	import.records = xreallocarray(NULL, BATCH_RECORDS, sizeof(*import.records));
	batch_init(&import.batch, store, calls, now_unix_us);
	rc = csv_reader_open(path, &import.reader, err);
	if (rc == 0)
		rc = read_header(&import, err);
	if (rc == 0)
		rc = open_rejects(&import, rejects, err);
	if (rc == 0)
		rc = read_rows(&import, err);
	if (rc == 0)
		rc = close_rejects(&import, rejects, err);
	else
		(void)close_rejects(&import, rejects, NULL);
	*ret_stats = import.batch.stats;
	batch_release(&import.batch);
	free(import.columns);
	free(import.records);
	csv_reader_close(import.reader);
	return rc;
}
