/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A reader for each named figure of a step, by what kind of figure it is. */
#include "joboutliers/class.h"
#include "intake/row_columns.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "joboutliers/units.h"
#include "intake/field.h"
#include "util/alloc.h"
#include "util/strbuf.h"

static int64_t *int_member(const struct row_column *column, struct row *row)
{
	return (int64_t *)(void *)((char *)row->record + column->figure->record_offset);
}

static int read_name(const struct row_column *column, const char *text, struct row *row,
		     struct jo_err *err)
{
	(void)err;
	jo_record_set_string((char *)row->record + column->figure->record_offset,
			     column->figure->record_size, text);
	return 0;
}

static int read_class(const struct row_column *column, const char *text, struct row *row,
		      struct jo_err *err)
{
	(void)column;
	(void)err;
	jo_class_make(text, row->record->class_name);
	row->record->class_is_declared = 1; /* whoever wrote the column knew it */
	return 0;
}

static int read_bytes(const struct row_column *column, const char *text, struct row *row,
		      struct jo_err *err)
{
	return jo_bytes_parse(text, int_member(column, row), err);
}

static int read_count(const struct row_column *column, const char *text, struct row *row,
		      struct jo_err *err)
{
	return field_count(text, int_member(column, row), err);
}

static int read_seconds(const struct row_column *column, const char *text, struct row *row,
			struct jo_err *err)
{
	return field_seconds(text, int_member(column, row), err);
}

/* Of these two words of Slurm's there is none that is known. */
static int read_limit(const struct row_column *column, const char *text, struct row *row,
		      struct jo_err *err)
{
	if (strcasecmp(text, "UNLIMITED") == 0 || strcasecmp(text, "Partition_Limit") == 0)
		return 0;
	return read_seconds(column, text, row, err);
}

static int read_time(const struct row_column *column, const char *text, struct row *row,
		     struct jo_err *err)
{
	return field_time(text, int_member(column, row), err);
}

static int read_state(const struct row_column *column, const char *text, struct row *row,
		      struct jo_err *err)
{
	int rc = field_state(text, &row->state, err);

	(void)column;
	if (rc == 0 && row->state == STEP_STATE_NONE)
		row->is_skipped = true;
	return rc;
}

static int read_exit(const struct row_column *column, const char *text, struct row *row,
		     struct jo_err *err)
{
	(void)column;
	return field_exit(text, row->record, err);
}

static int read_end(const struct row_column *column, const char *text, struct row *row,
		    struct jo_err *err)
{
	(void)column;
	return field_time(text, &row->end_unix_us, err);
}

static int note_step(struct row *row, int read_rc, struct jo_err *err)
{
	if (row->has_step)
		return jo_err_set(err, -EINVAL, "columns job and step both name a step");
	row->has_step = true;
	row->is_skipped |= read_rc > 0;
	return 0;
}

static int read_job(const struct row_column *column, const char *text, struct row *row,
		    struct jo_err *err)
{
	bool has_step;
	int rc = field_job(text, row->record, &has_step, err);

	(void)column;
	return rc >= 0 && has_step ? note_step(row, rc, err) : rc;
}

static int read_step(const struct row_column *column, const char *text, struct row *row,
		     struct jo_err *err)
{
	int rc = field_step(text, row->record, err);

	(void)column;
	return rc >= 0 ? note_step(row, rc, err) : rc;
}

static int read_nothing(const struct row_column *column, const char *text, struct row *row,
			struct jo_err *err)
{
	(void)column;
	(void)text;
	(void)row;
	(void)err;
	return 0;
}

static int read_attr(const struct row_column *column, const char *text, struct row *row,
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

typedef int read_function(const struct row_column *column, const char *text, struct row *row,
			  struct jo_err *err);

/* How a figure of each kind is read. */
static read_function *const read_kind[] = {
	[COLUMN_NUMBER] = read_count, [COLUMN_BYTES] = read_bytes, [COLUMN_DURATION] = read_seconds,
	[COLUMN_TIME] = read_time,    [COLUMN_NAME] = read_name,   [COLUMN_TEXT] = read_name,
};

/* Columns that tell more than their figure. */
static read_function *const read_made[COL_COUNT] = {
	[COL_job_id] = read_job,  [COL_step_id] = read_step,     [COL_class_id] = read_class,
	[COL_state] = read_state, [COL_exit_status] = read_exit, [COL_time_limit_us] = read_limit,
};

static const struct row_column attr_column = {NULL, read_attr, NULL, true};
static const struct row_column end_column = {ROW_END_NAME, read_end, NULL, false};
static const struct row_column verdict_column = {NULL, read_nothing, NULL, false};

static struct row_column column_of(const struct step_column *figure)
{
	read_function *made = read_made[figure - step_columns];

	return (struct row_column){
		.name = figure->csv.name,
		.read = made != NULL ? made : read_kind[figure->kind],
		.figure = figure,
		.is_given = figure->known == KNOWN_BEFORE,
	};
}

static void add_names(struct strbuf *names, bool is_needed, const char *between, const char *last)
{
	const struct step_column *figures[COL_COUNT];
	size_t count = step_columns_csv(figures), total = 0, done = 0;

	for (size_t i = 0; i < count; i++)
		total += figures[i]->csv.is_needed == is_needed;
	for (size_t i = 0; i < count; i++)
		if (figures[i]->csv.is_needed == is_needed) {
			strbuf_adds(names, figures[i]->csv.name);
			done++;
			strbuf_adds(names, done + 1 < total ? between : done < total ? last : "");
		}
}

char *row_columns_help(void)
{
	struct strbuf help;

	strbuf_init(&help);
	strbuf_adds(&help, "Columns of a CSV file, in any order: ");
	add_names(&help, true, ", ", " and ");
	strbuf_adds(&help, " are needed, or end in place of one of the last two; ");
	add_names(&help, false, ", ", ", ");
	strbuf_adds(&help, " and any attr.NAME are optional.  An empty field is missing.");
	return strbuf_detach(&help);
}

int row_column_find(const char *name, struct row_column *ret_column, struct jo_err *err)
{
	const struct step_column *figures[COL_COUNT];
	size_t count = step_columns_csv(figures);
	struct jo_attrs attrs = {0};
	struct strbuf names;
	int rc;

	for (size_t i = 0; i < count; i++)
		if (strcmp(figures[i]->csv.name, name) == 0) {
			*ret_column = column_of(figures[i]);
			return 0;
		}
	if (strcmp(name, ROW_END_NAME) == 0) {
		*ret_column = end_column;
		return 0;
	}
	if (strncmp(name, "attr.", 5) == 0) {
		*ret_column = attr_column;
		ret_column->name = name;
		return jo_attrs_set(&attrs, name + 5, "x", err);
	}
	if (strncmp(name, ROW_VERDICT_PREFIX, strlen(ROW_VERDICT_PREFIX)) == 0) {
		*ret_column = verdict_column;
		ret_column->name = name;
		return 0;
	}
	strbuf_init(&names);
	for (size_t i = 0; i < count; i++)
		strbuf_addf(&names, "%s, ", figures[i]->csv.name);
	rc = jo_err_set(err, -EBADMSG, "no column '%.40s'; there are %send, attr.NAME", name,
			names.text);
	strbuf_release(&names);
	return rc;
}

const char *row_columns_lack(const struct row_column *columns, size_t count)
{
	const struct step_column *figures[COL_COUNT];
	size_t figure_count = step_columns_csv(figures);
	bool has_end = false;

	for (size_t c = 0; c < count; c++)
		has_end |= columns[c].read == read_end;
	for (size_t i = 0; i < figure_count; i++) {
		bool has_it = !figures[i]->csv.is_needed;

		for (size_t c = 0; c < count && !has_it; c++)
			has_it = columns[c].figure == figures[i];
		if (!has_it && has_end && figures[i] != &step_columns[COL_job_id])
			has_it = !(has_end = false); /* it stands for one of them */
		if (!has_it)
			return figures[i]->csv.name;
	}
	return NULL;
}

/* ---- fields ---- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_missing(const char *text, size_t len)
{
	static const char *const words[] = {"", "-", "NA", "N/A", "n/a", "null", "NULL"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strlen(words[i]) == len && memcmp(words[i], text, len) == 0)
			return true;
	return false;
}

/* Whether it is a number that a comma may stand in: of attributes nobody says which are. */
static bool has_comma_number(const struct row_column *column, const char *text)
{
	const struct step_column *figure = column->figure;

	if (figure == NULL)
		return text[strspn(text, "-0123456789,")] == '\0';
	return figure->kind != COLUMN_WORD && read_kind[figure->kind] != read_name &&
	       figure - step_columns != COL_job_id && figure - step_columns != COL_step_id;
}

/* Read what has something around it, or a comma. */
static int read_copy(const struct row_column *column, const char *text, size_t len, struct row *row,
		     struct jo_err *err)
{
	char *copy = xstrndup(text, len), *comma = strchr(copy, ',');
	int rc;

	/* With a point as well it is nobody's number. */
	if (row->has_decimal_comma && comma != NULL && strchr(copy, '.') == NULL &&
	    has_comma_number(column, copy))
		*comma = '.';
	rc = column->read(column, copy, row, err);
	free(copy);
	return rc;
}

int row_column_read(const struct row_column *column, const char *text, struct row *row,
		    struct jo_err *err)
{
	size_t len, whole_len;
	int rc;

	/* Surrounding blanks are nobody's intention. */
	while (is_blank(*text))
		text++;
	len = whole_len = strlen(text);
	while (len > 0 && is_blank(text[len - 1]))
		len--;
	if (is_missing(text, len))
		return 0;
	if (len < whole_len || (row->has_decimal_comma && strchr(text, ',') != NULL))
		rc = read_copy(column, text, len, row, err);
	else
		rc = column->read(column, text, row, err);
	if (rc < 0)
		(void)jo_err_prefix(err, "%s", column->name);
	return rc;
}

/* ---- rows ---- */

void row_begin(struct row *row, struct jo_record *record)
{
	*row = (struct row){
		.record = record, .state = STEP_STATE_COMPLETED, .end_unix_us = JO_MISSING};
	jo_record_init(record, JO_RECORD_END);
}

/* What follows of start and wall_s from when it ended. */
static int use_end(const struct row *row, struct jo_err *err)
{
	struct jo_record *record = row->record;

	if (row->end_unix_us == JO_MISSING)
		return 0;
	if (record->start_unix_us == JO_MISSING && record->wall_us != JO_MISSING)
		record->start_unix_us = row->end_unix_us - record->wall_us;
	if (record->wall_us == JO_MISSING && record->start_unix_us != JO_MISSING) {
		if (row->end_unix_us < record->start_unix_us)
			return jo_err_set(err, -EINVAL, ROW_END_NAME ": it is before start");
		record->wall_us = row->end_unix_us - record->start_unix_us;
	}
	return 0;
}

/* The name of the first needed figure that the row has not told, or NULL. */
static const char *lacking(const struct row *row)
{
	bool has_ended = row->record->kind == JO_RECORD_END;

	for (size_t i = 0; i < COL_COUNT; i++) {
		const struct step_column *figure = &step_columns[i];
		const void *member = (const char *)row->record + figure->record_offset;

		if (figure->csv.is_needed && (has_ended || figure->known != KNOWN_END) &&
		    *(const int64_t *)member == JO_MISSING)
			return figure->csv.name;
	}
	return NULL;
}

int row_finish(struct row *row, struct jo_err *err)
{
	struct jo_record *record = row->record;
	const char *name;

	if (row->is_skipped)
		return 1;
	if (!row->has_step && field_step("batch", record, err) < 0)
		return -EINVAL;
	if (record->input_bytes != JO_MISSING)
		record->input_source = JO_INPUT_OPTION;
	if (use_end(row, err) < 0)
		return -EINVAL;
	if (row->state == STEP_STATE_RUNNING) {
		record->kind = JO_RECORD_START;
		row->state = STEP_STATE_NONE;
	}
	name = lacking(row);
	if (name != NULL)
		return jo_err_set(err, -EINVAL, "%s: it is empty, and is needed", name);
	return 0;
}
