/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON as the protocol has it: ids in hex, integers of 64 bits as texts. */
#include "otel/encode.h"

#include <inttypes.h>

/* Texts here have no control characters. */
static void add_text(struct strbuf *buf, const char *text)
{
	strbuf_addc(buf, '"');
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			strbuf_addc(buf, '\\');
		strbuf_addc(buf, *text);
	}
	strbuf_addc(buf, '"');
}

static void add_value(struct strbuf *buf, const struct otel_value *value)
{
	switch (value->kind) {
	case OTEL_VALUE_TEXT:
		strbuf_adds(buf, "{\"stringValue\":");
		add_text(buf, value->text);
		break;
	case OTEL_VALUE_INT:
		strbuf_addf(buf, "{\"intValue\":\"%" PRId64 "\"", value->number);
		break;
	case OTEL_VALUE_REAL:
		strbuf_addf(buf, "{\"doubleValue\":%.17g", value->real);
		break;
	case OTEL_VALUE_BOOL:
		strbuf_addf(buf, "{\"boolValue\":%s", value->is_true ? "true" : "false");
		break;
	}
	strbuf_addc(buf, '}');
}

static void add_attributes(struct strbuf *buf, const struct otel_attributes *attributes)
{
	strbuf_adds(buf, "\"attributes\":[");
	for (size_t i = 0; i < attributes->count; i++) {
		strbuf_adds(buf, i > 0 ? ",{\"key\":" : "{\"key\":");
		add_text(buf, attributes->list[i].key);
		strbuf_adds(buf, ",\"value\":");
		add_value(buf, &attributes->list[i].value);
		strbuf_addc(buf, '}');
	}
	strbuf_addc(buf, ']');
}

static void add_events(struct strbuf *buf, const struct otel_span *span)
{
	strbuf_adds(buf, "\"events\":[");
	for (size_t i = 0; i < span->event_count; i++) {
		strbuf_addf(buf, "%s{\"timeUnixNano\":\"%" PRId64 "\",\"name\":", i > 0 ? "," : "",
			    span->events[i].unix_ns);
		add_text(buf, span->events[i].name);
		strbuf_addc(buf, ',');
		add_attributes(buf, &span->events[i].attributes);
		strbuf_addc(buf, '}');
	}
	strbuf_adds(buf, "],");
}

static void add_span(struct strbuf *buf, const struct otel_span *span)
{
	strbuf_addf(buf, "{\"traceId\":\"%s\",\"spanId\":\"%s\"", span->trace_id, span->span_id);
	if (span->parent_id[0] != '\0')
		strbuf_addf(buf, ",\"parentSpanId\":\"%s\"", span->parent_id);
	strbuf_adds(buf, ",\"name\":");
	add_text(buf, span->name);
	strbuf_addf(buf,
		    ",\"kind\":%d,\"startTimeUnixNano\":\"%" PRId64
		    "\",\"endTimeUnixNano\":\"%" PRId64 "\",",
		    (int)span->kind, span->start_unix_ns, span->end_unix_ns);
	add_attributes(buf, &span->attributes);
	strbuf_addc(buf, ',');
	if (span->event_count > 0)
		add_events(buf, span);
	if (span->link_trace_id[0] != '\0')
		strbuf_addf(buf, "\"links\":[{\"traceId\":\"%s\",\"spanId\":\"%s\"}],",
			    span->link_trace_id, span->link_span_id);
	strbuf_addf(buf, "\"status\":{\"code\":%d", (int)span->status);
	if (span->status_text[0] != '\0') {
		strbuf_adds(buf, ",\"message\":");
		add_text(buf, span->status_text);
	}
	strbuf_adds(buf, "}}");
}

size_t otel_encode_json(const struct otel_spans *spans, size_t first, size_t bytes_max,
			struct strbuf *buf)
{
	size_t begin = buf->len, i = first;

	strbuf_addc(buf, '{');
	/* No word of the protocol's, whose readers pass by what they do not know. */
	if (spans->sender != NULL) {
		strbuf_adds(buf, "\"" OTEL_SENDER_MEMBER "\":");
		add_text(buf, spans->sender);
		strbuf_addc(buf, ',');
	}
	strbuf_adds(buf, "\"resourceSpans\":[");
	while (i < spans->count && (i == first || buf->len - begin < bytes_max)) {
		size_t resource = spans->list[i].resource;

		strbuf_adds(buf, i > first ? ",{\"resource\":{" : "{\"resource\":{");
		add_attributes(buf, &spans->resources[resource].attributes);
		/* Readers may ask for its name, though the protocol does not. */
		strbuf_adds(buf, "},\"scopeSpans\":[{\"scope\":{\"name\":\"joboutliers\","
				 "\"version\":\"" JO_VERSION "\"},\"spans\":[");
		for (size_t of_resource = i;
		     i < spans->count && spans->list[i].resource == resource &&
		     (i == of_resource || buf->len - begin < bytes_max);
		     i++) {
			if (i > of_resource)
				strbuf_addc(buf, ',');
			add_span(buf, &spans->list[i]);
		}
		strbuf_adds(buf, "]}]}");
	}
	strbuf_adds(buf, "]}\n");
	return i;
}
