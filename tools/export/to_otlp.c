/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps as spans, in the protocol's file form: a TracesData in JSON on each line. */
#include <stdlib.h>
#include <string.h>

#include "export/otlp_span.h"
#include "export/sink.h"
#include "otel/encode.h"
#include "util/alloc.h"
#include "util/replace.h"

/* Bytes of a line, about: readers take one at a time into memory. */
#define LINE_BYTES (1 << 20)

/* Spans of a line at most, so that a site's history is not in memory at once. */
#define LINE_SPANS 1000

/* A span has names of users and jobs. */
#define FILE_MODE 0600

struct otlp_writer {
	FILE *fp; /* NULL: to path */
	const char *path;
	struct otel_spans spans;
	struct strbuf text;
};

static int open_otlp(const struct sink_request *request, void **ret_writer, struct jo_err *err)
{
	struct otlp_writer *writer = xcalloc(1, sizeof(*writer));

	(void)err;
	writer->fp = strcmp(request->path, "-") == 0 ? request->fp : NULL;
	writer->path = request->path;
	otel_spans_init(&writer->spans);
	strbuf_init(&writer->text);
	*ret_writer = writer;
	return 0;
}

/* On standard output as they come; a file is written as a whole. */
static void flush_spans(struct otlp_writer *writer)
{
	for (size_t next = 0; next < writer->spans.count;)
		next = otel_encode_json(&writer->spans, next, LINE_BYTES, &writer->text);
	otel_spans_release(&writer->spans);
	if (writer->fp == NULL)
		return;
	(void)fwrite(writer->text.text, 1, writer->text.len, writer->fp);
	strbuf_reset(&writer->text);
}

static int write_otlp(void *context, const struct judged_step *row, struct jo_err *err)
{
	struct otlp_writer *writer = context;

	(void)err;
	(void)otlp_span_add(&writer->spans, row, OTLP_SERVICE_NAME, "");
	if (writer->spans.count == LINE_SPANS)
		flush_spans(writer);
	return 0;
}

static int close_otlp(void *context, bool is_whole, struct jo_err *err)
{
	struct otlp_writer *writer = context;
	int rc = 0;

	if (is_whole)
		flush_spans(writer);
	else
		otel_spans_release(&writer->spans);
	if (is_whole && writer->fp == NULL)
		rc = replace_file(writer->path, writer->text.text, writer->text.len, FILE_MODE,
				  err);
	strbuf_release(&writer->text);
	free(writer);
	return rc;
}

const struct sink sink_otlp = {
	.word = "otlp",
	.argument = "FILE",
	.help = "write steps as spans of OpenTelemetry, JSON, to FILE; -: print them",
	.subject = SINK_STEPS,
	.open = open_otlp,
	.write = write_otlp,
	.close = close_otlp,
};
