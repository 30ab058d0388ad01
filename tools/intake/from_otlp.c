/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Import of OpenTelemetry's files: a TracesData in JSON a line, as its file exporters write them,
 * gzip or not.  What spans become is for intake/otlp_spans.h.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "intake/otlp_spans.h"
#include "otel/decode.h"
#include "util/alloc.h"
#include "util/text_input.h"

struct otlp_import {
	const struct source_request *request;
	size_t file_at;           /* of the request's */
	struct text_input *input; /* of that; NULL: it is not open */
	struct otlp_spans spans;
};

/* Read the next line that has something: 1, 0 at the end of the file. */
static int read_line(struct otlp_import *import, struct source_block *block, struct jo_err *err)
{
	struct jo_err why;
	size_t len;
	char *line;
	int rc = text_input_line(import->input, &line, &len, err);

	if (rc == -EBADMSG) {
		source_block_refuse(block, NULL, err->text);
		return 1;
	}
	if (rc <= 0 || line[strspn(line, " \t")] == '\0')
		return rc;
	if (otlp_spans_decode(&import->spans, line, len, text_input_name(import->input), JO_MISSING,
			      block, &why) < 0) {
		(void)jo_err_prefix(&why, "%s:%" PRId64, text_input_name(import->input),
				    text_input_line_number(import->input));
		source_block_refuse(block, NULL, why.text);
	}
	return 1;
}

static int open_file(struct otlp_import *import, struct jo_err *err)
{
	int rc = text_input_open(import->request->files[import->file_at], &import->input, err);

	if (rc == 0)
		text_input_allow(import->input, OTEL_MESSAGE_MAX);
	return rc;
}

static int next_spans(void *context, struct source_block *block, struct jo_err *err)
{
	struct otlp_import *import = context;
	struct jo_err why;
	int rc = 1;

	while (rc >= 0 && otlp_spans_next(&import->spans, block) && !source_block_is_full(block)) {
		if (import->file_at == import->request->file_count)
			return 0;
		if (import->input == NULL)
			rc = open_file(import, err);
		if (rc >= 0)
			rc = read_line(import, block, &why);
		if (rc == 0) {
			text_input_close(import->input);
			import->input = NULL;
			import->file_at++;
		}
	}
	if (import->input != NULL)
		text_input_place(import->input, &block->done, &block->total);
	if (rc < 0 && err != NULL && import->input != NULL)
		*err = why;
	return rc < 0 ? rc : 1;
}

static int close_files(void *context, struct jo_err *err)
{
	struct otlp_import *import = context;

	(void)err;
	text_input_close(import->input);
	otlp_spans_release(&import->spans);
	free(import);
	return 0;
}

/* The first is opened, so that a wrong name is told. */
static int open_files(const struct source_request *request, void **ret_reader, struct jo_err *err)
{
	struct otlp_import *import = xcalloc(1, sizeof(*import));
	int rc;

	import->request = request;
	otlp_spans_init(&import->spans, request);
	rc = open_file(import, err);
	if (rc < 0)
		(void)close_files(import, NULL);
	else
		*ret_reader = import;
	return rc;
}

static bool looks_like_otlp(const char *line)
{
	return strncmp(line, "{\"resourceSpans\"", strlen("{\"resourceSpans\"")) == 0;
}

static const struct source_option otlp_options[] = {
	{"otlp", "FILE", false,
	 "import spans of OpenTelemetry, a TracesData in JSON a line; more files may follow", 0},
	{NULL, NULL, false, NULL, 0},
};

const struct source source_otlp = {
	.noun = "span",
	.step_source = STEP_SOURCE_OTLP,
	.options = otlp_options,
	.takes_files = true,
	.likeness = "spans of OpenTelemetry",
	.looks_like = looks_like_otlp,
	.open = open_files,
	.next = next_spans,
	.close = close_files,
};
