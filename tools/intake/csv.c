/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Import of CSV: the header picks a reader for each column, the rows become records. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "intake/batch.h"
#include "intake/text.h"
#include "joboutliers/units.h"
#include "util/alloc.h"
#include "util/csv.h"
#include "util/strbuf.h"

/* A row being read. */
struct csv_row {
	struct jo_record *record;
	enum store_state state;
	bool has_step;
	bool is_skipped;
};

struct csv_column {
	const char *name;
	int (*read)(const struct csv_column *column, const char *text, struct csv_row *row,
		    struct jo_err *err);
	size_t offset; /* in struct jo_record, of what read fills */
	size_t size;   /* of a string */
	bool is_needed;
};

struct csv_import {
	const char *path;
	struct csv_reader *reader;
	size_t column_count;
	struct csv_column *columns; /* of the header, in its order */
	FILE *rejects;
	struct jo_record *records; /* BATCH_RECORDS, filled as batch is */
	struct batch batch;
};

static int64_t *int_member(const struct csv_column *column, struct csv_row *row)
{
	return (int64_t *)(void *)((char *)row->record + column->offset);
}

static int read_name(const struct csv_column *column, const char *text, struct csv_row *row,
		     struct jo_err *err)
{
	(void)err;
	jo_record_set_string((char *)row->record + column->offset, column->size, text);
	return 0;
}

static int read_class(const struct csv_column *column, const char *text, struct csv_row *row,
		      struct jo_err *err)
{
	(void)column;
	(void)err;
	text_class(text, row->record);
	row->record->class_is_declared = 1; /* whoever wrote the column knew it */
	return 0;
}

static int read_bytes(const struct csv_column *column, const char *text, struct csv_row *row,
		      struct jo_err *err)
{
	return jo_bytes_parse(text, int_member(column, row), err);
}

static int read_count(const struct csv_column *column, const char *text, struct csv_row *row,
		      struct jo_err *err)
{
	return text_count(text, int_member(column, row), err);
}

static int read_seconds(const struct csv_column *column, const char *text, struct csv_row *row,
			struct jo_err *err)
{
	return text_seconds(text, int_member(column, row), err);
}

static int read_time(const struct csv_column *column, const char *text, struct csv_row *row,
		     struct jo_err *err)
{
	return text_time(text, int_member(column, row), err);
}

static int read_state(const struct csv_column *column, const char *text, struct csv_row *row,
		      struct jo_err *err)
{
	int rc = text_state(text, &row->state, err);

	(void)column;
	if (rc == 0 && row->state == STORE_STATE_NONE)
		row->is_skipped = true;
	return rc;
}

static int read_exit(const struct csv_column *column, const char *text, struct csv_row *row,
		     struct jo_err *err)
{
	(void)column;
	return text_exit(text, row->record, err);
}

static int note_step(struct csv_row *row, int read_rc, struct jo_err *err)
{
	if (row->has_step)
		return jo_err_set(err, -EINVAL, "columns job and step both name a step");
	row->has_step = true;
	row->is_skipped |= read_rc > 0;
	return 0;
}

static int read_job(const struct csv_column *column, const char *text, struct csv_row *row,
		    struct jo_err *err)
{
	bool has_step;
	int rc = text_job(text, row->record, &has_step, err);

	(void)column;
	return rc >= 0 && has_step ? note_step(row, rc, err) : rc;
}

static int read_step(const struct csv_column *column, const char *text, struct csv_row *row,
		     struct jo_err *err)
{
	int rc = text_step(text, row->record, err);

	(void)column;
	return rc >= 0 ? note_step(row, rc, err) : rc;
}

/* A verdict is made here, not imported. */
static int read_nothing(const struct csv_column *column, const char *text, struct csv_row *row,
			struct jo_err *err)
{
	(void)column;
	(void)text;
	(void)row;
	(void)err;
	return 0;
}

static int read_attr(const struct csv_column *column, const char *text, struct csv_row *row,
		     struct jo_err *err)
{
	char value[JO_ATTR_VALUE_SIZE];

	/* A comma would separate pairs where attributes are one text. */
	jo_record_set_string(value, sizeof(value), text);
	for (char *c = value; *c != '\0'; c++)
		if (*c == ',')
			*c = ';';
	return jo_attrs_set(&row->record->attrs, column->name + strlen("attr."), value, err);
}

#define MEMBER(member)                                                                             \
	offsetof(struct jo_record, member), sizeof(((struct jo_record *)NULL)->member)
static const struct csv_column known_columns[] = {
	{"step", read_step, 0, 0, false},
	{"job", read_job, 0, 0, true},
	{"cluster", read_name, MEMBER(cluster), false},
	{"partition", read_name, MEMBER(partition), false},
	{"user", read_name, MEMBER(user), false},
	{"class", read_class, 0, 0, false},
	{"node", read_name, MEMBER(node), false},
	{"start", read_time, MEMBER(start_unix_us), true},
	{"wall_s", read_seconds, MEMBER(wall_us), true},
	{"input_bytes", read_bytes, MEMBER(input_bytes), false},
	{"mem_peak_bytes", read_bytes, MEMBER(mem_peak_bytes), false},
	{"max_rss_bytes", read_bytes, MEMBER(max_rss_bytes), false},
	{"mem_limit_bytes", read_bytes, MEMBER(mem_limit_bytes), false},
	{"ncpus", read_count, MEMBER(cpu_count), false},
	{"state", read_state, 0, 0, false},
	{"exit_code", read_exit, 0, 0, false},
};
#define KNOWN_COUNT (sizeof(known_columns) / sizeof(known_columns[0]))
static const struct csv_column attr_column = {NULL, read_attr, 0, 0, false};
static const struct csv_column verdict_column = {NULL, read_nothing, 0, 0, false};

/* ---- the header ---- */

static char *known_names(void)
{
	struct strbuf names;

	strbuf_init(&names);
	for (size_t i = 0; i < KNOWN_COUNT; i++)
		strbuf_addf(&names, "%s, ", known_columns[i].name);
	strbuf_adds(&names, "attr.NAME");
	return strbuf_detach(&names);
}

static int find_column(const char *name, struct csv_column *ret_column, struct jo_err *err)
{
	struct jo_attrs attrs = {0};
	char *names;
	int rc;

	for (size_t i = 0; i < KNOWN_COUNT; i++)
		if (strcmp(known_columns[i].name, name) == 0) {
			*ret_column = known_columns[i];
			return 0;
		}
	if (strncmp(name, "attr.", 5) == 0) {
		*ret_column = attr_column;
		ret_column->name = name;
		return jo_attrs_set(&attrs, name + 5, "x", err);
	}
	if (strncmp(name, INTAKE_VERDICT_PREFIX, strlen(INTAKE_VERDICT_PREFIX)) == 0) {
		*ret_column = verdict_column;
		ret_column->name = name;
		return 0;
	}
	names = known_names();
	rc = jo_err_set(err, -EBADMSG, "no column '%.40s'; there are %s", name, names);
	free(names);
	return rc;
}

static bool has_column(const struct csv_import *import, const char *name)
{
	for (size_t i = 0; i < import->column_count; i++)
		if (strcmp(import->columns[i].name, name) == 0)
			return true;
	return false;
}

static int read_header(struct csv_import *import, struct jo_err *err)
{
	size_t count = csv_reader_column_count(import->reader);

	import->columns = xcalloc(count, sizeof(*import->columns));
	for (size_t i = 0; i < count; i++) {
		int rc =
			find_column(csv_reader_column(import->reader, i), &import->columns[i], err);

		if (rc < 0) {
			(void)jo_err_prefix(err, "%s: header", import->path);
			return rc;
		}
		import->column_count++;
	}
	for (size_t i = 0; i < KNOWN_COUNT; i++)
		if (known_columns[i].is_needed && !has_column(import, known_columns[i].name))
			return jo_err_set(err, -EBADMSG,
					  "%s: header: no column '%s', which is needed",
					  import->path, known_columns[i].name);
	return 0;
}

/* ---- rejects ---- */

static void write_field(FILE *fp, const char *text)
{
	if (strpbrk(text, ",\"\r\n") == NULL) {
		(void)fputs(text, fp);
		return;
	}
	(void)fputc('"', fp);
	for (; *text != '\0'; text++) {
		if (*text == '"')
			(void)fputc('"', fp);
		(void)fputc(*text, fp);
	}
	(void)fputc('"', fp);
}

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
		write_field(import->rejects, import->columns[i].name);
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
			write_field(import->rejects, fields[i]);
		(void)fputc(',', import->rejects);
	}
	write_field(import->rejects, why->text);
	(void)fputc('\n', import->rejects);
}

/* ---- rows ---- */

static int read_field(const struct csv_column *column, const char *text, struct csv_row *row,
		      struct jo_err *err)
{
	int rc;

	if (*text == '\0' && column->is_needed)
		return jo_err_set(err, -EINVAL, "%s is empty, and is needed", column->name);
	rc = *text != '\0' ? column->read(column, text, row, err) : 0;
	if (rc < 0)
		(void)jo_err_prefix(err, "%s", column->name);
	return rc;
}

/* Surrounding blanks are nobody's intention; the field is ours to cut until the next row. */
static const char *trim(const char *text, struct strbuf *room)
{
	size_t length;

	text += strspn(text, " \t");
	length = strlen(text);
	if (length == 0 || (text[length - 1] != ' ' && text[length - 1] != '\t'))
		return text;
	while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t'))
		length--;
	strbuf_reset(room);
	strbuf_add(room, text, length);
	return room->text;
}

/* Fill the batch's next record: 0, 1 for a row that is nothing for us, or why it is bad. */
static int read_row(struct csv_import *import, const char *const *fields, struct csv_row *row,
		    struct jo_err *err)
{
	struct strbuf room;
	int rc = 0;

	*row = (struct csv_row){.record = &import->records[import->batch.count],
				.state = STORE_STATE_COMPLETED};
	strbuf_init(&room);
	jo_record_init(row->record, JO_RECORD_END);
	for (size_t i = 0; i < import->column_count && rc == 0; i++)
		rc = read_field(&import->columns[i], trim(fields[i], &room), row, err);
	strbuf_release(&room);
	if (rc == 0 && !row->has_step)
		rc = text_step("batch", row->record, err);
	if (rc < 0)
		return jo_err_prefix(err, "%s: row %lld", import->path,
				     (long long)csv_reader_row(import->reader));
	if (row->record->input_bytes != JO_MISSING)
		row->record->input_source = JO_INPUT_OPTION;
	if (row->state == STORE_STATE_RUNNING) {
		row->record->kind = JO_RECORD_START;
		row->state = STORE_STATE_NONE;
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
		batch_put(&import->batch, row.record, STORE_SOURCE_CSV, row.state);
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
