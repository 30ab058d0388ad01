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
	int rc = step_json_make(writer->store, row, &object, err);

	if (rc < 0)
		return rc;
	(void)json_dumpf(object, writer->fp, JSON_COMPACT);
	(void)fputc('\n', writer->fp);
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
