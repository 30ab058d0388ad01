/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lines that the checks of doctor print. */
#include "cmd/doctor.h"

#include <stdarg.h>
#include <stdio.h>

#include "joboutliers/utf8.h"
#include "util/strbuf.h"

void doctor_tell(struct doctor *doctor, enum doctor_grade grade, const char *format, ...)
{
	static const char *const words[] = {"ok", "warn", "FAIL"};
	struct strbuf line;
	va_list ap;

	strbuf_init(&line);
	va_start(ap, format);
	strbuf_vaddf(&line, format, ap);
	va_end(ap);
	jo_utf8_mask(line.text);
	(void)printf("%-5s%-10s%s\n", words[grade], doctor->subject, line.text);
	strbuf_release(&line);
	doctor->counts[grade]++;
}
