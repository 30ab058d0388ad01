/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What jansson reads of a text, into spans.  jansson goes 2,048 levels deep and no further. */
#include "otel/decode.h"

#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What a text has at most of values: each is up to 250 bytes of memory, where "{}" takes 3 of text.
 */
#define VALUES_MAX 1000000

/* More than there are values: those marks are in texts as well. */
static size_t count_values(const char *text, size_t len)
{
	size_t count = 1;

	for (size_t i = 0; i < len; i++)
		count += text[i] == ',' || text[i] == '{' || text[i] == '[';
	return count;
}

/* A number, or its digits as a text; what is neither is otherwise. */
static int64_t int_of(const json_t *value, int64_t otherwise)
{
	const char *text = json_string_value(value);
	char *end;
	long long number;

	if (json_is_integer(value))
		return json_integer_value(value);
	if (text == NULL || text[0] == '\0')
		return otherwise;
	errno = 0;
	number = strtoll(text, &end, 10);
	return errno == 0 && *end == '\0' ? number : otherwise;
}

static bool is_int(const json_t *value)
{
	return int_of(value, 0) == int_of(value, 1);
}

static const char *text_of(struct otel_spans *spans, const json_t *value)
{
	return json_is_string(value)
		       ? otel_spans_text(spans, json_string_value(value), json_string_length(value))
		       : "";
}

/* Hex digits are in either case; what is no id of this size is "". */
static void set_id(char *id, size_t size, const json_t *value)
{
	const char *text = json_string_value(value);

	id[0] = '\0';
	if (text == NULL || strlen(text) + 1 != size)
		return;
	for (size_t i = 0; i < size; i++)
		id[i] = (char)(text[i] >= 'A' && text[i] <= 'F' ? text[i] - 'A' + 'a' : text[i]);
}

static bool read_value(struct otel_spans *spans, const json_t *any, struct otel_value *ret_value)
{
	const json_t *value;

	value = json_object_get(any, "stringValue");
	if (json_is_string(value)) {
		ret_value->kind = OTEL_VALUE_TEXT;
		ret_value->text = text_of(spans, value);
		return true;
	}
	value = json_object_get(any, "intValue");
	if (is_int(value)) {
		ret_value->kind = OTEL_VALUE_INT;
		ret_value->number = int_of(value, 0);
		return true;
	}
	value = json_object_get(any, "doubleValue");
	if (json_is_number(value)) {
		ret_value->kind = OTEL_VALUE_REAL;
		ret_value->real = json_number_value(value);
		return true;
	}
	value = json_object_get(any, "boolValue");
	if (json_is_boolean(value)) {
		ret_value->kind = OTEL_VALUE_BOOL;
		ret_value->is_true = json_is_true(value);
		return true;
	}
	return false;
}

static void add_attributes(struct otel_spans *spans, struct otel_attributes *attributes,
			   const json_t *list)
{
	const json_t *pair;
	size_t i;

	json_array_foreach(list, i, pair)
	{
		struct otel_value value;

		if (read_value(spans, json_object_get(pair, "value"), &value))
			otel_attributes_add(attributes,
					    text_of(spans, json_object_get(pair, "key")), &value);
	}
}

static void add_span(struct otel_spans *spans, const json_t *from, struct otel_decoded *decoded)
{
	struct otel_span *span = otel_spans_add(spans);
	const json_t *status = json_object_get(from, "status");
	int64_t number;

	set_id(span->trace_id, sizeof(span->trace_id), json_object_get(from, "traceId"));
	set_id(span->span_id, sizeof(span->span_id), json_object_get(from, "spanId"));
	set_id(span->parent_id, sizeof(span->parent_id), json_object_get(from, "parentSpanId"));
	span->start_unix_ns = int_of(json_object_get(from, "startTimeUnixNano"), 0);
	span->end_unix_ns = int_of(json_object_get(from, "endTimeUnixNano"), 0);
	if (!otel_decode_admit(spans, decoded))
		return;
	span->name = text_of(spans, json_object_get(from, "name"));
	number = int_of(json_object_get(from, "kind"), 0);
	span->kind = number >= 0 && number <= OTEL_KIND_CONSUMER ? (enum otel_kind)number
								 : OTEL_KIND_UNSPECIFIED;
	number = int_of(json_object_get(status, "code"), 0);
	span->status = number >= 0 && number <= OTEL_STATUS_ERROR ? (enum otel_status)number
								  : OTEL_STATUS_UNSET;
	span->status_text = text_of(spans, json_object_get(status, "message"));
	add_attributes(spans, &span->attributes, json_object_get(from, "attributes"));
}

static void add_resource(struct otel_spans *spans, const json_t *resource,
			 struct otel_decoded *decoded)
{
	const json_t *scope, *span;
	size_t i, j;

	otel_spans_add_resource(spans);
	add_attributes(spans, otel_spans_resource(spans),
		       json_object_get(json_object_get(resource, "resource"), "attributes"));
	json_array_foreach(json_object_get(resource, "scopeSpans"), i, scope)
		json_array_foreach(json_object_get(scope, "spans"), j, span)
			add_span(spans, span, decoded);
}

int otel_decode_json(const char *text, size_t len, struct otel_spans *spans,
		     struct otel_decoded *ret_decoded, struct jo_err *err)
{
	const json_t *list, *resource;
	json_error_t error;
	json_t *message;
	size_t i;
	int rc = 0;

	if (len > OTEL_MESSAGE_MAX)
		return jo_err_set(err, -E2BIG, "%zu bytes, expected at most %d", len,
				  OTEL_MESSAGE_MAX);
	if (count_values(text, len) > VALUES_MAX)
		return jo_err_set(err, -E2BIG, "more than %d values of JSON", VALUES_MAX);
	message = json_loadb(text, len, JSON_ALLOW_NUL, &error);
	if (message == NULL)
		return jo_err_set(err, -EBADMSG, "byte %d: %s", error.position, error.text);
	list = json_object_get(message, "resourceSpans");
	/* A message without a span says so by leaving the list out. */
	if (!json_is_object(message) || (list != NULL && !json_is_array(list))) {
		rc = jo_err_set(err, -EBADMSG,
				"expected an object with resourceSpans, which is a list");
		goto out;
	}
	*ret_decoded = (struct otel_decoded){0};
	if (json_is_string(json_object_get(message, OTEL_SENDER_MEMBER)))
		spans->sender = text_of(spans, json_object_get(message, OTEL_SENDER_MEMBER));
	json_array_foreach(list, i, resource) add_resource(spans, resource, ret_decoded);
out:
	json_decref(message);
	return rc;
}
