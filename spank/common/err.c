/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fills struct jo_err without allocating, so that it works when nothing else does. */
#include "joboutliers/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Whatever was quoted in the text may be hostile; one line stays one line. */
static void finish_text(char *text, size_t size, int needed)
{
	if (needed >= (int)size)
		memcpy(text + size - 4, "...", 4);
	for (char *c = text; *c != '\0'; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = '?';
}

__attribute__((format(printf, 4, 0))) static int
set_text(struct jo_err *err, int code, int sys_errno, const char *format, va_list ap)
{
	int saved_errno = errno;
	int needed;

	if (err == NULL)
		return code;
	err->code = code;
	needed = vsnprintf(err->text, sizeof(err->text), format, ap);
	if (sys_errno != 0 && needed >= 0 && needed < (int)sizeof(err->text))
		needed += snprintf(err->text + needed, sizeof(err->text) - (size_t)needed, ": %s",
				   strerror(sys_errno));
	finish_text(err->text, sizeof(err->text), needed);
	errno = saved_errno;
	return code;
}

int jo_err_set(struct jo_err *err, int code, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	(void)set_text(err, code, 0, format, ap);
	va_end(ap);
	return code;
}

int jo_err_sys(struct jo_err *err, int code, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	(void)set_text(err, code, -code, format, ap);
	va_end(ap);
	return code;
}

int jo_err_prefix(struct jo_err *err, const char *format, ...)
{
	struct jo_err inner, prefix;
	va_list ap;

	if (err == NULL)
		return 0;
	inner = *err;
	va_start(ap, format);
	(void)set_text(&prefix, inner.code, 0, format, ap);
	va_end(ap);
	return jo_err_set(err, inner.code, "%s: %s", prefix.text, inner.text);
}
