/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What protobuf-c reads of the wire, into spans. */
#include "otel/decode.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "otlp.pb-c.h"

/*
 * What protobuf-c may take for one message.  A span of two bytes on the wire is a struct of 200, so
 * a message of nothing but those is a hundred times its size; one that is meant is three times.
 */
#define MEMORY_MAX ((size_t)8 * OTEL_MESSAGE_MAX)

/* What stands before each piece of memory, so that it can be given back. */
union piece {
	size_t size;
	max_align_t align;
};

static void *take(void *left, size_t size)
{
	union piece *piece;

	if (size > *(size_t *)left)
		return NULL;
	piece = malloc(sizeof(*piece) + size);
	if (piece == NULL)
		return NULL;
	piece->size = size;
	*(size_t *)left -= size;
	return piece + 1;
}

static void give_back(void *left, void *memory)
{
	union piece *piece = memory;

	if (piece == NULL)
		return;
	*(size_t *)left += piece[-1].size;
	free(piece - 1);
}

static void set_id(char *id, size_t size, const ProtobufCBinaryData *bytes)
{
	static const char digits[] = "0123456789abcdef";

	/* One of another length is left empty, which is none. */
	id[0] = '\0';
	if (2 * bytes->len + 1 != size)
		return;
	for (size_t i = 0; i < bytes->len; i++) {
		id[2 * i] = digits[bytes->data[i] >> 4];
		id[2 * i + 1] = digits[bytes->data[i] & 15];
	}
	id[size - 1] = '\0';
}

static const char *text_of(struct otel_spans *spans, const ProtobufCBinaryData *bytes)
{
	return otel_spans_text(spans, bytes->data, bytes->len);
}

static void add_attributes(struct otel_spans *spans, struct otel_attributes *attributes,
			   Otlp__KeyValue *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const Otlp__AnyValue *any = list[i]->value;
		struct otel_value value;

		switch (any != NULL ? any->value_case : OTLP__ANY_VALUE__VALUE__NOT_SET) {
		case OTLP__ANY_VALUE__VALUE_STRING_VALUE:
			value.kind = OTEL_VALUE_TEXT;
			value.text = text_of(spans, &any->string_value);
			break;
		case OTLP__ANY_VALUE__VALUE_BOOL_VALUE:
			value.kind = OTEL_VALUE_BOOL;
			value.is_true = any->bool_value;
			break;
		case OTLP__ANY_VALUE__VALUE_INT_VALUE:
			value.kind = OTEL_VALUE_INT;
			value.number = any->int_value;
			break;
		case OTLP__ANY_VALUE__VALUE_DOUBLE_VALUE:
			value.kind = OTEL_VALUE_REAL;
			value.real = any->double_value;
			break;
		default:
			continue;
		}
		otel_attributes_add(attributes, text_of(spans, &list[i]->key), &value);
	}
}

/* Times that do not fit are 0, which no span has. */
static int64_t time_of(uint64_t unix_ns)
{
	return unix_ns <= INT64_MAX ? (int64_t)unix_ns : 0;
}

static void add_span(struct otel_spans *spans, const Otlp__Span *from, struct otel_decoded *decoded)
{
	struct otel_span *span = otel_spans_add(spans);

	set_id(span->trace_id, sizeof(span->trace_id), &from->trace_id);
	set_id(span->span_id, sizeof(span->span_id), &from->span_id);
	set_id(span->parent_id, sizeof(span->parent_id), &from->parent_span_id);
	span->start_unix_ns = time_of(from->start_time_unix_nano);
	span->end_unix_ns = time_of(from->end_time_unix_nano);
	if (!otel_decode_admit(spans, decoded))
		return;
	span->name = text_of(spans, &from->name);
	span->kind = from->kind <= OTEL_KIND_CONSUMER ? (enum otel_kind)from->kind
						      : OTEL_KIND_UNSPECIFIED;
	if (from->status != NULL) {
		span->status = from->status->code <= OTEL_STATUS_ERROR
				       ? (enum otel_status)from->status->code
				       : OTEL_STATUS_UNSET;
		span->status_text = text_of(spans, &from->status->message);
	}
	add_attributes(spans, &span->attributes, from->attributes, from->n_attributes);
}

int otel_decode_protobuf(const void *bytes, size_t len, struct otel_spans *spans,
			 struct otel_decoded *ret_decoded, struct jo_err *err)
{
	size_t left = MEMORY_MAX;
	ProtobufCAllocator allocator = {take, give_back, &left};
	Otlp__ExportTraceServiceRequest *request;

	if (len > OTEL_MESSAGE_MAX)
		return jo_err_set(err, -E2BIG, "%zu bytes, expected at most %d", len,
				  OTEL_MESSAGE_MAX);
	request = otlp__export_trace_service_request__unpack(&allocator, len, bytes);
	if (request == NULL)
		return jo_err_set(err, -EBADMSG,
				  "no ExportTraceServiceRequest in protobuf, or one of far more "
				  "parts than spans have");
	*ret_decoded = (struct otel_decoded){0};
	for (size_t i = 0; i < request->n_resource_spans; i++) {
		const Otlp__ResourceSpans *resource = request->resource_spans[i];

		otel_spans_add_resource(spans);
		if (resource->resource != NULL)
			add_attributes(spans, otel_spans_resource(spans),
				       resource->resource->attributes,
				       resource->resource->n_attributes);
		for (size_t j = 0; j < resource->n_scope_spans; j++)
			for (size_t k = 0; k < resource->scope_spans[j]->n_spans; k++)
				add_span(spans, resource->scope_spans[j]->spans[k], ret_decoded);
	}
	otlp__export_trace_service_request__free_unpacked(request, &allocator);
	return 0;
}
