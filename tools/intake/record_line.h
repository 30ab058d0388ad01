/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading the line that the plugin wrote.  Private to intake/ and its tests. */
#ifndef INTAKE_RECORD_LINE_H
#define INTAKE_RECORD_LINE_H

#include "joboutliers/record.h"

/*
 * Read the line [line, line + len), with its newline, into *ret_record.
 *
 * A line without a newline was cut short, by a full disk or a killed step, and
 * is refused rather than half read.  Fields that are not in jo_record_fields
 * are skipped, so that this reads the lines of a newer plugin.  Fields that are
 * in it must have their type, and those without which the record is of no use
 * must be there.
 *
 * Returns 0; -EBADMSG for what is not a whole record; or -EPROTO for a version
 * newer than JO_RECORD_VERSION.  *err then says where and what would be right,
 * and *ret_record is as good as empty.
 */
int record_line_parse(const char *line, size_t len, struct jo_record *ret_record,
		      struct jo_err *err);

#endif
