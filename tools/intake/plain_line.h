/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The members of a line as the plugin writes most of them, read where they
 * stand: {"name":value,...} and a newline, without blanks, each value a string of
 * printable ASCII that needs no escape, or a whole number.  Such a line is JSON;
 * what else JSON may be is left to the library, which takes ten times as long.
 */
#ifndef INTAKE_PLAIN_LINE_H
#define INTAKE_PLAIN_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Neither name nor text ends in a NUL: they lie in the line. */
struct plain_member {
	const char *name, *text;
	size_t name_len, text_len;
	bool is_text;
	int64_t number; /* of what is no text: 0 and up */
};

struct plain_line {
	const char *at, *end;
	bool is_begun;
};

enum plain_next { PLAIN_MEMBER, PLAIN_END, PLAIN_NOT };

/* The next member, the end of a line that was plain to its end, or that it is not. */
enum plain_next plain_line_next(struct plain_line *line, struct plain_member *ret_member);

#endif
