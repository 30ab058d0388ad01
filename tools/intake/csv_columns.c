/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of columns: a reader for each, by the name that stands in the header. */
#include "intake/csv_columns.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "joboutliers/units.h"
#include "intake/intake.h"
#include "intake/text.h"
#include "util/alloc.h"
#include "util/strbuf.h"

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
	if (rc == 0 && row->state == STEP_STATE_NONE)
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
/* clang-format off */
static const struct csv_column known_columns[] = {
	{"step", read_step, 0, 0, false, false},
	{"job", read_job, 0, 0, true, false},
	{"cluster", read_name, MEMBER(cluster), false, true},
	{"partition", read_name, MEMBER(partition), false, true},
	{"user", read_name, MEMBER(user), false, true},
	{"class", read_class, 0, 0, false, true},
	{"program", read_name, MEMBER(program), false, true},
	{"node", read_name, MEMBER(node), false, false},
	{"start", read_time, MEMBER(start_unix_us), true, false},
	{"wall_s", read_seconds, MEMBER(wall_us), true, false},
	{"input_bytes", read_bytes, MEMBER(input_bytes), false, true},
	{"mem_peak_bytes", read_bytes, MEMBER(mem_peak_bytes), false, false},
	{"max_rss_bytes", read_bytes, MEMBER(max_rss_bytes), false, false},
	{"mem_limit_bytes", read_bytes, MEMBER(mem_limit_bytes), false, false},
	{"ncpus", read_count, MEMBER(cpu_count), false, true},
	{"state", read_state, 0, 0, false, false},
	{"exit_code", read_exit, 0, 0, false, false},
};
/* clang-format on */
#define KNOWN_COUNT (sizeof(known_columns) / sizeof(known_columns[0]))
static const struct csv_column attr_column = {NULL, read_attr, 0, 0, false, true};
static const struct csv_column verdict_column = {NULL, read_nothing, 0, 0, false, false};

static char *known_names(void)
{
	struct strbuf names;

	strbuf_init(&names);
	for (size_t i = 0; i < KNOWN_COUNT; i++)
		strbuf_addf(&names, "%s, ", known_columns[i].name);
	strbuf_adds(&names, "attr.NAME");
	return strbuf_detach(&names);
}

int csv_column_find(const char *name, struct csv_column *ret_column, struct jo_err *err)
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

const char *csv_columns_lack(const struct csv_column *columns, size_t count)
{
	for (size_t i = 0; i < KNOWN_COUNT; i++) {
		bool has_it = !known_columns[i].is_needed;

		for (size_t c = 0; c < count && !has_it; c++)
			has_it = strcmp(columns[c].name, known_columns[i].name) == 0;
		if (!has_it)
			return known_columns[i].name;
	}
	return NULL;
}

/* Surrounding blanks are nobody's intention. */
static const char *trim(const char *text, struct strbuf *room)
{
	size_t length;

	text += strspn(text, " \t");
	length = strlen(text);
	if (length == 0 || (text[length - 1] != ' ' && text[length - 1] != '\t'))
		return text;
	while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t'))
		length--;
	strbuf_add(room, text, length);
	return room->text;
}

int csv_column_read(const struct csv_column *column, const char *text, struct csv_row *row,
		    struct jo_err *err)
{
	struct strbuf room;
	int rc = 0;

	strbuf_init(&room);
	text = trim(text, &room);
	if (*text != '\0')
		rc = column->read(column, text, row, err);
	else if (column->is_needed)
		rc = jo_err_set(err, -EINVAL, "it is empty, and is needed");
	strbuf_release(&room);
	if (rc < 0)
		(void)jo_err_prefix(err, "%s", column->name);
	return rc;
}
