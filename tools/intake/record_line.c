/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A line of JSON into a record, by the table of its fields. */
#include "intake/record_line.h"

#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "profile/stacks.h"

static bool is_given(const struct jo_record *record, const struct jo_record_field *field)
{
	const char *member = (const char *)record + field->offset;

	switch (field->type) {
	case JO_FIELD_INT:
		return *(const int64_t *)(const void *)member != JO_MISSING;
	case JO_FIELD_STRING:
	case JO_FIELD_LINES:
		return *member != '\0';
	case JO_FIELD_ENUM:
		return true;
	}
	return false;
}

/* What a record of each kind is of no use without, as a set of kinds. */
static const struct {
	const char *name;
	unsigned kinds;
} needed[] = {
	{"node", 1 << JO_RECORD_START | 1 << JO_RECORD_END | 1 << JO_RECORD_NODE},
	{"start_unix_us", 1 << JO_RECORD_START | 1 << JO_RECORD_END | 1 << JO_RECORD_NODE},
	{"job_id", 1 << JO_RECORD_START | 1 << JO_RECORD_END},
	{"step_id", 1 << JO_RECORD_START | 1 << JO_RECORD_END},
	{"wall_us", 1 << JO_RECORD_END},
};

/* The line has the fields in the table's order, so the next one is nearly always the one wanted. */
static const struct jo_record_field *find_field(const char *name,
						const struct jo_record_field **hint)
{
	const struct jo_record_field *field = *hint;

	do {
		if (field->name == NULL) {
			field = jo_record_fields;
			continue;
		}
		if (strcmp(field->name, name) == 0) {
			*hint = field + 1;
			return field;
		}
		field++;
	} while (field != *hint);
	return NULL;
}

/* Units stand in names. */
static bool is_time(const struct jo_record_field *field)
{
	size_t len = strlen(field->name);

	return len > strlen("_us") && strcmp(field->name + len - strlen("_us"), "_us") == 0;
}

static int take_int(const struct jo_record_field *field, const json_t *value, char *member,
		    struct jo_err *err)
{
	int64_t number;

	/* Nothing that is recorded is below 0. */
	if (!json_is_integer(value) || json_integer_value(value) < 0)
		return jo_err_set(err, -EBADMSG, "%s: expected a whole number", field->name);
	number = json_integer_value(value);
	/* A time limit is as a user's environment has it; such a line is no worse for that. */
	if (is_time(field) && number > JO_US_MAX)
		number = JO_MISSING;
	memcpy(member, &number, sizeof(number));
	return 0;
}

static int take_string(const struct jo_record_field *field, const json_t *value, char *member,
		       struct jo_err *err)
{
	if (!json_is_string(value))
		return jo_err_set(err, -EBADMSG, "%s: expected a string", field->name);
	if (field->type == JO_FIELD_LINES)
		jo_record_set_lines(member, field->size, json_string_value(value));
	else
		jo_record_set_string(member, field->size, json_string_value(value));
	return 0;
}

static int take_enum(const struct jo_record_field *field, const json_t *value, char *member,
		     struct jo_err *err)
{
	const char *word = json_string_value(value);

	for (int i = 0; word != NULL && field->words[i] != NULL; i++)
		if (strcmp(field->words[i], word) == 0) {
			memcpy(member, &i, sizeof(i));
			return 0;
		}
	return jo_err_set(err, -EBADMSG, "%s: expected a word such as \"%s\"", field->name,
			  field->words[0]);
}

static int take_attr(struct jo_record *record, const char *key, const json_t *value,
		     struct jo_err *err)
{
	struct jo_err why;

	if (!json_is_string(value))
		return jo_err_set(err, -EBADMSG, "attr.%.40s: expected a string", key);
	if (jo_attrs_set(&record->attrs, key, json_string_value(value), &why) < 0)
		return jo_err_set(err, -EBADMSG, "attr.%.40s: %s", key, why.text);
	return 0;
}

static int take_fields(const json_t *object, struct jo_record *record, struct jo_err *err)
{
	const struct jo_record_field *hint = jo_record_fields;
	const char *name;
	json_t *value;
	int rc = 0;

	/* jansson's macro asks for a json_t that may be written; nothing is. */
	json_object_foreach((json_t *)(uintptr_t)object, name, value)
	{
		const struct jo_record_field *field;
		char *member;

		if (strncmp(name, "attr.", 5) == 0) {
			rc = take_attr(record, name + 5, value, err);
			if (rc < 0)
				return rc;
			continue;
		}
		field = find_field(name, &hint);
		if (field == NULL)
			continue;
		member = (char *)record + field->offset;
		switch (field->type) {
		case JO_FIELD_INT:
			rc = take_int(field, value, member, err);
			break;
		case JO_FIELD_STRING:
		case JO_FIELD_LINES:
			rc = take_string(field, value, member, err);
			break;
		case JO_FIELD_ENUM:
			rc = take_enum(field, value, member, err);
			break;
		}
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int check_version(const json_t *object, struct jo_err *err)
{
	const json_t *version = json_object_get(object, "v");

	if (!json_is_integer(version) || json_integer_value(version) < 1)
		return jo_err_set(err, -EBADMSG, "v: expected the version of the record");
	if (json_integer_value(version) > JO_RECORD_VERSION)
		return jo_err_set(err, -EPROTO,
				  "version %lld, expected at most %d: the plugin is newer than "
				  "this program",
				  (long long)json_integer_value(version), JO_RECORD_VERSION);
	if (json_object_get(object, "kind") == NULL)
		return jo_err_set(err, -EBADMSG, "kind: missing");
	return 0;
}

static int check_needed(const struct jo_record *record, struct jo_err *err)
{
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		const struct jo_record_field *hint = jo_record_fields;

		if ((needed[i].kinds & 1U << record->kind) != 0 &&
		    !is_given(record, find_field(needed[i].name, &hint)))
			return jo_err_set(err, -EBADMSG, "%s: missing", needed[i].name);
	}
	return 0;
}

/*
 * The profile was made in a user's process, and a step's record is worth keeping
 * without it: one that is none is left out, and said to be missing.
 */
static void check_profile(struct jo_record *record)
{
	struct profile_names *names;
	struct profile profile;
	struct jo_err why;
	char text[sizeof(why.text) + 32];

	if (record->profile[0] == '\0') {
		record->profile_samples = JO_MISSING;
		return;
	}
	names = profile_names_new();
	profile_init(&profile, names);
	if (profile_add(&profile, record->profile, &why) == 0) {
		record->profile_samples = profile.sample_count;
	} else {
		(void)snprintf(text, sizeof(text), "not readable: %s", why.text);
		memset(record->profile_missing, 0, sizeof(record->profile_missing));
		jo_record_set_string(record->profile_missing, sizeof(record->profile_missing),
				     text);
		memset(record->profile, 0, sizeof(record->profile));
		record->profile_samples = JO_MISSING;
	}
	profile_release(&profile);
	profile_names_free(names);
}

int record_line_parse(const char *line, size_t len, struct jo_record *ret_record,
		      struct jo_err *err)
{
	json_error_t error;
	json_t *object;
	int rc;

	if (len > JO_RECORD_LINE_MAX)
		return jo_err_set(err, -EBADMSG, "%zu bytes long, expected at most %d", len,
				  JO_RECORD_LINE_MAX);
	if (len == 0 || line[len - 1] != '\n')
		return jo_err_set(err, -EBADMSG, "cut short after %zu bytes, expected a newline",
				  len);
	object = json_loadb(line, len, JSON_REJECT_DUPLICATES, &error);
	if (object == NULL)
		return jo_err_set(err, -EBADMSG, "byte %d: %s", error.position, error.text);
	jo_record_init(ret_record, JO_RECORD_START);
	rc = json_is_object(object) ? check_version(object, err)
				    : jo_err_set(err, -EBADMSG, "expected a JSON object");
	if (rc == 0)
		rc = take_fields(object, ret_record, err);
	if (rc == 0)
		rc = check_needed(ret_record, err);
	if (rc == 0)
		check_profile(ret_record);
	json_decref(object);
	return rc;
}
