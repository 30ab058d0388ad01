/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of the variables; when which is written and believed is declare.c's. */
#include "carried.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define CLASS_OWN "own:"
#define CLASS_OF_JOB "job:"

/* How a source is written in CARRIED_INPUT; what is not here cannot be carried. */
static const char *const source_words[] = {
	[JO_INPUT_NONE] = "none",           [JO_INPUT_OPTION] = "option",
	[JO_INPUT_FILES] = "files",         [JO_INPUT_ENVIRONMENT] = "environment",
	[JO_INPUT_INHERITED] = "inherited", [JO_INPUT_INVALID] = NULL,
};

static bool read_bytes(const char *text, size_t len, int64_t *ret_bytes)
{
	int64_t bytes = 0;

	if (len == 0)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9' || __builtin_mul_overflow(bytes, 10, &bytes) ||
		    __builtin_add_overflow(bytes, text[i] - '0', &bytes))
			return false;
	}
	*ret_bytes = bytes;
	return true;
}

bool carried_input_read(const char *text, struct carried_input *ret_input)
{
	struct carried_input input = {.bytes = JO_MISSING, .seen_bytes = JO_MISSING};
	size_t word_len = strcspn(text, ":");
	const char *bytes, *seen;
	size_t bytes_len;
	bool is_known = false;

	for (size_t i = 0; i < sizeof(source_words) / sizeof(source_words[0]); i++) {
		if (source_words[i] == NULL || strlen(source_words[i]) != word_len ||
		    strncmp(source_words[i], text, word_len) != 0)
			continue;
		input.source = (enum jo_input_source)i;
		is_known = true;
	}
	if (!is_known || text[word_len] != ':')
		return false;
	bytes = text + word_len + 1;
	bytes_len = strcspn(bytes, ":");
	if (bytes[bytes_len] != ':')
		return false;
	seen = bytes + bytes_len + 1;
	if ((input.source == JO_INPUT_NONE) != (bytes_len == 0))
		return false;
	if (bytes_len > 0 && !read_bytes(bytes, bytes_len, &input.bytes))
		return false;
	if (*seen != '\0' && !read_bytes(seen, strlen(seen), &input.seen_bytes))
		return false;
	*ret_input = input;
	return true;
}

char *carried_input_write(const struct carried_input *input, char text[CARRIED_INPUT_SIZE])
{
	char bytes[24] = "", seen[24] = "";

	if (input->source != JO_INPUT_NONE)
		(void)snprintf(bytes, sizeof(bytes), "%" PRId64, input->bytes);
	if (input->seen_bytes != JO_MISSING)
		(void)snprintf(seen, sizeof(seen), "%" PRId64, input->seen_bytes);
	(void)snprintf(text, CARRIED_INPUT_SIZE, "%s:%s:%s", source_words[input->source], bytes,
		       seen);
	return text;
}

const char *carried_class_read(const char *text, bool *ret_is_own)
{
	bool is_own = strncmp(text, CLASS_OWN, strlen(CLASS_OWN)) == 0;

	if (!is_own && strncmp(text, CLASS_OF_JOB, strlen(CLASS_OF_JOB)) != 0)
		return NULL;
	text += is_own ? strlen(CLASS_OWN) : strlen(CLASS_OF_JOB);
	if (jo_class_check(text, NULL) < 0)
		return NULL;
	*ret_is_own = is_own;
	return text;
}

char *carried_class_write(const char *name, bool is_own, char text[CARRIED_CLASS_SIZE])
{
	(void)snprintf(text, CARRIED_CLASS_SIZE, "%s%s", is_own ? CLASS_OWN : CLASS_OF_JOB, name);
	return text;
}
