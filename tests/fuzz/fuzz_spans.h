/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What must hold of spans, whoever sent them in which form. */
#ifndef FUZZ_SPANS_H
#define FUZZ_SPANS_H

#include "fuzz.h"

#include <errno.h>

#include "otel/decode.h"
#include "otel/encode.h"

typedef int fuzz_decode(const char *bytes, size_t len, struct otel_spans *spans,
			struct otel_decoded *ret_decoded, struct jo_err *err);

static void fuzz_attributes(const struct otel_attributes *attributes)
{
	char buf[OTEL_VALUE_SIZE];

	fuzz_check(attributes->count <= OTEL_ATTRIBUTES_MAX);
	for (size_t i = 0; i < attributes->count; i++) {
		const char *text = otel_value_text(&attributes->list[i].value, buf);

		fuzz_check_text(attributes->list[i].key, OTEL_TEXT_MAX + 1);
		fuzz_check_text(text, OTEL_TEXT_MAX + 1);
	}
}

static void fuzz_spans(fuzz_decode *decode, const uint8_t *data, size_t size)
{
	struct otel_spans spans, again;
	struct otel_decoded decoded;
	struct jo_err err = {0};
	struct strbuf text, text_again;
	size_t first = 0;
	int rc;

	otel_spans_init(&spans);
	otel_spans_init(&again);
	strbuf_init(&text);
	strbuf_init(&text_again);
	rc = decode((const char *)data, size, &spans, &decoded, &err);
	fuzz_check(rc == 0 || rc == -EBADMSG || rc == -E2BIG);
	fuzz_check((rc == 0) == (err.text[0] == '\0'));
	fuzz_check(rc == 0 || spans.count == 0);
	for (size_t i = 0; i < spans.count; i++) {
		fuzz_check(otel_id_is_valid(spans.list[i].trace_id, OTEL_TRACE_ID_SIZE - 1));
		fuzz_check(otel_id_is_valid(spans.list[i].span_id, OTEL_SPAN_ID_SIZE - 1));
		fuzz_check(spans.list[i].end_unix_ns >= spans.list[i].start_unix_ns);
		fuzz_check(spans.list[i].resource < spans.resource_count);
		fuzz_check_text(spans.list[i].name, OTEL_TEXT_MAX + 1);
		fuzz_check_text(spans.list[i].status_text, OTEL_TEXT_MAX + 1);
		fuzz_attributes(&spans.list[i].attributes);
	}
	for (size_t i = 0; i < spans.resource_count; i++)
		fuzz_attributes(&spans.resources[i].attributes);
	while (first < spans.count) {
		size_t begin = text.len, next = otel_encode_json(&spans, first, 1000, &text);

		fuzz_check(next > first);
		fuzz_check(otel_decode_json(text.text + begin, text.len - begin, &again, &decoded,
					    NULL) == 0);
		fuzz_check(decoded.refused_count == 0);
		first = next;
	}
	fuzz_check(again.count == spans.count);
	for (first = 0; first < again.count;)
		first = otel_encode_json(&again, first, 1000, &text_again);
	fuzz_check(strcmp(text.text, text_again.text) == 0);
	strbuf_release(&text);
	strbuf_release(&text_again);
	otel_spans_release(&spans);
	otel_spans_release(&again);
}

#endif
