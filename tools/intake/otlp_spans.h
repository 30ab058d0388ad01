/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Spans into what the store knows.  A root with an input size is a step of its own, of a program
 * that Slurm knows nothing of; all others are the details of some step, which the store finds.
 * Private to intake/.
 */
#ifndef INTAKE_OTLP_SPANS_H
#define INTAKE_OTLP_SPANS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "intake/source.h"
#include "otel/spans.h"

/* Spans that were decoded and are being handed out. */
struct otlp_spans {
	const struct source_request *request;
	const struct source_otlp *rules;
	struct otel_spans spans;
	size_t at;                /* the next one to hand out */
	int64_t received_unix_us; /* of those that were decoded last */
};

/* None; the request is the caller's. */
void otlp_spans_init(struct otlp_spans *spans, const struct source_request *request);

/* Free them. */
void otlp_spans_release(struct otlp_spans *spans);

/*
 * Decode a line of JSON, when those before it were handed out; received is when the receiver had
 * it, JO_MISSING for a file of the admin's.  Spans that nobody could take in are refused into the
 * block under this name.  Returns 0 or -EBADMSG, -E2BIG.
 */
int otlp_spans_decode(struct otlp_spans *spans, const char *line, size_t len, const char *name,
		      int64_t received_unix_us, struct source_block *block, struct jo_err *err);

/* Hand out as many as the block has room for; whether that were all. */
bool otlp_spans_next(struct otlp_spans *spans, struct source_block *block);

#endif
