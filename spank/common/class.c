/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cuts what is too long, and leaves a mark that it did. */
#include "joboutliers/class.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "joboutliers/hash.h"
#include "joboutliers/utf8.h"

void jo_class_make(const char *text, char ret_name[static JO_CLASS_SIZE])
{
	char tail[sizeof("~01234567")];

	jo_utf8_clean(ret_name, JO_CLASS_SIZE, text);
	if (strlen(text) >= JO_CLASS_SIZE) {
		jo_utf8_clean(ret_name, JO_CLASS_SIZE - (sizeof(tail) - 1), text);
		(void)snprintf(tail, sizeof(tail), "~%08" PRIx32, jo_hash_text32(text));
		(void)strcat(ret_name, tail);
	}
	for (char *c = ret_name; *c != '\0'; c++)
		if (*c == '|')
			*c = '?';
}

void jo_class_of_step(const char *base, const char *program, char ret_name[static JO_CLASS_SIZE])
{
	char text[2 * JO_NAME_SIZE];
	bool is_one = base[0] == '\0' || program[0] == '\0' || strcmp(base, program) == 0;

	(void)snprintf(text, sizeof(text), "%s%s%s", base[0] != '\0' ? base : program,
		       is_one ? "" : "/", is_one ? "" : program);
	jo_class_make(text, ret_name);
	for (char *c = ret_name; *c != '\0'; c++)
		if (*c == '"' || *c == '`')
			*c = '?';
}
