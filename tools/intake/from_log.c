/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Import of what programs log, by a pattern: lines that it matches are jobs, and its
 * named groups are their columns, as "elapsed=(?<wall_s>[0-9.]+) words=(?<attr_words>[0-9]+)".
 * --map gives groups other names.  Needed is wall_s alone, or start and end.
 *
 * When a job began is its start, or its end less wall_s; where a line has neither,
 * it ended when its file was written last.  Without a job's number each line has one
 * that is made of where it stands, so that reading it again does not make it another.
 */
#include <errno.h>

#include "intake/log_import.h"

enum { VALUE_PATH, VALUE_PATTERN };

static int open_log(const struct source_request *request, void **ret_reader, struct jo_err *err)
{
	const char *pattern = request->values[VALUE_PATTERN];

	if (pattern == NULL)
		return jo_err_set(err, -EINVAL,
				  "--log needs --pattern, such as 'took (?<wall_s>[0-9.]+) s'; "
				  "--jsonl reads name=value without one");
	return log_import_open(request, pattern, ret_reader, err);
}

static const struct source_option log_options[] = {
	[VALUE_PATH] = {"log", "FILE", false,
			"import the lines of a log that --pattern matches; more files may follow",
			0},
	[VALUE_PATTERN] = {"pattern", "REGEX", false,
			   "a regular expression whose named groups are columns, as "
			   "'took (?<wall_s>[0-9.]+) s'",
			   0},
	{NULL, NULL, false, NULL, 0},
};

const struct source source_log = {
	.noun = "line",
	.step_source = STEP_SOURCE_LOG,
	.options = log_options,
	.takes = SOURCE_TAKES(SOURCE_MAP),
	.takes_files = true,
	.open = open_log,
	.next = log_import_next,
	.close = log_import_close,
};
