/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Spans in the forms that others read. */
#ifndef OTEL_ENCODE_H
#define OTEL_ENCODE_H

#include <stddef.h>

#include "otel/spans.h"
#include "util/strbuf.h"

/*
 * Append the spans from first on to the text, as one TracesData in JSON, a line: as many as make it
 * about bytes_max long, one at least.  Returns the index of the first that has no place in it.
 */
size_t otel_encode_json(const struct otel_spans *spans, size_t first, size_t bytes_max,
			struct strbuf *buf);

#endif
