/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One request: as text, and what it does to the store. */
#include "intake/request.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "joboutliers/utf8.h"
#include "util/alloc.h"
#include "util/words.h"

#define REQUEST_VERSION 1 /* raised when an older reader would misunderstand a request */

/* Steps that one request can be about: an array of this many tasks. */
#define EXPECT_STEPS_MAX 100000

static const char *const kind_words[] = {"mute", "unmute", "weekly", "nightly", "expect", NULL};

enum field_type { FIELD_TEXT, FIELD_NUMBER };

#define MUTES (1u << REQUEST_MUTE | 1u << REQUEST_UNMUTE)
#define EXPECTS (1u << REQUEST_EXPECT)

/* What a request may say beside "v" and "ask", and of which kinds. */
static const struct request_field {
	const char *name;
	enum field_type type;
	unsigned kinds;
	size_t offset, size;
} fields[] = {
#define TEXT(name, kinds, member)                                                                  \
	{                                                                                          \
		name, FIELD_TEXT, kinds, offsetof(struct request, member),                         \
			sizeof(((struct request *)NULL)->member)                                   \
	}
#define NUMBER(name, kinds, member)                                                                \
	{                                                                                          \
		name, FIELD_NUMBER, kinds, offsetof(struct request, member), 0                     \
	}
	TEXT("class", MUTES, class_name),
	TEXT("partition", MUTES, partition),
	NUMBER("until_unix_us", 1u << REQUEST_MUTE, until_unix_us),
	TEXT("cluster", EXPECTS, cluster),
	NUMBER("job_id", EXPECTS, job.job_id),
	NUMBER("array_task_id", EXPECTS, job.array_task_id),
	NUMBER("het_job_offset", EXPECTS, job.het_job_offset),
	NUMBER("step_id", EXPECTS, job.step_id),
};
#define FIELD_COUNT (sizeof(fields) / sizeof(fields[0]))

static void *member_of(struct request *request, const struct request_field *field)
{
	return (char *)request + field->offset;
}

void request_init(struct request *request, enum request_kind kind)
{
	*request = (struct request){
		.kind = kind,
		.until_unix_us = JO_MISSING,
		.job = {JO_MISSING, JO_MISSING, JO_MISSING, JO_MISSING},
	};
}

int request_set_name(char *member, size_t size, const char *text, struct jo_err *err)
{
	if (*text == '\0')
		return jo_err_set(err, -EINVAL, "expected a name");
	if (strlen(text) >= size)
		return jo_err_set(err, -EINVAL, "'%.40s...' is longer than a name can be", text);
	jo_utf8_clean(member, size, text); /* as in the records it is to match */
	return 0;
}

char *request_format(const struct request *request)
{
	struct request copy = *request;
	json_t *object = json_object();
	char *text;

	(void)json_object_set_new(object, "v", json_integer(REQUEST_VERSION));
	(void)json_object_set_new(object, "ask", json_string(kind_words[request->kind]));
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		const struct request_field *field = &fields[i];
		const void *member = member_of(&copy, field);

		if (field->type == FIELD_TEXT && *(const char *)member != '\0')
			(void)json_object_set_new(object, field->name, json_string(member));
		else if (field->type == FIELD_NUMBER && *(const int64_t *)member != JO_MISSING)
			(void)json_object_set_new(object, field->name,
						  json_integer(*(const int64_t *)member));
	}
	text = json_dumps(object, JSON_COMPACT);
	json_decref(object);
	return text;
}

static int read_field(struct request *request, const char *name, json_t *value, struct jo_err *err)
{
	const struct request_field *field = NULL;

	for (size_t i = 0; i < FIELD_COUNT && field == NULL; i++)
		if (strcmp(fields[i].name, name) == 0 && (fields[i].kinds & 1u << request->kind))
			field = &fields[i];
	if (field == NULL)
		return jo_err_set(err, -EBADMSG, "'%.40s' does not belong to '%s'", name,
				  kind_words[request->kind]);
	if (field->type == FIELD_NUMBER) {
		if (!json_is_integer(value) || json_integer_value(value) < 0)
			return jo_err_set(err, -EBADMSG, "%s: expected a number from 0 on", name);
		*(int64_t *)member_of(request, field) = (int64_t)json_integer_value(value);
		return 0;
	}
	if (!json_is_string(value))
		return jo_err_set(err, -EBADMSG, "%s: expected a string", name);
	if (request_set_name(member_of(request, field), field->size, json_string_value(value),
			     err) < 0) {
		(void)jo_err_prefix(err, "%s", name);
		return -EBADMSG;
	}
	return 0;
}

static int read_object(json_t *object, struct request *ret_request, struct jo_err *err)
{
	json_t *version = json_object_get(object, "v"), *ask = json_object_get(object, "ask");
	struct request request;
	const char *name;
	json_t *value;
	int kind;

	if (!json_is_integer(version) || json_integer_value(version) != REQUEST_VERSION)
		return jo_err_set(err, -EBADMSG, "expected a request of version %d",
				  REQUEST_VERSION);
	kind = json_is_string(ask) ? words_index(kind_words, json_string_value(ask)) : -1;
	if (kind < 0)
		return jo_err_set(err, -EBADMSG,
				  "ask: expected mute, unmute, weekly, nightly or expect");
	request_init(&request, (enum request_kind)kind);
	json_object_foreach(object, name, value)
	{
		int rc = 0;

		if (value != version && value != ask)
			rc = read_field(&request, name, value, err);
		if (rc < 0)
			return rc;
	}
	if (request.kind == REQUEST_EXPECT && request.job.job_id == JO_MISSING)
		return jo_err_set(err, -EBADMSG, "expect: names no job");
	*ret_request = request;
	return 0;
}

int request_parse(const char *text, size_t len, struct request *ret_request, struct jo_err *err)
{
	json_error_t why;
	json_t *object = json_loadb(text, len, JSON_REJECT_DUPLICATES, &why);
	int rc;

	if (!json_is_object(object))
		rc = jo_err_set(err, -EBADMSG, "is no request");
	else
		rc = read_object(object, ret_request, err);
	json_decref(object);
	return rc;
}

/* The name in a record is proof where no uid was recorded, as in what was imported. */
static bool is_owner(const struct step *step, const char *user, int64_t uid)
{
	if (uid != JO_MISSING && step->uid != JO_MISSING)
		return step->uid == uid;
	return strcmp(step->user, user) == 0;
}

/* The user's steps that the request names and that have ended: their ids, or why there are none. */
static int find_steps(struct store *store, const struct request *request, const char *user,
		      int64_t uid, int64_t *ids, size_t *ret_count, struct jo_err *err)
{
	const char *clusters[] = {request->cluster};
	struct store_selection selection;
	struct store_cursor *cursor;
	struct step step;
	long long job_id = (long long)request->job.job_id;
	size_t count = 0, other_count = 0, running_count = 0;
	int rc;

	store_selection_init(&selection);
	selection.jobs = &request->job;
	selection.job_count = 1;
	selection.clusters.list = clusters;
	selection.clusters.count = request->cluster[0] != '\0';
	selection.want_newest = true;
	selection.limit = EXPECT_STEPS_MAX;
	rc = store_steps_open(store, &selection, &cursor, err);
	if (rc < 0)
		return rc;
	while ((rc = store_steps_next(cursor, &step, err)) > 0) {
		if (!is_owner(&step, user, uid))
			other_count++;
		else if (step.end_unix_us == JO_MISSING)
			running_count++;
		else
			ids[count++] = step.id;
	}
	store_cursor_close(cursor);
	if (rc < 0)
		return rc;
	if (count == 0 && running_count > 0)
		return jo_err_set(err, -ENOENT, "job %lld has not ended yet", job_id);
	if (count == 0 && other_count > 0)
		return jo_err_set(err, -EPERM, "job %lld is not a job of '%.64s'", job_id, user);
	if (count == 0)
		return jo_err_set(err, -ENOENT, "nothing is known of job %lld", job_id);
	*ret_count = count;
	return 0;
}

static int apply_expect(struct store *store, const struct request *request, const char *user,
			int64_t uid, int64_t now_unix_us, bool is_look, struct jo_err *err)
{
	int64_t *ids = xreallocarray(NULL, EXPECT_STEPS_MAX, sizeof(*ids));
	size_t count = 0;
	int rc = find_steps(store, request, user, uid, ids, &count, err);

	for (size_t i = 0; i < count && rc >= 0 && !is_look; i++)
		rc = store_expected_add(store, ids[i], user, now_unix_us, err);
	free(ids);
	return rc < 0 ? rc : (int)count;
}

static int apply_mute(struct store *store, const struct request *request, const char *user,
		      int64_t now_unix_us, struct jo_err *err)
{
	const struct store_mute mute = {user, request->class_name, request->partition,
					request->until_unix_us, now_unix_us};
	int rc = store_mute_put(store, &mute, err);

	return rc < 0 ? rc : 1;
}

int request_apply(struct store *store, const struct request *request, const char *user, int64_t uid,
		  int64_t now_unix_us, bool is_look, struct jo_err *err)
{
	int rc;

	if (request->kind == REQUEST_EXPECT)
		return apply_expect(store, request, user, uid, now_unix_us, is_look, err);
	if (is_look)
		return 0;
	if (request->kind == REQUEST_MUTE)
		return apply_mute(store, request, user, now_unix_us, err);
	if (request->kind == REQUEST_UNMUTE)
		return store_mute_drop(store, user, request->class_name, request->partition, err);
	rc = store_weekly_set(store, user, request->kind == REQUEST_WEEKLY, now_unix_us, err);
	return rc < 0 ? rc : 1;
}
