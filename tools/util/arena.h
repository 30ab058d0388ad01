/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Texts that live and die together. */
#ifndef UTIL_ARENA_H
#define UTIL_ARENA_H

#include <stddef.h>

struct arena_block; /* NULL is an empty arena */

/* Room for size bytes, of texts or of numbers, good until reset or release. */
char *arena_alloc(struct arena_block **arena, size_t size);

/* A copy of text. */
char *arena_strdup(struct arena_block **arena, const char *text);

/* Forget all texts, keep one block of memory. */
void arena_reset(struct arena_block **arena);

/* Forget all texts, give all memory back. */
void arena_release(struct arena_block **arena);

#endif
