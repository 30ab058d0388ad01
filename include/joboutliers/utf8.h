/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one rule for foreign text: valid UTF-8 that cannot drive a terminal or reorder a line. */
#ifndef JOBOUTLIERS_UTF8_H
#define JOBOUTLIERS_UTF8_H

#include <stddef.h>

/*
 * The bytes of the character at text, 1 to 4; or 0 when no printable character
 * is there: the end, bytes that are no UTF-8 (cut, overlong, a surrogate), a
 * control character (C0, DEL, C1), a line or paragraph separator, or what nobody
 * sees but what changes what is seen, such as a control of the direction of
 * writing, a space without width or a soft hyphen.
 */
size_t jo_utf8_printable(const char *text);

/*
 * Copy text into buf[size], NUL included: cut at a character's edge, and with
 * '?' for each byte that starts no printable character.  NULL counts as "".
 */
void jo_utf8_clean(char *buf, size_t size, const char *text);

/* The same for a text of lines: newlines are kept. */
void jo_utf8_clean_lines(char *buf, size_t size, const char *text);

/* Put '?' into text for each byte that starts no printable character, cutting nothing. */
void jo_utf8_mask(char *text);

#endif
