/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tells printable UTF-8 from everything else a user can put into a name. */
#include "joboutliers/utf8.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static bool is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c <= 0x9f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069);
}

size_t jo_utf8_printable(const char *text)
{
	/* The smallest code point that needs so many bytes; a smaller one is overlong. */
	static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char *byte = (const unsigned char *)text;
	size_t length;
	uint32_t c;

	if (byte[0] < 0x80)
		return is_control(byte[0]) ? 0 : 1;
	if ((byte[0] & 0xe0) == 0xc0)
		length = 2;
	else if ((byte[0] & 0xf0) == 0xe0)
		length = 3;
	else if ((byte[0] & 0xf8) == 0xf0)
		length = 4;
	else
		return 0;

	c = byte[0] & (0x7fu >> length);
	for (size_t i = 1; i < length; i++) {
		if ((byte[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (byte[i] & 0x3fu);
	}
	if (c < smallest[length] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff) || is_control(c))
		return 0;
	return length;
}

void jo_utf8_clean(char *buf, size_t size, const char *text)
{
	size_t used = 0;

	while (text != NULL && *text != '\0') {
		size_t length = jo_utf8_printable(text);

		if (used + (length == 0 ? 1 : length) >= size)
			break;
		if (length == 0) {
			buf[used++] = '?';
			text++;
			continue;
		}
		memcpy(buf + used, text, length);
		used += length;
		text += length;
	}
	buf[used] = '\0';
}

void jo_utf8_mask(char *text)
{
	while (*text != '\0') {
		size_t length = jo_utf8_printable(text);

		if (length == 0)
			*text = '?';
		text += length == 0 ? 1 : length;
	}
}
