/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory that is there or ends the program. */
#include "util/alloc.h"

#include <glib.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Other threads may hold any lock, so nothing is flushed: what was not committed never happened. */
void alloc_failed(void)
{
	static const char text[] = "sjoboutliers: out of memory\n";

	(void)!write(STDERR_FILENO, text, sizeof(text) - 1);
	_exit(EXIT_FAILURE);
}

/* GLib calls this before it aborts, which it does for nothing but a want of memory. */
static void on_glib_message(const gchar *domain, GLogLevelFlags level, const gchar *message,
			    gpointer unused)
{
	if ((level & G_LOG_LEVEL_ERROR) != 0 && strstr(message, "failed to allocate") != NULL)
		alloc_failed();
	g_log_default_handler(domain, level, message, unused);
}

void alloc_init(void)
{
	(void)g_log_set_default_handler(on_glib_message, NULL);
}

static void *must(void *memory)
{
	if (memory == NULL) {
		alloc_failed();
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

/* Of many small arrays, as of a span's attributes, most stay at the first capacity. */
size_t grown_capacity(size_t capacity)
{
	return 2 * capacity + 4;
}

void *xgrow(void *array, size_t count, size_t *capacity, size_t size)
{
	if (count < *capacity)
		return array;
	*capacity = grown_capacity(*capacity);
	return xreallocarray(array, *capacity, size);
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
