/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory for the tools.  They run once and end; when memory is short there is
 * nothing sound left to do, so these end the program with one line and exit
 * status 1, and never return NULL.
 */
#ifndef UTIL_ALLOC_H
#define UTIL_ALLOC_H

#include <stddef.h>

/* Have GLib's allocations end the same way; call it first of all. */
void alloc_init(void);

/* End the program for want of memory, from wherever that is noticed. */
void alloc_failed(void) __attribute__((noreturn));

/* As malloc.  The caller frees it, as all that comes from here. */
void *xmalloc(size_t size);

/* As calloc: count elements of size bytes, all zero. */
void *xcalloc(size_t count, size_t size);

/* A copy of the text. */
char *xstrdup(const char *text);

/* A copy of the first len bytes of the text, or of all of it where it is shorter. */
char *xstrndup(const char *text, size_t len);

/* A text put together as by printf. */
char *xasprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* An array of count elements of size bytes; the product may not overflow. */
void *xreallocarray(void *array, size_t count, size_t size);

/*
 * The array of count elements of size bytes, which has room for one more then: where it is as many
 * as *capacity, it moves to where there is more, and *capacity says how many fit.  NULL and 0 are
 * an array of none.
 */
void *xgrow(void *array, size_t count, size_t *capacity, size_t size);

/* How many elements are to fit where this many did: for arrays that grow together. */
size_t grown_capacity(size_t capacity);

#endif
