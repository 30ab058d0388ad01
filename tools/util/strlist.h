/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A list of words, as in "Spool=/a,/b" or "-u ann,bob".  Zeroed memory is an empty list. */
#ifndef UTIL_STRLIST_H
#define UTIL_STRLIST_H

#include <stdbool.h>
#include <stddef.h>

struct strlist {
	char **list; /* count words, each owned by the list */
	size_t count;
};

/* Free the words, and make it an empty list. */
void strlist_release(struct strlist *list);

/* Append a copy of the word. */
void strlist_add(struct strlist *list, const char *word);

/* Add the parts of text between commas, without the white space around them; empty parts are left
 * out. */
void strlist_split(struct strlist *list, const char *text);

/* Whether the word is in the list, in just this case. */
bool strlist_has(const struct strlist *list, const char *word);

#endif
