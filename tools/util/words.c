/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words that stand for numbers, or agree with them. */
#include "util/words.h"

#include <stddef.h>
#include <strings.h>

int words_index(const char *const *words, const char *word)
{
	for (int i = 0; words[i] != NULL; i++)
		if (strcasecmp(words[i], word) == 0)
			return i;
	return -1;
}

const char *words_plural(int64_t count)
{
	return count == 1 ? "" : "s";
}
