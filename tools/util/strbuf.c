/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A text that grows by doubling. */
#include "util/strbuf.h"
#include "util/alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char empty_text[1];

void strbuf_init(struct strbuf *buf)
{
	buf->text = empty_text;
	buf->len = 0;
	buf->size = 0;
}

void strbuf_release(struct strbuf *buf)
{
	if (buf->size > 0)
		free(buf->text);
	strbuf_init(buf);
}

void strbuf_reset(struct strbuf *buf)
{
	buf->len = 0;
	if (buf->size > 0)
		buf->text[0] = '\0';
}

void strbuf_truncate(struct strbuf *buf, size_t len)
{
	if (len >= buf->len)
		return;
	buf->len = len;
	buf->text[len] = '\0';
}

static void reserve(struct strbuf *buf, size_t more)
{
	size_t size = buf->size > 0 ? buf->size : 64;

	while (size <= buf->len + more)
		size *= 2;
	if (size == buf->size)
		return;
	buf->text = xreallocarray(buf->size > 0 ? buf->text : NULL, size, 1);
	buf->text[buf->len] = '\0';
	buf->size = size;
}

void strbuf_add(struct strbuf *buf, const void *bytes, size_t len)
{
	reserve(buf, len);
	memcpy(buf->text + buf->len, bytes, len);
	buf->len += len;
	buf->text[buf->len] = '\0';
}

void strbuf_adds(struct strbuf *buf, const char *text)
{
	strbuf_add(buf, text, strlen(text));
}

void strbuf_addc(struct strbuf *buf, char c)
{
	strbuf_add(buf, &c, 1);
}

void strbuf_vaddf(struct strbuf *buf, const char *format, va_list ap)
{
	va_list again;
	int len;

	va_copy(again, ap);
	len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (len < 0)
		return;
	reserve(buf, (size_t)len);
	(void)vsnprintf(buf->text + buf->len, (size_t)len + 1, format, ap);
	buf->len += (size_t)len;
}

void strbuf_addf(struct strbuf *buf, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	strbuf_vaddf(buf, format, ap);
	va_end(ap);
}

void strbuf_add_part(struct strbuf *buf, const char *format, ...)
{
	va_list ap;

	if (buf->len > 0)
		strbuf_adds(buf, ", ");
	va_start(ap, format);
	strbuf_vaddf(buf, format, ap);
	va_end(ap);
}

char *strbuf_detach(struct strbuf *buf)
{
	char *text = buf->size > 0 ? buf->text : xstrdup("");

	strbuf_init(buf);
	return text;
}
