/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tells printable UTF-8 from everything else a user can put into a name. */
#include "joboutliers/utf8.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/*
 * Controls, and what nobody sees but what changes what is seen: the characters of Unicode's
 * categories Cc, Cf, Zl and Zp that names can have (Unicode 15, DerivedGeneralCategory.txt).
 */
static const struct {
	uint32_t first, last;
} hidden[] = {
	{0x0000, 0x001f}, {0x007f, 0x009f}, {0x00ad, 0x00ad},   {0x061c, 0x061c},
	{0x180e, 0x180e}, {0x200b, 0x200f}, {0x2028, 0x202e},   {0x2060, 0x206f},
	{0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xe0000, 0xe0fff},
};

static bool is_hidden(uint32_t c)
{
	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
		if (c >= hidden[i].first && c <= hidden[i].last)
			return true;
	return false;
}

size_t jo_utf8_printable(const char *text)
{
	/* The smallest code point that needs so many bytes; a smaller one is overlong. */
	static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char *byte = (const unsigned char *)text;
	size_t length;
	uint32_t c;

	if (byte[0] < 0x80)
		return is_hidden(byte[0]) ? 0 : 1;
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
	if (c < smallest[length] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff) || is_hidden(c))
		return 0;
	return length;
}

static void clean(char *buf, size_t size, const char *text, bool keeps_newlines)
{
	size_t used = 0;

	while (text != NULL && *text != '\0') {
		size_t length = jo_utf8_printable(text);

		if (used + (length == 0 ? 1 : length) >= size)
			break;
		if (length == 0) {
			buf[used++] = keeps_newlines && *text == '\n' ? '\n' : '?';
			text++;
			continue;
		}
		memcpy(buf + used, text, length);
		used += length;
		text += length;
	}
	buf[used] = '\0';
}

void jo_utf8_clean(char *buf, size_t size, const char *text)
{
	clean(buf, size, text, false);
}

void jo_utf8_clean_lines(char *buf, size_t size, const char *text)
{
	clean(buf, size, text, true);
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
