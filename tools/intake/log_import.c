/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files of logs, one after the other. */
#include "intake/log_import.h"

#include <stdlib.h>

#include "intake/line_rows.h"
#include "intake/log_format.h"
#include "util/alloc.h"

struct log_import {
	struct line_files files;
	struct log_format *format;
	bool has_failed;
	bool has_told; /* that lines do not say when they were */
};

int log_import_open(const struct source_request *request, const char *pattern, void **ret_reader,
		    struct jo_err *err)
{
	struct log_import *import = xcalloc(1, sizeof(*import));
	int rc = log_format_new(pattern, request->shared[SOURCE_MAP], NULL, &import->format, err);

	if (rc == 0)
		rc = line_files_open(&import->files, log_format_lines(import->format),
				     import->format, request, request->files, request->file_count,
				     err);
	if (rc < 0) {
		log_format_free(import->format);
		free(import);
		return rc;
	}
	*ret_reader = import;
	return 0;
}

int log_import_next(void *reader, struct source_block *block, struct jo_err *err)
{
	struct log_import *import = reader;
	int rc = line_files_next(&import->files, block, err);

	import->has_failed |= rc < 0;
	if (log_format_has_guessed(import->format) && !import->has_told) {
		import->has_told = true;
		source_block_note(block,
				  "lines do not say when they were: each job is taken to have "
				  "ended when its file was written last; --map end=NAME or "
				  "start=NAME tells it");
	}
	return rc;
}

int log_import_close(void *reader, struct jo_err *err)
{
	struct log_import *import = reader;
	int rc = import->has_failed ? 0 : log_format_check(import->format, err);

	if (rc < 0)
		(void)jo_err_prefix(err, "%s", import->files.paths[0]);
	line_files_close(&import->files);
	log_format_free(import->format);
	free(import);
	return rc;
}
