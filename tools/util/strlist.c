/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A list of words that owns them. */
#include "util/strlist.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

#define WHITE " \t\r\n"

void strlist_release(struct strlist *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->list[i]);
	free(list->list);
	list->list = NULL;
	list->count = 0;
}

static void add_len(struct strlist *list, const char *word, size_t len)
{
	list->list = xreallocarray(list->list, list->count + 1, sizeof(*list->list));
	list->list[list->count++] = xstrndup(word, len);
}

void strlist_add(struct strlist *list, const char *word)
{
	add_len(list, word, strlen(word));
}

void strlist_split(struct strlist *list, const char *text)
{
	while (*text != '\0') {
		size_t len;

		text += strspn(text, WHITE ",");
		len = strcspn(text, ",");
		for (size_t kept = len; kept > 0; kept--) {
			if (strchr(WHITE, text[kept - 1]) != NULL)
				continue;
			add_len(list, text, kept);
			break;
		}
		text += len;
	}
}

bool strlist_has(const struct strlist *list, const char *word)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->list[i], word) == 0)
			return true;
	return false;
}
