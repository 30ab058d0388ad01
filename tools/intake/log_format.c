/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of logs as values with names. */
#include "intake/log_format.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "intake/named_rows.h"
#include "intake/pattern.h"
#include "util/alloc.h"

/* Objects in objects: structured logs have two or three. */
#define DEPTH_MAX 8

struct log_format {
	struct named_rows rows;
	struct pattern *pattern; /* NULL: lines have names themselves */
	struct strbuf name, value;
	int64_t line_count;
};

/* ---- values ---- */

static int take(struct log_format *format, struct row *row, const char *name, const char *text,
		struct jo_err *err)
{
	const struct row_column *column;
	int rc = named_rows_column(&format->rows, name, false, &column, err);

	if (rc < 0 || column == NULL)
		return rc;
	return row_column_read(column, text, row, err);
}

/* A number with as few digits as make it the same again. */
static const char *format_real(double number, char *buf, size_t size)
{
	(void)snprintf(buf, size, "%.15g", number);
	if (strtod(buf, NULL) != number)
		(void)snprintf(buf, size, "%.17g", number);
	return buf;
}

/* What an element of an object is as text; NULL for null and what has parts. */
static const char *text_of(const json_t *value, char *buf, size_t size)
{
	switch (json_typeof(value)) {
	case JSON_STRING:
		return json_string_value(value);
	case JSON_INTEGER:
		(void)snprintf(buf, size, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
		return buf;
	case JSON_REAL:
		return format_real(json_real_value(value), buf, size);
	case JSON_TRUE:
		return "true";
	case JSON_FALSE:
		return "false";
	case JSON_OBJECT:
	case JSON_ARRAY:
	case JSON_NULL:
		break;
	}
	return NULL;
}

/* All elements of the object, whose name is so far in format->name. */
static int read_object(struct log_format *format, json_t *object, int depth, struct row *row,
		       struct jo_err *err)
{
	size_t prefix_len = format->name.len;
	const char *key, *text;
	char number[40];
	json_t *value;
	int rc = 0;

	json_object_foreach(object, key, value)
	{
		strbuf_adds(&format->name, key);
		if (json_is_object(value) && depth < DEPTH_MAX) {
			strbuf_addc(&format->name, '.');
			rc = read_object(format, value, depth + 1, row, err);
		} else {
			text = text_of(value, number, sizeof(number));
			if (text != NULL)
				rc = take(format, row, format->name.text, text, err);
		}
		format->name.len = prefix_len;
		format->name.text[prefix_len] = '\0';
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int read_json(struct log_format *format, const char *line, struct row *row,
		     struct jo_err *err)
{
	json_error_t why;
	json_t *object = json_loads(line, 0, &why);
	int rc;

	if (object == NULL)
		return jo_err_set(err, -EINVAL, "no JSON at character %d: %s", why.column,
				  why.text);
	strbuf_reset(&format->name);
	rc = read_object(format, object, 1, row, err);
	json_decref(object);
	return rc;
}

/* Cut the next value of "name=value" from the line, in quotes or up to a blank; returns its rest.
 */
static char *cut_value(char *at, struct strbuf *ret_value)
{
	size_t len;

	strbuf_reset(ret_value);
	if (*at == '"') {
		for (at++; *at != '\0' && *at != '"'; at++) {
			if (*at == '\\' && at[1] != '\0')
				at++;
			strbuf_addc(ret_value, *at);
		}
		return *at == '"' ? at + 1 : at;
	}
	len = strcspn(at, " \t");
	strbuf_add(ret_value, at, len);
	/* "a=1, b=2" is how people write it. */
	if (len > 1 && strchr(",;", at[len - 1]) != NULL)
		ret_value->text[--ret_value->len] = '\0';
	return at + len;
}

/* Words without "=" are of the sentence around. */
static int read_pairs(struct log_format *format, char *line, struct row *row, struct jo_err *err)
{
	char *at = line;
	int rc = 0;

	while (rc == 0) {
		size_t name_len;
		char *name;

		at += strspn(at, " \t,;([");
		if (*at == '\0')
			break;
		name = at;
		name_len = strcspn(at, "= \t\"");
		at += name_len;
		if (*at != '=' || name_len == 0) {
			at += *at != '\0' && *at != ' ' && *at != '\t';
			continue;
		}
		*at = '\0';
		at = cut_value(at + 1, &format->value);
		rc = take(format, row, name, format->value.text, err);
	}
	return rc;
}

/* ---- lines ---- */

static int read_named(void *context, const struct line_place *place, char *line,
		      struct jo_record *record, enum step_state *ret_state, struct jo_err *err)
{
	struct log_format *format = context;
	char *start = line + strspn(line, " \t");
	struct row row;
	int rc;

	if (*start == '\0')
		return 1;
	format->line_count++;
	row_begin(&row, record);
	if (*start == '{')
		rc = read_json(format, start, &row, err);
	else
		rc = read_pairs(format, start, &row, err);
	return rc < 0 ? -EINVAL : named_rows_finish(&format->rows, place, &row, ret_state, err);
}

static int read_matched(void *context, const struct line_place *place, char *line,
			struct jo_record *record, enum step_state *ret_state, struct jo_err *err)
{
	struct log_format *format = context;
	struct row row;
	int rc = pattern_match(format->pattern, line, err);

	format->line_count++;
	if (rc <= 0)
		return rc < 0 ? rc : 1;
	row_begin(&row, record);
	for (size_t i = 0; i < pattern_group_count(format->pattern); i++) {
		rc = take(format, &row, pattern_group_name(format->pattern, i),
			  pattern_group(format->pattern, i), err);
		if (rc < 0)
			return -EINVAL;
	}
	return named_rows_finish(&format->rows, place, &row, ret_state, err);
}

static const struct line_format named_lines = {.read = read_named, .is_of_owner = true};
static const struct line_format matched_lines = {.read = read_matched, .is_of_owner = true};

const struct line_format *log_format_lines(const struct log_format *format)
{
	return format->pattern != NULL ? &matched_lines : &named_lines;
}

bool log_format_has_guessed(const struct log_format *format)
{
	return format->rows.has_guessed;
}

int log_format_check(const struct log_format *format, struct jo_err *err)
{
	if (format->pattern == NULL)
		return named_rows_check(&format->rows, err);
	if (format->rows.line_count > 0 || format->line_count == 0)
		return 0;
	return jo_err_set(err, -EBADMSG, "the pattern matches none of %" PRId64 " lines",
			  format->line_count);
}

/* ---- formats ---- */

/* Whoever names a group means something by it. */
static int bind_groups(struct log_format *format, struct jo_err *err)
{
	const struct row_column *column;
	int rc = 0;

	for (size_t i = 0; i < pattern_group_count(format->pattern) && rc == 0; i++) {
		const char *name = pattern_group_name(format->pattern, i);

		rc = named_rows_column(&format->rows, name, true, &column, err);
		if (rc < 0)
			(void)jo_err_prefix(err, "pattern: group '%.40s'", name);
	}
	if (rc == 0 && pattern_group_count(format->pattern) == 0)
		rc = jo_err_set(err, -EINVAL,
				"pattern: it has no named group, such as (?<wall_s>[0-9.]+)");
	return rc < 0 ? rc : column_map_check(&format->rows.map, err);
}

int log_format_new(const char *pattern, const char *map, const char *class_name,
		   struct log_format **ret_format, struct jo_err *err)
{
	struct log_format *format = xcalloc(1, sizeof(*format));
	int rc = named_rows_init(&format->rows, map, err);

	strbuf_init(&format->name);
	strbuf_init(&format->value);
	format->rows.class_name = class_name;
	if (rc == 0 && pattern != NULL) {
		rc = pattern_new(pattern, &format->pattern, err);
		if (rc == 0)
			rc = bind_groups(format, err);
	}
	if (rc < 0) {
		log_format_free(format);
		return rc;
	}
	*ret_format = format;
	return 0;
}

void log_format_free(struct log_format *format)
{
	if (format == NULL)
		return;
	named_rows_release(&format->rows);
	pattern_free(format->pattern);
	strbuf_release(&format->name);
	strbuf_release(&format->value);
	free(format);
}
