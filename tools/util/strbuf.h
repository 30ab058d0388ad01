/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A text that grows.  text is never NULL and always ends in NUL, so it can be
 * read at any time; len does not count that NUL.
 */
#ifndef UTIL_STRBUF_H
#define UTIL_STRBUF_H

#include <stdarg.h>
#include <stddef.h>

struct strbuf {
	char *text;
	size_t len;
	size_t size; /* 0: text is a constant, nothing is allocated yet */
};

/* Make an empty text; nothing is allocated yet. */
void strbuf_init(struct strbuf *buf);

/* Free the text, and make it an empty one. */
void strbuf_release(struct strbuf *buf);

/* Forget the text, keep the memory. */
void strbuf_reset(struct strbuf *buf);

/* Let go of what is behind the first len bytes. */
void strbuf_truncate(struct strbuf *buf, size_t len);

/* Append len bytes. */
void strbuf_add(struct strbuf *buf, const void *bytes, size_t len);

/* Append a text. */
void strbuf_adds(struct strbuf *buf, const char *text);

/* Append one character. */
void strbuf_addc(struct strbuf *buf, char c);

/* Append what printf would write. */
void strbuf_addf(struct strbuf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Append what vprintf would write. */
void strbuf_vaddf(struct strbuf *buf, const char *format, va_list ap)
	__attribute__((format(printf, 2, 0)));

/* Append what printf would write as a further part of a sentence: with ", " before every part but
 * the first. */
void strbuf_add_part(struct strbuf *buf, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The text, which is the caller's to free; *buf is empty again. */
char *strbuf_detach(struct strbuf *buf);

#endif
