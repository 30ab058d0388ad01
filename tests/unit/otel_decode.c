/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Spans of the wire and of files: what is refused first, then what both forms say. */
#include "otel/decode.h"
#include "otel/encode.h"
#include "otlp.pb-c.h"
#include "tap.h"

#include <errno.h>
#include <stdlib.h>

#include "util/alloc.h"

#define TRACE "0af7651916cd43dd8448eb211c80319c"
#define SPAN "b7ad6b7169203331"
#define TIMES                                                                                      \
	"\"startTimeUnixNano\":\"1700000000000000000\",\"endTimeUnixNano\":1700000005000000000"
#define ONE(members) "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{" members "}]}]}]}"
#define GOOD(members) ONE("\"traceId\":\"" TRACE "\",\"spanId\":\"" SPAN "\"," TIMES members)

static int decode_text(const char *text, struct otel_spans *spans, struct otel_decoded *decoded,
		       struct jo_err *err)
{
	*err = (struct jo_err){0};
	otel_spans_init(spans);
	return otel_decode_json(text, strlen(text), spans, decoded, err);
}

static void refuses_texts(void)
{
	static const struct {
		const char *text, *in_error;
	} rows[] = {
		{"", "byte"},
		{"nonsense", "byte"},
		{"[]", "resourceSpans"},
		{"{\"resourceSpans\":{}}", "a list"},
		{"{\"resourceSpans\":[", "byte"},
		{"{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"kind\":99999999999999999999}]"
		 "}]}]}",
		 "integer"},
	};
	struct otel_decoded decoded;
	struct otel_spans spans;
	struct jo_err err;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		is_int(decode_text(rows[i].text, &spans, &decoded, &err), -EBADMSG, "'%s'",
		       rows[i].text);
		ok(strstr(err.text, rows[i].in_error) != NULL, "it says: %s", err.text);
		is_int(spans.count, 0, "and adds none");
		otel_spans_release(&spans);
	}
}

static void refuses_spans(void)
{
	static const struct {
		const char *text, *in_reason;
	} rows[] = {
		{ONE("\"spanId\":\"" SPAN "\"," TIMES), "traceId"},
		{ONE("\"traceId\":\"CvdlGRbNQ92ESOshHIAxnA==\",\"spanId\":\"" SPAN "\"," TIMES),
		 "traceId"},
		{ONE("\"traceId\":\"00000000000000000000000000000000\",\"spanId\":\"" SPAN
		     "\"," TIMES),
		 "traceId"},
		{ONE("\"traceId\":\"" TRACE "\",\"spanId\":\"b7ad\"," TIMES), "spanId"},
		{ONE("\"traceId\":\"" TRACE "\",\"spanId\":\"" SPAN "\""), "endTimeUnixNano"},
		{ONE("\"traceId\":\"" TRACE "\",\"spanId\":\"" SPAN
		     "\",\"startTimeUnixNano\":\"2\",\"endTimeUnixNano\":\"1\""),
		 "endTimeUnixNano"},
		{ONE("\"traceId\":\"" TRACE "\",\"spanId\":\"" SPAN
		     "\",\"startTimeUnixNano\":\"1\",\"endTimeUnixNano\":\"18446744073709551615\""),
		 "endTimeUnixNano"},
	};
	struct otel_decoded decoded;
	struct otel_spans spans;
	struct jo_err err;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		is_int(decode_text(rows[i].text, &spans, &decoded, &err), 0, "%s", rows[i].text);
		is_int(decoded.refused_count, 1, "refuses the span");
		ok(decoded.refused_reason != NULL &&
			   strstr(decoded.refused_reason, rows[i].in_reason) != NULL,
		   "it says: %s", decoded.refused_reason);
		is_int(spans.count, 0, "and adds none");
		otel_spans_release(&spans);
	}
}

/* More of it than anybody means. */
static void refuses_too_much(void)
{
	size_t size = OTEL_MESSAGE_MAX;
	char *bytes = xmalloc(size + 1);
	struct otel_decoded decoded;
	struct otel_spans spans;

	otel_spans_init(&spans);
	memset(bytes, ' ', size + 1);
	is_int(otel_decode_json(bytes, size + 1, &spans, &decoded, NULL), -E2BIG, "a long text");
	is_int(otel_decode_protobuf(bytes, size + 1, &spans, &decoded, NULL), -E2BIG,
	       "a long message");
	for (size_t i = 0; i + 3 <= size; i += 3)
		memcpy(bytes + i, "{},", 3);
	is_int(otel_decode_json(bytes, size, &spans, &decoded, NULL), -E2BIG,
	       "a text of millions of values");
	memset(bytes, '[', size);
	is_int(otel_decode_json(bytes, size, &spans, &decoded, NULL), -E2BIG, "a deep text");
	is_int(otel_decode_json(bytes, 500000, &spans, &decoded, NULL), -EBADMSG,
	       "a text that is less deep");
	/* Field 1, of no bytes: an empty ResourceSpans each. */
	for (size_t i = 0; i + 2 <= size; i += 2)
		memcpy(bytes + i, "\x0a\x00", 2);
	is_int(otel_decode_protobuf(bytes, size, &spans, &decoded, NULL), -EBADMSG,
	       "a message of millions of parts");
	is_int(spans.count, 0, "none is added");
	free(bytes);
	otel_spans_release(&spans);
}

static void reads_text(void)
{
	static const char text[] =
		"{\"resourceSpans\":[{\"resource\":{\"attributes\":[{\"key\":\"service.name\","
		"\"value\":{"
		"\"stringValue\":\"quotes\"}}]},\"scopeSpans\":[{\"scope\":{\"name\":\"x\"},"
		"\"spans\":[{"
		"\"traceId\":\"0AF7651916CD43DD8448EB211C80319C\",\"spanId\":\"" SPAN
		"\",\"parentSpanId\":"
		"\"00f067aa0ba902b7\",\"flags\":769,\"novelty\":{\"a\":[1]},\"name\":\"main\\u001b["
		"1m\","
		"\"kind\":2," TIMES ",\"status\":{\"code\":2,\"message\":\"no \\\"input\\\"\"},"
		"\"attributes\":[{\"key\":\"input_size\",\"value\":{\"intValue\":"
		"\"9007199254740993\"}},"
		"{\"key\":\"words\",\"value\":{\"intValue\":174}},{\"key\":\"rate\",\"value\":{"
		"\"doubleValue\""
		":0.5}},{\"key\":\"dry\",\"value\":{\"boolValue\":true}},{\"key\":\"list\","
		"\"value\":{"
		"\"arrayValue\":{\"values\":[]}}}]}]}]},{\"resource\":null},7]}";
	char buf[OTEL_VALUE_SIZE];
	struct otel_decoded decoded;
	struct otel_spans spans;
	struct strbuf line;
	struct jo_err err;

	is_int(decode_text(text, &spans, &decoded, &err), 0, "a text is read");
	/* As it was written, and as it reads when it was written again. */
	for (int i = 0; i < 2 && spans.count == 1; i++) {
		const struct otel_span *span = &spans.list[0];

		is_str(span->trace_id, TRACE, "its trace");
		is_str(span->span_id, SPAN, "its id");
		is_str(span->parent_id, "00f067aa0ba902b7", "its parent");
		is_str(span->name, "main?[1m", "its name, which drives no terminal");
		is_int(span->kind, OTEL_KIND_SERVER, "its kind");
		is_int(span->start_unix_ns, INT64_C(1700000000000000000), "its start");
		is_int(span->end_unix_ns, INT64_C(1700000005000000000), "its end");
		is_int(span->status, OTEL_STATUS_ERROR, "its status");
		is_str(span->status_text, "no \"input\"", "which says why");
		is_int(span->attributes.count, 4, "its attributes but a list");
		is_str(otel_value_text(otel_attributes_get(&span->attributes, "input_size"), buf),
		       "9007199254740993", "all 64 bits of a number");
		is_str(otel_value_text(otel_attributes_get(&span->attributes, "words"), buf), "174",
		       "a number that is none in a text");
		is_str(otel_value_text(otel_attributes_get(&span->attributes, "rate"), buf), "0.5",
		       "a fraction");
		is_str(otel_value_text(otel_attributes_get(&span->attributes, "dry"), buf), "true",
		       "a truth");
		ok(otel_attributes_get(&span->attributes, "list") == NULL, "no list");
		is_str(otel_value_text(
			       otel_attributes_get(&spans.resources[span->resource].attributes,
						   "service.name"),
			       buf),
		       "quotes", "its service");
		strbuf_init(&line);
		is_int(otel_encode_json(&spans, 0, 1, &line), 1, "it is written");
		otel_spans_release(&spans);
		is_int(decode_text(line.text, &spans, &decoded, &err), 0, "and read: %s",
		       line.text);
		strbuf_release(&line);
	}
	is_int(spans.count, 1, "once");
	otel_spans_release(&spans);

	is_int(decode_text("{}", &spans, &decoded, &err), 0, "a message of nothing");
	is_int(decode_text(GOOD(",\"parentSpanId\":\"0000000000000000\""), &spans, &decoded, &err),
	       0, "a parent of zeros");
	is_str(spans.count == 1 ? spans.list[0].parent_id : NULL, "", "is none");
	otel_spans_release(&spans);
}

static void reads_protobuf(void)
{
	uint8_t trace[16] = {1, [15] = 0xff}, id[8] = {2}, short_id[4] = {3};
	Otlp__AnyValue number, list;
	Otlp__KeyValue pair = OTLP__KEY_VALUE__INIT, of_list = OTLP__KEY_VALUE__INIT,
		       *pairs[] = {&pair, &of_list};
	Otlp__Status status = OTLP__STATUS__INIT;
	Otlp__Span span = OTLP__SPAN__INIT, bad = OTLP__SPAN__INIT, *list_of[] = {&span, &bad};
	Otlp__ScopeSpans scope = OTLP__SCOPE_SPANS__INIT, *scopes[] = {&scope};
	Otlp__ResourceSpans resource = OTLP__RESOURCE_SPANS__INIT, *resources[] = {&resource};
	Otlp__ExportTraceServiceRequest request = OTLP__EXPORT_TRACE_SERVICE_REQUEST__INIT;
	struct otel_decoded decoded;
	struct otel_spans spans;
	uint8_t bytes[1024];
	char buf[OTEL_VALUE_SIZE];
	size_t len;

	otlp__any_value__init(&number);
	otlp__any_value__init(&list);
	number.value_case = OTLP__ANY_VALUE__VALUE_INT_VALUE;
	number.int_value = -5;
	pair.key = (ProtobufCBinaryData){5, (uint8_t *)"wor\0d"};
	pair.value = &number;
	/* What would be deep, were it not bytes to us. */
	list.value_case = OTLP__ANY_VALUE__VALUE_ARRAY_VALUE;
	list.array_value = (ProtobufCBinaryData){4, (uint8_t *)"\x0a\x02\x2a\x00"};
	of_list.key = (ProtobufCBinaryData){4, (uint8_t *)"list"};
	of_list.value = &list;
	status.code = 2;
	status.message = (ProtobufCBinaryData){3, (uint8_t *)"why"};
	span.trace_id = (ProtobufCBinaryData){16, trace};
	span.span_id = (ProtobufCBinaryData){8, id};
	span.name = (ProtobufCBinaryData){4, (uint8_t *)"ma\xffn"};
	span.start_time_unix_nano = 1;
	span.end_time_unix_nano = 3;
	span.status = &status;
	span.attributes = pairs;
	span.n_attributes = 2;
	bad = span;
	bad.span_id = (ProtobufCBinaryData){4, short_id};
	scope.spans = list_of;
	scope.n_spans = 2;
	resource.scope_spans = scopes;
	resource.n_scope_spans = 1;
	request.resource_spans = resources;
	request.n_resource_spans = 1;
	len = otlp__export_trace_service_request__pack(&request, bytes);

	otel_spans_init(&spans);
	is_int(otel_decode_protobuf("", 0, &spans, &decoded, NULL), 0, "a message of nothing");
	is_int(otel_decode_protobuf(bytes, len - 1, &spans, &decoded, NULL), -EBADMSG,
	       "one that is cut short");
	is_int(spans.count, 0, "adds none");
	is_int(otel_decode_protobuf(bytes, len, &spans, &decoded, NULL), 0, "a message is read");
	is_int(decoded.refused_count, 1, "but what nobody could take");
	is_int(spans.count, 1, "the others are there");
	is_str(spans.list[0].trace_id, "010000000000000000000000000000ff", "its trace");
	is_str(spans.list[0].span_id, "0200000000000000", "its id");
	is_str(spans.list[0].parent_id, "", "it has no parent");
	is_str(spans.list[0].name, "ma?n", "its name, whatever bytes it had");
	is_int(spans.list[0].end_unix_ns, 3, "its end");
	is_int(spans.list[0].status, OTEL_STATUS_ERROR, "its status");
	is_str(spans.list[0].status_text, "why", "which says why");
	is_int(spans.list[0].attributes.count, 1, "its attributes but a list");
	is_str(spans.list[0].attributes.list[0].key, "wor?d", "a key, whatever bytes it had");
	is_str(otel_value_text(&spans.list[0].attributes.list[0].value, buf), "-5", "a number");
	otel_spans_release(&spans);
}

/* A text that is too long ends with a whole character, or with what is none. */
static void cuts_texts(void)
{
	static const struct {
		const char *name, *piece;
		size_t kept;
	} cases[] = {
		{"one byte each", "a", OTEL_TEXT_MAX},
		{"two", "\u00fc", OTEL_TEXT_MAX},
		{"three", "\u20ac", OTEL_TEXT_MAX - 1},
		{"four", "\U0001f600", OTEL_TEXT_MAX},
		{"three, and two before them", "\u20ac", OTEL_TEXT_MAX - 2},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t piece = strlen(cases[i].piece);
		struct otel_spans spans;
		struct strbuf long_text;
		const char *text;

		otel_spans_init(&spans);
		strbuf_init(&long_text);
		if (i == 4)
			strbuf_adds(&long_text, "aa");
		while (long_text.len < 2 * OTEL_TEXT_MAX)
			strbuf_adds(&long_text, cases[i].piece);
		text = otel_spans_text(&spans, long_text.text, long_text.len);
		is_int(strlen(text), cases[i].kept, "%s: as much as fits", cases[i].name);
		is_str(text + strlen(text) - piece, cases[i].piece, "and ends so");
		otel_spans_release(&spans);
		strbuf_release(&long_text);
	}
}

/* A line has an end for its readers: what is more goes into the next one. */
static void writes_lines(void)
{
	struct otel_decoded decoded;
	struct otel_spans spans, again;
	size_t first = 0, lines = 0;
	struct jo_err err;

	decode_text(GOOD(""), &spans, &decoded, &err);
	for (int i = 0; i < 3; i++) {
		struct otel_span *span;

		if (i == 1)
			otel_spans_add_resource(&spans);
		span = otel_spans_add(&spans);
		memcpy(span->trace_id, TRACE, sizeof(TRACE));
		(void)snprintf(span->span_id, sizeof(span->span_id), "%016d", i + 1);
		span->start_unix_ns = span->end_unix_ns = 1;
	}
	otel_spans_init(&again);
	while (first < spans.count) {
		struct strbuf line;

		strbuf_init(&line);
		first = otel_encode_json(&spans, first, 600, &line);
		lines++;
		ok(strchr(line.text, '\n') == line.text + line.len - 1, "a line");
		is_int(otel_decode_json(line.text, line.len, &again, &decoded, &err), 0,
		       "which can be read");
		strbuf_release(&line);
	}
	is_int(lines, 2, "four spans in lines of about 600 bytes");
	is_int(again.count, 4, "all of them");
	is_int(again.resource_count, 3, "a resource in each line where it has spans");
	is_str(again.list[3].span_id, "0000000000000003", "in their order");
	otel_spans_release(&again);
	otel_spans_release(&spans);
}

int main(void)
{
	refuses_texts();
	refuses_spans();
	refuses_too_much();
	reads_text();
	reads_protobuf();
	writes_lines();
	cuts_texts();
	return tap_done();
}
