/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "otel/spans.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "joboutliers/record.h"
#include "util/alloc.h"

#define UTF8_BYTES_MAX 4 /* of a character */

void otel_spans_init(struct otel_spans *spans)
{
	*spans = (struct otel_spans){0};
}

static void release_span(struct otel_span *span)
{
	for (size_t e = 0; e < span->event_count; e++)
		free(span->events[e].attributes.list);
	free(span->events);
	free(span->attributes.list);
}

void otel_spans_release(struct otel_spans *spans)
{
	for (size_t i = 0; i < spans->count; i++)
		release_span(&spans->list[i]);
	for (size_t i = 0; i < spans->resource_count; i++)
		free(spans->resources[i].attributes.list);
	free(spans->list);
	free(spans->resources);
	arena_release(&spans->texts);
	otel_spans_init(spans);
}

void otel_spans_add_resource(struct otel_spans *spans)
{
	spans->resources = xgrow(spans->resources, spans->resource_count, &spans->resource_capacity,
				 sizeof(*spans->resources));
	spans->resources[spans->resource_count++] = (struct otel_resource){0};
}

struct otel_attributes *otel_spans_resource(struct otel_spans *spans)
{
	return &spans->resources[spans->resource_count - 1].attributes;
}

struct otel_span *otel_spans_add(struct otel_spans *spans)
{
	spans->list = xgrow(spans->list, spans->count, &spans->capacity, sizeof(*spans->list));
	spans->list[spans->count] = (struct otel_span){
		.resource = spans->resource_count - 1, .name = "", .status_text = ""};
	return &spans->list[spans->count++];
}

void otel_spans_keep(struct otel_spans *spans,
		     bool (*is_wanted)(void *context, const struct otel_span *span), void *context)
{
	size_t kept = 0;

	for (size_t i = 0; i < spans->count; i++) {
		struct otel_span span = spans->list[i];

		if (is_wanted(context, &span))
			spans->list[kept++] = span;
		else
			release_span(&span);
	}
	spans->count = kept;
}

struct otel_event *otel_span_add_event(struct otel_span *span, const char *name, int64_t unix_ns)
{
	span->events = xreallocarray(span->events, span->event_count + 1, sizeof(*span->events));
	span->events[span->event_count] = (struct otel_event){.name = name, .unix_ns = unix_ns};
	return &span->events[span->event_count++];
}

const char *otel_spans_text(struct otel_spans *spans, const void *bytes, size_t len)
{
	/* Each byte that is no character becomes one, and nothing becomes longer. */
	size_t kept = len < OTEL_TEXT_MAX ? len : OTEL_TEXT_MAX;
	char raw[OTEL_TEXT_MAX + 1], *text;

	/* No character is cut in two: its bytes but the first have these bits. */
	for (int i = 0; i < UTF8_BYTES_MAX - 1 && kept > 0 && kept < len; i++)
		kept -= (((const unsigned char *)bytes)[kept] & 0xc0) == 0x80;
	for (size_t i = 0; i < kept; i++)
		raw[i] = ((const char *)bytes)[i] != '\0' ? ((const char *)bytes)[i] : '\1';
	raw[kept] = '\0';
	text = arena_alloc(&spans->texts, kept + 1);
	jo_record_set_string(text, kept + 1, raw);
	return text;
}

void otel_attributes_add(struct otel_attributes *attributes, const char *key,
			 const struct otel_value *value)
{
	if (attributes->count == OTEL_ATTRIBUTES_MAX || key[0] == '\0' ||
	    (value->kind == OTEL_VALUE_REAL && !isfinite(value->real)))
		return;
	attributes->list = xgrow(attributes->list, attributes->count, &attributes->capacity,
				 sizeof(*attributes->list));
	attributes->list[attributes->count++] = (struct otel_attribute){key, *value};
}

const struct otel_value *otel_attributes_get(const struct otel_attributes *attributes,
					     const char *key)
{
	for (size_t i = attributes->count; i > 0; i--)
		if (strcmp(attributes->list[i - 1].key, key) == 0)
			return &attributes->list[i - 1].value;
	return NULL;
}

const char *otel_value_text(const struct otel_value *value, char buf[OTEL_VALUE_SIZE])
{
	switch (value->kind) {
	case OTEL_VALUE_TEXT:
		return value->text;
	case OTEL_VALUE_INT:
		(void)snprintf(buf, OTEL_VALUE_SIZE, "%" PRId64, value->number);
		break;
	case OTEL_VALUE_REAL:
		(void)snprintf(buf, OTEL_VALUE_SIZE, "%.17g", value->real);
		break;
	case OTEL_VALUE_BOOL:
		return value->is_true ? "true" : "false";
	}
	return buf;
}

bool otel_id_is_valid(const char *text, size_t digits)
{
	return strlen(text) == digits && strspn(text, "0123456789abcdef") == digits &&
	       strspn(text, "0") != digits;
}
