/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A line of JSON into a record, by the table of its fields: as it stands where it is plain, and by
 * the library where it is not, or has something wrong with it. */
#include "intake/record_line.h"

#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "intake/plain_line.h"
#include "profile/stacks.h"

/* What a record of each kind is of no use without, as a set of kinds. */
#define NEEDED(member, kinds)                                                                      \
	{                                                                                          \
#member, offsetof(struct jo_record, member), kinds                                 \
	}
static const struct {
	const char *name;
	size_t offset; /* of a number, but for the node, which is first */
	unsigned kinds;
} needed[] = {
	NEEDED(node, 1 << JO_RECORD_START | 1 << JO_RECORD_END | 1 << JO_RECORD_NODE),
	NEEDED(start_unix_us, 1 << JO_RECORD_START | 1 << JO_RECORD_END | 1 << JO_RECORD_NODE),
	NEEDED(job_id, 1 << JO_RECORD_START | 1 << JO_RECORD_END),
	NEEDED(step_id, 1 << JO_RECORD_START | 1 << JO_RECORD_END),
	NEEDED(wall_us, 1 << JO_RECORD_END),
};

static bool is_given(const struct jo_record *record, size_t which)
{
	const char *member = (const char *)record + needed[which].offset;

	return which == 0 ? *member != '\0' : *(const int64_t *)(const void *)member != JO_MISSING;
}

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

static void set_int(const struct jo_record_field *field, int64_t number, char *member)
{
	/* A time limit is as a user's environment has it; such a line is no worse for that. */
	if (is_time(field) && number > JO_US_MAX)
		number = JO_MISSING;
	memcpy(member, &number, sizeof(number));
}

static int take_int(const struct jo_record_field *field, const json_t *value, char *member,
		    struct jo_err *err)
{
	/* Nothing that is recorded is below 0. */
	if (!json_is_integer(value) || json_integer_value(value) < 0)
		return jo_err_set(err, -EBADMSG, "%s: expected a whole number", field->name);
	set_int(field, json_integer_value(value), member);
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
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if ((needed[i].kinds & 1U << record->kind) != 0 && !is_given(record, i))
			return jo_err_set(err, -EBADMSG, "%s: missing", needed[i].name);
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
	profile_stacks_init(&profile, names);
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
	profile_stacks_release(&profile);
	profile_names_free(names);
}

/* ---- a plain line ---- */

static bool is_named(const struct plain_member *member, const char *name)
{
	return strncmp(member->name, name, member->name_len) == 0 && name[member->name_len] == '\0';
}

/* What a record holds is what the library and jo_record_set_string would make of it. */
static void set_plain_text(char *field, size_t size, const struct plain_member *member)
{
	size_t len = member->text_len < size ? member->text_len : size - 1;

	memcpy(field, member->text, len);
	field[len] = '\0';
}

static bool set_plain_enum(const struct jo_record_field *field, const struct plain_member *member,
			   char *enumerator)
{
	for (int i = 0; field->words[i] != NULL; i++)
		if (strncmp(field->words[i], member->text, member->text_len) == 0 &&
		    field->words[i][member->text_len] == '\0') {
			memcpy(enumerator, &i, sizeof(i));
			return true;
		}
	return false;
}

/* Behind "attr."; one that comes twice is as wrong as one that may not be. */
static bool set_plain_attr(struct jo_record *record, const struct plain_member *member)
{
	char key[JO_ATTR_KEY_SIZE], value[JO_ATTR_VALUE_SIZE];
	size_t key_len = member->name_len - strlen("attr."), count = record->attrs.count;

	if (!member->is_text || key_len >= sizeof(key) || member->text_len >= sizeof(value))
		return false;
	memcpy(key, member->name + strlen("attr."), key_len);
	key[key_len] = '\0';
	set_plain_text(value, sizeof(value), member);
	return jo_attrs_set(&record->attrs, key, value, NULL) == 0 && record->attrs.count > count;
}

static bool set_plain_field(struct jo_record *record, const struct jo_record_field *field,
			    const struct plain_member *member)
{
	char *place = (char *)record + field->offset;

	if (member->is_text != (field->type != JO_FIELD_INT))
		return false;
	switch (field->type) {
	case JO_FIELD_INT:
		set_int(field, member->number, place);
		return true;
	case JO_FIELD_ENUM:
		return set_plain_enum(field, member, place);
	case JO_FIELD_STRING:
	case JO_FIELD_LINES:
		set_plain_text(place, field->size, member);
		return true;
	}
	return false;
}

/*
 * Whether the line is plain, has the version's fields in their order, which none
 * of them can have twice, and nothing else.  The kind is first, and all have one.
 */
static bool read_plain(const char *text, size_t len, struct jo_record *record)
{
	const struct jo_record_field *field = jo_record_fields;
	struct plain_line line = {.at = text, .end = text + len};
	struct plain_member member;
	enum plain_next next;

	if (plain_line_next(&line, &member) != PLAIN_MEMBER || !is_named(&member, "v") ||
	    member.is_text || member.number != JO_RECORD_VERSION)
		return false;
	if (plain_line_next(&line, &member) != PLAIN_MEMBER || !is_named(&member, field->name) ||
	    !set_plain_field(record, field, &member))
		return false;
	while ((next = plain_line_next(&line, &member)) == PLAIN_MEMBER) {
		if (member.name_len > strlen("attr.") &&
		    memcmp(member.name, "attr.", strlen("attr.")) == 0) {
			if (!set_plain_attr(record, &member))
				return false;
			continue;
		}
		do
			field++;
		while (field->name != NULL && !is_named(&member, field->name));
		if (field->name == NULL || !set_plain_field(record, field, &member))
			return false;
	}
	return next == PLAIN_END;
}

/* ---- any line ---- */

static int read_json(const char *line, size_t len, struct jo_record *record, struct jo_err *err)
{
	json_error_t error;
	json_t *object = json_loadb(line, len, JSON_REJECT_DUPLICATES, &error);
	int rc;

	if (object == NULL)
		return jo_err_set(err, -EBADMSG, "byte %d: %s", error.position, error.text);
	rc = json_is_object(object) ? check_version(object, err)
				    : jo_err_set(err, -EBADMSG, "expected a JSON object");
	if (rc == 0)
		rc = take_fields(object, record, err);
	json_decref(object);
	return rc;
}

int record_line_parse(const char *line, size_t len, struct jo_record *ret_record,
		      struct jo_err *err)
{
	int rc = 0;

	if (len > JO_RECORD_LINE_MAX)
		return jo_err_set(err, -EBADMSG, "%zu bytes long, expected at most %d", len,
				  JO_RECORD_LINE_MAX);
	if (len == 0 || line[len - 1] != '\n')
		return jo_err_set(err, -EBADMSG, "cut short after %zu bytes, expected a newline",
				  len);
	jo_record_init(ret_record, JO_RECORD_START);
	if (!read_plain(line, len, ret_record)) {
		jo_record_init(ret_record, JO_RECORD_START);
		rc = read_json(line, len, ret_record, err);
	}
	if (rc == 0)
		rc = check_needed(ret_record, err);
	if (rc == 0)
		check_profile(ret_record);
	return rc;
}
