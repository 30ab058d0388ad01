/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What programs log, line by line: values found by a pattern's named groups; or,
 * without a pattern, those of a line that is a JSON object (nested ones are called
 * "a.b") or has name=value in it.  Private to intake/.
 */
#ifndef INTAKE_LOG_FORMAT_H
#define INTAKE_LOG_FORMAT_H

#include "intake/line_rows.h"

struct log_format;

/*
 * A format of this pattern (NULL: none), with what --map says (NULL: nothing), for jobs of
 * this class (NULL: that of the file's name) where they do not say theirs.  Returns 0, or
 * -EINVAL or -EBADMSG with what is wrong with either.
 */
int log_format_new(const char *pattern, const char *map, const char *class_name,
		   struct log_format **ret_format, struct jo_err *err);

/* Free it; NULL is fine. */
void log_format_free(struct log_format *format);

/* How its lines are read; its context is the struct log_format. */
const struct line_format *log_format_lines(const struct log_format *format);

/* Whether a line did not say when it was. */
bool log_format_has_guessed(const struct log_format *format);

/* Once all lines of a file were read: 0, or -EBADMSG when none of them was a job; *err says what
 * there was instead. */
int log_format_check(const struct log_format *format, struct jo_err *err);

#endif
