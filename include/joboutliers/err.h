/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one error shape of the project: a negative errno to decide by, and one
 * line of text for a person.
 */
#ifndef JOBOUTLIERS_ERR_H
#define JOBOUTLIERS_ERR_H

#include <stddef.h>

/*
 * Owned by the caller, on the stack; untouched on success.  The text is one
 * line without a newline, names the object it is about, and is cut (ending in
 * "...") rather than allocated.
 */
struct jo_err {
	int code; /* negative errno */
	char text[320];
};

/*
 * Fill *err, which may be NULL, and return code, so that failing is one line:
 *
 *	return jo_err_set(err, -EBADMSG, "%s:%zu: expected a size", path, line);
 *
 * Control characters in the finished text become '?', so foreign text cannot
 * break a log line or drive a terminal.  errno is kept.
 */
int jo_err_set(struct jo_err *err, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* As jo_err_set, with ": " and the text of errno value -code after the message. */
int jo_err_sys(struct jo_err *err, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Put "prefix: " before the text that *err already holds; returns err->code (0 for NULL). */
int jo_err_prefix(struct jo_err *err, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
