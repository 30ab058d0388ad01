/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names for people, of what compilers and linkers make of them. */
#include "sample/frame_name.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of a function's or a file's name, in bytes; those of templates have no end. */
#define NAME_MAX_BYTES 90

#define UNKNOWN "[unknown]"

/* Room for "function (file:line)". */
#define FRAME_MAX_BYTES (2 * NAME_MAX_BYTES + 32)

/* Of the compiler's own library, as C++'s ABI has it; its header is C++. */
char *__cxa_demangle(const char *mangled, char *buf, size_t *size, int *ret_status);

/* Cut what follows the name of a function: qualifiers, and what the compiler says of a copy. */
static void cut_suffixes(char *text)
{
	char *clone = strstr(text, " [clone ");
	size_t len;

	if (clone != NULL)
		*clone = '\0';
	len = strlen(text);
	if (len > 6 && strcmp(text + len - 6, " const") == 0)
		text[len - 6] = '\0';
}

/* A symbol's version, as in "clock_gettime@@GLIBC_2.17", is not the function's. */
static char *plain(const char *symbol)
{
	return strndup(symbol, strcspn(symbol, "@"));
}

/* Cut "(int, char)" at the end; parentheses before belong to the name. */
static void cut_parameters(char *text)
{
	size_t at = strlen(text);
	int depth = 0;

	if (at == 0 || text[at - 1] != ')')
		return;
	do {
		at--;
		depth += (text[at] == ')') - (text[at] == '(');
	} while (depth > 0 && at > 0);
	if (depth == 0 && at > 0)
		text[at] = '\0';
}

/* The function as people write it; NULL for the lack of memory. */
static char *show(const char *symbol)
{
	char *text = plain(symbol), *demangled = NULL;
	int status;

	/* Else a function "i" would be the type int. */
	if (text != NULL && strncmp(text, "_Z", 2) == 0)
		demangled = __cxa_demangle(text, NULL, NULL, &status);
	if (demangled == NULL)
		return text;
	free(text);
	cut_suffixes(demangled);
	cut_parameters(demangled);
	return demangled;
}

static const char *end_of(const char *text)
{
	size_t len = strlen(text);

	return len > NAME_MAX_BYTES ? text + len - NAME_MAX_BYTES : text;
}

static void clean(char *text)
{
	for (; *text != '\0'; text++)
		if (*text == ';' || (unsigned char)*text < ' ' || *text == '\177')
			*text = '_';
}

char *frame_name_make(const char *symbol, const char *path, int line)
{
	char *text = malloc(FRAME_MAX_BYTES), *shown = symbol == NULL ? NULL : show(symbol);
	const char *slash = path == NULL ? NULL : strrchr(path, '/');
	const char *function = shown == NULL ? UNKNOWN : shown;
	const char *file = slash == NULL ? path : slash + 1;

	if (text != NULL && (file == NULL || file[0] == '\0'))
		(void)snprintf(text, FRAME_MAX_BYTES, "%s", end_of(function));
	else if (text != NULL && line > 0)
		(void)snprintf(text, FRAME_MAX_BYTES, "%s (%s:%d)", end_of(function), end_of(file),
			       line);
	else if (text != NULL)
		(void)snprintf(text, FRAME_MAX_BYTES, "%s (%s)", end_of(function), end_of(file));
	if (text != NULL)
		clean(text);
	free(shown);
	return text;
}
