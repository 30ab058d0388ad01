/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The record's line, read back by a JSON library that is not ours. */
#include "joboutliers/record.h"
#include "tap.h"

#include <errno.h>
#include <jansson.h>

static json_t *parse(const char *line, size_t len)
{
	json_error_t error;
	json_t *json = json_loadb(line, len, JSON_REJECT_DUPLICATES, &error);

	if (json == NULL)
		printf("# %s at %d in %s\n", error.text, error.position, line);
	return json;
}

static json_t *write_and_parse(const struct jo_record *record, int *ret_len)
{
	static char line[JO_RECORD_LINE_MAX];

	*ret_len = jo_record_write(record, line, sizeof(line));
	if (*ret_len < 0)
		return NULL;
	ok(line[*ret_len] == '\0' && line[*ret_len - 1] == '\n' &&
		   strchr(line, '\n') == line + *ret_len - 1,
	   "a record is one line");
	return parse(line, (size_t)*ret_len - 1);
}

static void *field_at(struct jo_record *record, const struct jo_record_field *field)
{
	return (char *)record + field->offset;
}

/* Every field at its longest: strings of characters that are escaped, numbers of 20 digits. */
static void fill(struct jo_record *record)
{
	for (const struct jo_record_field *field = jo_record_fields; field->name != NULL; field++) {
		if (field->type == JO_FIELD_INT) {
			*(int64_t *)field_at(record, field) = INT64_MIN + 1;
		} else if (field->type == JO_FIELD_STRING) {
			memset(field_at(record, field), '"', field->size - 1);
			((char *)field_at(record, field))[field->size - 1] = '\0';
		} else if (field->type == JO_FIELD_LINES) {
			memset(field_at(record, field), '\n', field->size - 1);
			((char *)field_at(record, field))[field->size - 1] = '\0';
		} else if (strcmp(field->name, "kind") != 0) {
			*(int *)field_at(record, field) = 1;
		}
	}
	record->attrs.count = JO_ATTR_MAX;
	for (size_t i = 0; i < JO_ATTR_MAX; i++) {
		memset(record->attrs.list[i].key, (int)('a' + i), JO_ATTR_KEY_SIZE - 1);
		memset(record->attrs.list[i].value, '\\', JO_ATTR_VALUE_SIZE - 1);
	}
}

static void check_longest(void)
{
	struct jo_record record;
	char line[JO_RECORD_LINE_MAX];
	json_t *json;
	int len, too_small = 0;

	jo_record_init(&record, JO_RECORD_END);
	fill(&record);
	json = write_and_parse(&record, &len);
	ok(json != NULL, "every field at its longest fits a line: %d of %d bytes", len,
	   JO_RECORD_LINE_MAX);
	for (const struct jo_record_field *field = jo_record_fields; field->name != NULL; field++) {
		const json_t *value = json_object_get(json, field->name);
		int is_right = field->type == JO_FIELD_INT
				       ? json_integer_value(value) == INT64_MIN + 1
				       : strcmp(json_string_value(value),
						field->type != JO_FIELD_ENUM
							? (char *)field_at(&record, field)
							: field->words[*(int *)field_at(
								  &record, field)]) == 0;

		ok(is_right, "%s comes back as it was", field->name);
	}
	is_str(json_string_value(json_object_get(json, "attr.bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb")),
	       record.attrs.list[1].value, "an attribute as well");
	json_decref(json);

	for (size_t size = 0; size <= (size_t)len; size++)
		too_small += jo_record_write(&record, line, size) == -ENOSPC;
	is_int(too_small, len + 1, "no buffer that is too small is overrun");
	is_int(jo_record_write(&record, line, (size_t)len + 1), len, "the next one is enough");
}

static void check_missing(void)
{
	struct jo_record record;
	char line[JO_RECORD_LINE_MAX];
	json_t *json;
	int len;

	jo_record_init(&record, JO_RECORD_START);
	json = write_and_parse(&record, &len);
	is_int(json_object_size(json), 5, "what is not known is left out");
	is_int(json_integer_value(json_object_get(json, "v")), JO_RECORD_VERSION, "the version");
	is_str(json_string_value(json_object_get(json, "kind")), "start", "the kind");
	is_str(json_string_value(json_object_get(json, "mem_source")), "none", "and the enums");
	json_decref(json);

	record.mem_limit_hit_count = 0;
	json = write_and_parse(&record, &len);
	ok(json_is_integer(json_object_get(json, "mem_limit_hit_count")),
	   "0 is known and stands there");
	json_decref(json);

	jo_record_init(&record, JO_RECORD_NODE);
	(void)jo_record_write(&record, line, sizeof(line));
	is_str(line, "{\"v\":1,\"kind\":\"node\"}\n", "a node has no kind of step");
}

static void check_foreign_text(void)
{
	struct jo_record record;
	json_t *json;
	int len;

	jo_record_init(&record, JO_RECORD_START);
	jo_record_set_string(record.job_name, sizeof(record.job_name),
			     "a\"b\\c\n\033[1m\303\244\377");
	is_str(record.job_name, "a\"b\\c??[1m\303\244?", "a name is cleaned when it is set");
	/* Somebody who writes into the field directly still cannot break the line. */
	strcpy(record.user, "x\n{\"v\":1}\377");
	json = write_and_parse(&record, &len);
	is_str(json_string_value(json_object_get(json, "job_name")), record.job_name,
	       "and comes back as it was");
	is_str(json_string_value(json_object_get(json, "user")), "x?{\"v\":1}?",
	       "the writer cleans as well");
	json_decref(json);
}

static void check_lines(void)
{
	struct jo_record record;
	json_t *json;
	int len;

	jo_record_init(&record, JO_RECORD_END);
	jo_record_set_lines(record.profile, sizeof(record.profile),
			    "main (a.py:1);f \"x\" (b\\c.py:2) 7\ng\t\033[1m\377 (d.py:3) 1\n");
	is_str(record.profile, "main (a.py:1);f \"x\" (b\\c.py:2) 7\ng??[1m? (d.py:3) 1\n",
	       "of a text of lines the newlines stay");
	json = write_and_parse(&record, &len);
	is_str(json_string_value(json_object_get(json, "profile")), record.profile,
	       "and come back");
	json_decref(json);
	strcpy(record.profile_kind, "a\nb");
	json = write_and_parse(&record, &len);
	is_str(json_string_value(json_object_get(json, "profile_kind")), "a?b",
	       "no other string has any");
	json_decref(json);
}

static void check_table(void)
{
	int count = 0, twice = 0;

	for (const struct jo_record_field *field = jo_record_fields; field->name != NULL; field++) {
		for (const struct jo_record_field *other = jo_record_fields; other != field;
		     other++)
			twice += strcmp(field->name, other->name) == 0 ||
				 field->offset == other->offset;
		count++;
	}
	ok(count > 50, "the table has %d fields", count);
	is_int(twice, 0, "each of them once");
}

int main(void)
{
	check_table();
	check_missing();
	check_longest();
	check_foreign_text();
	check_lines();
	return tap_done();
}
