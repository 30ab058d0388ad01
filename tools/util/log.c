/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line, whatever it quotes, in one write. */
#include "util/log.h"
#include "joboutliers/utf8.h"
#include "util/strbuf.h"

#include <stdarg.h>
#include <stdio.h>

void log_line(const char *format, ...)
{
	struct strbuf line;
	va_list ap;

	strbuf_init(&line);
	strbuf_adds(&line, "sjoboutliers: ");
	va_start(ap, format);
	strbuf_vaddf(&line, format, ap);
	va_end(ap);
	jo_utf8_mask(line.text);
	strbuf_addc(&line, '\n');
	(void)fflush(stdout); /* on a terminal both arrive in the order of events */
	(void)fputs(line.text, stderr);
	strbuf_release(&line);
}
