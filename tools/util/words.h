/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words that stand for numbers (arrays of them, by value, NULL at the end), or agree with them. */
#ifndef UTIL_WORDS_H
#define UTIL_WORDS_H

#include <stdint.h>

/* The value of the word, in any case, or -1. */
int words_index(const char *const *words, const char *word);

/* What a noun ends in when there are so many: "" for one, else "s". */
const char *words_plural(int64_t count);

#endif
