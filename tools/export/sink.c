/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of forms, and the steps of a selection through one of them. */
#include "export/sink.h"

#define SINK_ADDRESS(name) &sink_##name,
const struct sink *const sinks[SINK_COUNT] = {SINKS(SINK_ADDRESS)};

static int write_steps(const struct sink *sink, void *writer, struct store_judged *steps,
		       struct jo_err *err)
{
	struct judged_step row;
	int rc;

	while ((rc = store_judged_next(steps, &row, err)) > 0) {
		rc = sink->write(writer, &row, err);
		if (rc < 0)
			break;
	}
	return rc;
}

int sink_run(const struct sink *sink, const struct sink_request *request, struct jo_err *err)
{
	struct store_judged *steps = NULL;
	void *writer;
	int rc = 0, close_rc;

	if (sink->subject == SINK_STEPS)
		rc = store_judged_open(request->store, request->selection, NULL, &steps, err);
	if (rc == 0)
		rc = sink->open(request, &writer, err);
	if (rc < 0)
		goto out;
	if (sink->subject == SINK_STEPS)
		rc = write_steps(sink, writer, steps, err);
	close_rc = sink->close(writer, rc == 0, rc == 0 ? err : NULL);
	rc = rc < 0 ? rc : close_rc;
out:
	store_judged_close(steps);
	return rc;
}
