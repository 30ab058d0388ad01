/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Spans out of what others wrote, protobuf and JSON: an ExportTraceServiceRequest, which a file
 * calls TracesData.  Events and links are passed by.  Nothing of it is trusted: how deep a reader
 * goes, and how much memory it takes, is for the limits here and not for the sender.
 */
#ifndef OTEL_DECODE_H
#define OTEL_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "joboutliers/err.h"
#include "otel/spans.h"

/* Bytes of a message: the Collector's largest batch by default, 8,192 spans, of 2 kB each. */
#define OTEL_MESSAGE_MAX (16 << 20)

struct otel_decoded {
	int64_t refused_count; /* spans of a message that was read, which nobody could take in */
	const char *refused_reason; /* of the first of them, a constant; or NULL */
};

/*
 * Add the message's spans to those that are there, which stay as they are when it fails.
 *
 * Returns 0; -EBADMSG for what is no such message, and *err says what is wrong with it; or -E2BIG
 * for one that is longer than OTEL_MESSAGE_MAX or would be so much memory that nobody means it.
 */
int otel_decode_protobuf(const void *bytes, size_t len, struct otel_spans *spans,
			 struct otel_decoded *ret_decoded, struct jo_err *err);

/* As otel_decode_protobuf(), for JSON as the protocol has it: ids in hex, numbers also as texts. */
int otel_decode_json(const char *text, size_t len, struct otel_spans *spans,
		     struct otel_decoded *ret_decoded, struct jo_err *err);

/*
 * Whether the span that was added last is one that somebody could take in; else it is counted and
 * gone.  Zeros in the place of a parent are no parent.  Private to otel/.
 */
bool otel_decode_admit(struct otel_spans *spans, struct otel_decoded *decoded);

#endif
