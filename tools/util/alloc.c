/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory that is there or ends the program. */
#include "util/alloc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *must(void *memory)
{
	if (memory == NULL) {
		fputs("sjoboutliers: out of memory\n", stderr);
		abort();
	}
	return memory;
}

/* malloc(0) may give NULL; one byte more costs nothing. */
void *xmalloc(size_t size)
{
	return must(malloc(size > 0 ? size : 1));
}

void *xcalloc(size_t count, size_t size)
{
	return must(calloc(count > 0 ? count : 1, size > 0 ? size : 1));
}

void *xreallocarray(void *array, size_t count, size_t size)
{
	return must(reallocarray(array, count > 0 ? count : 1, size > 0 ? size : 1));
}

char *xstrdup(const char *text)
{
	return must(strdup(text));
}

char *xstrndup(const char *text, size_t len)
{
	return must(strndup(text, len));
}

char *xasprintf(const char *format, ...)
{
	char *text = NULL;
	va_list ap;
	int len;

	va_start(ap, format);
	len = vasprintf(&text, format, ap);
	va_end(ap);
	return must(len < 0 ? NULL : text);
}
