/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the ways in of logs have in common: the files of a request, in a format of logs.  Private to
 * intake/. */
#ifndef INTAKE_LOG_IMPORT_H
#define INTAKE_LOG_IMPORT_H

#include "intake/source.h"

/* As the functions of struct source; pattern may be NULL, as of log_format_new(). */
int log_import_open(const struct source_request *request, const char *pattern, void **ret_reader,
		    struct jo_err *err);
int log_import_next(void *reader, struct source_block *block, struct jo_err *err);
int log_import_close(void *reader, struct jo_err *err);

#endif
