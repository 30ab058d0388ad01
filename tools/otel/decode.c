/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What both decoders ask of a span. */
#include "otel/decode.h"

/* What is wrong with it; NULL: nothing. */
static const char *fault_of(const struct otel_span *span)
{
	if (!otel_id_is_valid(span->trace_id, OTEL_TRACE_ID_SIZE - 1))
		return "traceId: expected 16 bytes that are not all 0";
	if (!otel_id_is_valid(span->span_id, OTEL_SPAN_ID_SIZE - 1))
		return "spanId: expected 8 bytes that are not all 0";
	if (span->start_unix_ns <= 0 || span->end_unix_ns < span->start_unix_ns)
		return "endTimeUnixNano: expected a time after startTimeUnixNano, and both before "
		       "the year 2262";
	return NULL;
}

bool otel_decode_admit(struct otel_spans *spans, struct otel_decoded *decoded)
{
	struct otel_span *span = &spans->list[spans->count - 1];
	const char *fault;

	if (!otel_id_is_valid(span->parent_id, OTEL_SPAN_ID_SIZE - 1))
		span->parent_id[0] = '\0';
	fault = fault_of(span);
	if (fault == NULL)
		return true;
	if (decoded->refused_count++ == 0)
		decoded->refused_reason = fault;
	spans->count--;
	return false;
}
