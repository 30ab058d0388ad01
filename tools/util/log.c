/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line, whatever it quotes, in one write. */
#include "util/log.h"
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
	for (size_t i = 0; i < line.len; i++)
		if ((unsigned char)line.text[i] < 0x20 || line.text[i] == 0x7f)
			line.text[i] = '?';
	strbuf_addc(&line, '\n');
	(void)fflush(stdout); /* on a terminal both arrive in the order of events */
	(void)fputs(line.text, stderr);
	strbuf_release(&line);
}
