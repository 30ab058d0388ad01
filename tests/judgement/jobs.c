/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Real jobs for the harness: reads a CSV file in the import format into streams,
 * group by group.  A reader of its own, so that the harness measures the model
 * and not the way through the store.
 */
#include <csv.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "judgement.h"

enum column {
	COLUMN_OTHER,
	COLUMN_START,
	COLUMN_WALL_S,
	COLUMN_PARTITION,
	COLUMN_USER,
	COLUMN_CLASS,
	COLUMN_INPUT,
	COLUMN_MEM_PEAK,
	COLUMN_CPU_S,
	COLUMN_MEM_LIMIT,
	COLUMN_STATE,
	COLUMN_COUNT,
	COLUMN_ATTR = COLUMN_COUNT, /* the first attribute, the others follow */
};

static const char *const column_names[COLUMN_COUNT] = {
	[COLUMN_START] = "start",
	[COLUMN_WALL_S] = "wall_s",
	[COLUMN_PARTITION] = "partition",
	[COLUMN_USER] = "user",
	[COLUMN_CLASS] = "class",
	[COLUMN_INPUT] = "input_bytes",
	[COLUMN_MEM_PEAK] = "mem_peak_bytes",
	[COLUMN_CPU_S] = "cpu_s",
	[COLUMN_MEM_LIMIT] = "mem_limit_bytes",
	[COLUMN_STATE] = "state",
};

/* Without these there is nothing to judge. */
static const enum column needed_columns[] = {COLUMN_START, COLUMN_WALL_S};

/* Columns outside of attr.NAME that are known before a job runs. */
static const char *const declared_columns[] = {"ncpus", "node"};

struct row {
	char *text[COLUMN_COUNT];
	size_t attr_first; /* of this row's in reader.cells */
};

struct reader {
	struct row *rows;
	size_t row_count, row_room;
	char **cells; /* attributes, attr_count for each row */
	size_t cell_count, cell_room;
	int *columns;
	size_t column_count, column_room;
	char **attr_names;
	size_t attr_count;
	size_t field; /* next field of the row being read */
	bool in_header;
	struct row row;
};

static void *grown(void *list, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return list;
	*room = *room ? 2 * *room : 64;
	list = realloc(list, *room * size);
	if (list == NULL)
		abort();
	return list;
}

static char *copied(const char *text)
{
	char *copy = strdup(text);

	if (copy == NULL)
		abort();
	return copy;
}

static bool is_declared(const char *name)
{
	for (size_t i = 0; i < sizeof(declared_columns) / sizeof(*declared_columns); i++)
		if (strcmp(name, declared_columns[i]) == 0)
			return true;
	return strncmp(name, "attr.", 5) == 0;
}

static void header_field(struct reader *reader, const char *name)
{
	int column = COLUMN_OTHER;

	for (int i = COLUMN_OTHER + 1; i < COLUMN_COUNT; i++)
		if (strcmp(name, column_names[i]) == 0)
			column = i;
	if (column == COLUMN_OTHER && is_declared(name)) {
		column = COLUMN_ATTR + (int)reader->attr_count;
		reader->attr_names =
			realloc(reader->attr_names, (reader->attr_count + 1) * sizeof(char *));
		if (reader->attr_names == NULL)
			abort();
		reader->attr_names[reader->attr_count++] =
			copied(strncmp(name, "attr.", 5) == 0 ? name + 5 : name);
	}
	reader->columns = grown(reader->columns, reader->column_count, &reader->column_room,
				sizeof(*reader->columns));
	reader->columns[reader->column_count++] = column;
}

static void on_field(void *data, size_t length, void *context)
{
	struct reader *reader = context;
	const char *text = data;
	int column;

	(void)length; /* csv_init() was told to end fields with a NUL */
	if (reader->in_header) {
		header_field(reader, text);
		return;
	}
	if (reader->field == 0) {
		memset(&reader->row, 0, sizeof(reader->row));
		reader->row.attr_first = reader->cell_count;
		for (size_t i = 0; i < reader->attr_count; i++) {
			reader->cells = grown(reader->cells, reader->cell_count, &reader->cell_room,
					      sizeof(*reader->cells));
			reader->cells[reader->cell_count++] = NULL;
		}
	}
	if (reader->field >= reader->column_count)
		return;
	column = reader->columns[reader->field++];
	if (*text == '\0' || column == COLUMN_OTHER)
		return;
	if (column >= COLUMN_ATTR)
		reader->cells[reader->row.attr_first + (size_t)(column - COLUMN_ATTR)] =
			copied(text);
	else
		reader->row.text[column] = copied(text);
}

static void on_row(int character, void *context)
{
	struct reader *reader = context;

	(void)character;
	if (!reader->in_header && reader->field > 0) {
		reader->rows = grown(reader->rows, reader->row_count, &reader->row_room,
				     sizeof(*reader->rows));
		reader->rows[reader->row_count++] = reader->row;
	}
	reader->in_header = false;
	reader->field = 0;
}

/* A number in text that is nothing but a number, or NaN. */
static double number_of(const char *text)
{
	char *end;
	double value;

	if (text == NULL)
		return NAN;
	value = strtod(text, &end);
	return end != text && *end == '\0' && isfinite(value) ? value : NAN;
}

static double time_of(const char *text)
{
	struct tm tm = {.tm_isdst = -1};
	const char *end;
	double unix_s = number_of(text);

	if (!isnan(unix_s) || text == NULL)
		return unix_s;
	end = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
	return end != NULL ? (double)timegm(&tm) : NAN;
}

struct stream *site_stream(struct site *site, const char *partition, const char *user,
			   const char *class)
{
	struct stream *stream;

	for (size_t i = 0; i < site->count; i++) {
		stream = &site->streams[i];
		if (strcmp(stream->class, class) == 0 && strcmp(stream->user, user) == 0 &&
		    strcmp(stream->partition, partition) == 0)
			return stream;
	}
	site->streams = grown(site->streams, site->count, &site->room, sizeof(*site->streams));
	stream = &site->streams[site->count++];
	*stream = (struct stream){
		.partition = copied(partition), .user = copied(user), .class = copied(class)};
	return stream;
}

void stream_add(struct stream *stream, const struct point *point)
{
	stream->points =
		grown(stream->points, stream->count, &stream->room, sizeof(*stream->points));
	stream->points[stream->count++] = *point;
}

void site_release(struct site *site)
{
	for (size_t i = 0; i < site->count; i++) {
		free(site->streams[i].partition);
		free(site->streams[i].user);
		free(site->streams[i].class);
		free(site->streams[i].points);
	}
	for (size_t i = 0; i < site->text_count; i++)
		free(site->texts[i]);
	for (size_t i = 0; i < site->attr_count; i++)
		free(site->attr_names[i]);
	free(site->attr_names);
	free(site->texts);
	free(site->attrs);
	free(site->streams);
	*site = (struct site){0};
}

struct site site_view(const struct site *site)
{
	struct site view = *site;

	view.streams = NULL;
	view.count = view.room = 0;
	return view;
}

void site_view_release(struct site *view)
{
	view->attr_names = NULL; /* the site's own */
	view->attrs = NULL;
	view->texts = NULL;
	view->attr_count = view->text_count = 0;
	site_release(view);
}

/* Which value, if any, a row gives to a metric; what was cut short is at least its limit. */
static bool point_of(const struct row *row, enum metric metric, struct point *ret_point)
{
	const char *state = row->text[COLUMN_STATE];
	bool is_complete = state == NULL || strcmp(state, "COMPLETED") == 0;
	double wall_s = number_of(row->text[COLUMN_WALL_S]);
	double start_s = time_of(row->text[COLUMN_START]);
	struct point point = {.end_s = start_s + wall_s};

	if (isnan(point.end_s))
		return false;
	point.size_bytes = number_of(row->text[COLUMN_INPUT]);
	if (metric != METRIC_MEMORY) {
		point.value = metric == METRIC_WALL ? wall_s : number_of(row->text[COLUMN_CPU_S]);
		point.is_censored = !is_complete && strcmp(state, "TIMEOUT") == 0;
	} else {
		point.is_censored = !is_complete && strcmp(state, "OUT_OF_MEMORY") == 0;
		point.value = number_of(
			row->text[point.is_censored ? COLUMN_MEM_LIMIT : COLUMN_MEM_PEAK]);
	}
	if (!(point.value > 0) || (!is_complete && !point.is_censored))
		return false;
	*ret_point = point;
	return true;
}

static int by_end(const void *left, const void *right)
{
	const struct point *a = left, *b = right;

	if (a->end_s != b->end_s)
		return a->end_s > b->end_s ? 1 : -1;
	return (a->row > b->row) - (a->row < b->row);
}

static const char *text_or(const char *text, const char *otherwise)
{
	return text != NULL ? text : otherwise;
}

static void site_fill(struct site *site, enum metric metric, const struct reader *reader)
{
	*site = (struct site){.kind = "data", .metric = metric, .attr_count = reader->attr_count};
	site->attr_names = calloc(reader->attr_count + 1, sizeof(*site->attr_names));
	site->attrs = calloc(reader->cell_count + 1, sizeof(*site->attrs));
	site->texts = calloc(reader->cell_count + 1, sizeof(*site->texts));
	if (site->attr_names == NULL || site->attrs == NULL || site->texts == NULL)
		abort();
	for (size_t i = 0; i < reader->attr_count; i++)
		site->attr_names[i] = copied(reader->attr_names[i]);
	for (size_t i = 0; i < reader->cell_count; i++) {
		site->attrs[i].number = number_of(reader->cells[i]);
		if (reader->cells[i] == NULL)
			continue;
		site->texts[site->text_count] = copied(reader->cells[i]);
		site->attrs[i].text = site->texts[site->text_count++];
	}
	for (size_t i = 0; i < reader->row_count; i++) {
		const struct row *row = &reader->rows[i];
		struct point point;

		if (!point_of(row, metric, &point))
			continue;
		point.attrs = &site->attrs[row->attr_first];
		point.row = i;
		stream_add(site_stream(site, text_or(row->text[COLUMN_PARTITION], ""),
				       text_or(row->text[COLUMN_USER], ""),
				       text_or(row->text[COLUMN_CLASS], "")),
			   &point);
	}
	for (size_t i = 0; i < site->count; i++)
		if (site->streams[i].count > 0)
			qsort(site->streams[i].points, site->streams[i].count, sizeof(struct point),
			      by_end);
}

static void reader_release(struct reader *reader)
{
	for (size_t i = 0; i < reader->row_count; i++)
		for (size_t j = 0; j < COLUMN_COUNT; j++)
			free(reader->rows[i].text[j]);
	for (size_t i = 0; i < reader->cell_count; i++)
		free(reader->cells[i]);
	for (size_t i = 0; i < reader->attr_count; i++)
		free(reader->attr_names[i]);
	free(reader->attr_names);
	free(reader->cells);
	free(reader->columns);
	free(reader->rows);
}

/* A file of another form would be judged as one without jobs. */
static int check_columns(const struct reader *reader, const char *path, struct jo_err *err)
{
	for (size_t i = 0; i < sizeof(needed_columns) / sizeof(*needed_columns); i++) {
		size_t at = 0;

		while (at < reader->column_count && reader->columns[at] != (int)needed_columns[i])
			at++;
		if (at == reader->column_count)
			return jo_err_set(err, -EBADMSG,
					  "%s: expected the form of 'sjoboutliers import --csv', "
					  "found no column %s",
					  path, column_names[needed_columns[i]]);
	}
	return 0;
}

int jobs_read(const char *path, struct site ret_sites[METRIC_COUNT], struct jo_err *err)
{
	struct reader reader = {.in_header = true};
	struct csv_parser parser;
	char buffer[65536];
	size_t got;
	FILE *file;
	int rc = 0;

	file = fopen(path, "r");
	if (file == NULL)
		return jo_err_sys(err, -errno, "open %s", path);
	if (csv_init(&parser, CSV_APPEND_NULL) != 0)
		abort();
	while ((got = fread(buffer, 1, sizeof(buffer), file)) > 0) {
		if (csv_parse(&parser, buffer, got, on_field, on_row, &reader) != got) {
			rc = jo_err_set(err, -EBADMSG, "%s: row %zu: %s", path,
					reader.row_count + 2, csv_strerror(csv_error(&parser)));
			goto out;
		}
	}
	csv_fini(&parser, on_field, on_row, &reader);
	if (ferror(file)) {
		rc = jo_err_set(err, -EIO, "read %s", path);
		goto out;
	}
	rc = check_columns(&reader, path, err);
	if (rc < 0)
		goto out;
	if (reader.row_count == 0) {
		rc = jo_err_set(err, -ENODATA, "%s: no rows of jobs", path);
		goto out;
	}
	for (int metric = 0; metric < METRIC_COUNT; metric++)
		site_fill(&ret_sites[metric], metric, &reader);
out:
	csv_free(&parser);
	(void)fclose(file);
	reader_release(&reader);
	return rc;
}
