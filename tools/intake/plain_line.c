/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One look at eight bytes. */
#include "plain_line.h"

#include <endian.h>
#include <string.h>

#define WORD 8 /* bytes that are looked at together */

/* A longer number may not fit. */
#define DIGITS_MAX 18

static bool take(struct plain_line *line, char byte)
{
	if (line->at == line->end || *line->at != byte)
		return false;
	line->at++;
	return true;
}

/* The bytes that a text ends at: what is not printable ASCII, a quote, a backslash. */
static bool is_end_of_text(unsigned char byte)
{
	return byte < ' ' || byte > '~' || byte == '"' || byte == '\\';
}

/*
 * How many of eight bytes go before the first that ends a text, the lowest in memory
 * first.  A byte's high bit is set where it is above '~', or less than ' ', or one of the two
 * others: each test is a subtraction that borrows from no neighbour, as high bits
 * are put aside first.
 */
static size_t count_plain(const char *at)
{
	const uint64_t each = UINT64_C(0x0101010101010101), high = 0x80 * each;
	uint64_t bytes, rest, quote, backslash, ends;

	memcpy(&bytes, at, sizeof(bytes));
	bytes = le64toh(bytes);
	rest = bytes & ~high;
	quote = rest ^ '"' * each;
	backslash = rest ^ '\\' * each;
	ends = bytes | ~((rest | high) - ' ' * each) | (rest + each) | ~((quote | high) - each) |
	       ~((backslash | high) - each);
	ends &= high;
	return ends == 0 ? sizeof(bytes) : (size_t)__builtin_ctzll(ends) / 8;
}

/* Behind the opening quote; the closing one is taken, too. */
static bool take_text(struct plain_line *line, const char **ret_text, size_t *ret_len)
{
	const char *text = line->at;
	size_t plain = WORD;

	while (plain == WORD && line->end - line->at >= WORD) {
		plain = count_plain(line->at);
		line->at += plain;
	}
	while (plain == WORD && line->at < line->end && !is_end_of_text((unsigned char)*line->at))
		line->at++;
	*ret_text = text;
	*ret_len = (size_t)(line->at - text);
	return take(line, '"');
}

static bool take_number(struct plain_line *line, int64_t *ret_number)
{
	const char *digits = line->at;
	int64_t number = 0;

	/* The digit that is one too many is no end of a member. */
	while (line->at < line->end && *line->at >= '0' && *line->at <= '9' &&
	       line->at - digits < DIGITS_MAX)
		number = number * 10 + (*line->at++ - '0');
	if (line->at == digits || (*digits == '0' && line->at - digits > 1))
		return false;
	*ret_number = number;
	return true;
}

static bool take_member(struct plain_line *line, struct plain_member *ret_member)
{
	if (!take(line, '"') || !take_text(line, &ret_member->name, &ret_member->name_len) ||
	    !take(line, ':'))
		return false;
	ret_member->is_text = take(line, '"');
	return ret_member->is_text ? take_text(line, &ret_member->text, &ret_member->text_len)
				   : take_number(line, &ret_member->number);
}

enum plain_next plain_line_next(struct plain_line *line, struct plain_member *ret_member)
{
	if (line->is_begun && take(line, '}'))
		return take(line, '\n') && line->at == line->end ? PLAIN_END : PLAIN_NOT;
	if (!take(line, line->is_begun ? ',' : '{'))
		return PLAIN_NOT;
	line->is_begun = true;
	return take_member(line, ret_member) ? PLAIN_MEMBER : PLAIN_NOT;
}
