/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Import of structured logs: lines that are JSON objects, whose nested names are
 * joined by dots, or have name=value in them.  --map says which name is which column,
 * and what is not mapped is a column where it is called like one.  Otherwise as
 * intake/from_log.c.
 */
#include "intake/log_import.h"

static int open_jsonl(const struct source_request *request, void **ret_reader, struct jo_err *err)
{
	return log_import_open(request, NULL, ret_reader, err);
}

static bool looks_like_jsonl(const char *line)
{
	return line[0] == '{';
}

static const struct source_option jsonl_options[] = {
	{"jsonl", "FILE", false,
	 "import lines that are JSON objects or have name=value in them, with --map; more files "
	 "may follow",
	 0},
	{NULL, NULL, false, NULL, 0},
};

const struct source source_jsonl = {
	.noun = "line",
	.step_source = STEP_SOURCE_JSONL,
	.options = jsonl_options,
	.takes = SOURCE_TAKES(SOURCE_MAP),
	.takes_files = true,
	.likeness = "JSON lines",
	.looks_like = looks_like_jsonl,
	.open = open_jsonl,
	.next = log_import_next,
	.close = log_import_close,
};
