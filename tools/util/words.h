/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words that stand for numbers: arrays of them, by value, NULL at the end. */
#ifndef UTIL_WORDS_H
#define UTIL_WORDS_H

/* The value of the word, in any case, or -1. */
int words_index(const char *const *words, const char *word);

#endif
