/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps as JSON, one object a line. */
#include "export/sink.h"
#include "export/step_json.h"
#include "util/alloc.h"

#include <stdlib.h>

static int open_json(const struct sink_request *request, void **ret_writer, struct jo_err *err)
{
	struct sink_request *writer = xmalloc(sizeof(*writer));

	(void)err;
	*writer = *request;
	*ret_writer = writer;
	return 0;
}

static int write_json(void *context, const struct judged_step *row, struct jo_err *err)
{
	const struct sink_request *writer = context;
	json_t *object;
	char *text;
	int rc = step_json_make(writer->store, row, &object, err);

	if (rc < 0)
		return rc;
	/* Into a file it would be written in some 600 pieces. */
	text = json_dumps(object, JSON_COMPACT);
	if (text == NULL)
		abort(); /* no memory: all of it can be written */
	(void)fprintf(writer->fp, "%s\n", text);
	free(text);
	json_decref(object);
	return 0;
}

static int close_json(void *context, bool is_whole, struct jo_err *err)
{
	(void)is_whole;
	(void)err;
	free(context);
	return 0;
}

const struct sink sink_json = {
	.word = "json",
	.help = "print steps as JSON, one object a line",
	.subject = SINK_STEPS,
	.open = open_json,
	.write = write_json,
	.close = close_json,
};
