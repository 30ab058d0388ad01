/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A list of blocks, the newest first. */
#include "util/arena.h"

#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

/* Each block is twice the one before it: thousands of arenas may have a few texts each. */
#define BLOCK_FIRST 1024
#define BLOCK_MOST 65536

#define ALIGNMENT sizeof(double)

struct arena_block {
	struct arena_block *next;
	size_t used, size;
	_Alignas(ALIGNMENT) char bytes[];
};

char *arena_alloc(struct arena_block **arena, size_t size)
{
	struct arena_block *block = *arena;

	size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	if (block == NULL || block->size - block->used < size) {
		size_t block_size = block == NULL              ? BLOCK_FIRST
				    : block->size < BLOCK_MOST ? 2 * block->size
							       : BLOCK_MOST;

		block_size = size > block_size ? size : block_size;
		block = xmalloc(sizeof(*block) + block_size);
		block->next = *arena;
		block->used = 0;
		block->size = block_size;
		*arena = block;
	}
	block->used += size;
	return block->bytes + block->used - size;
}

char *arena_strdup(struct arena_block **arena, const char *text)
{
	size_t size = strlen(text) + 1;

	return memcpy(arena_alloc(arena, size), text, size);
}

static void free_blocks(struct arena_block *block)
{
	while (block != NULL) {
		struct arena_block *next = block->next;

		free(block);
		block = next;
	}
}

void arena_reset(struct arena_block **arena)
{
	if (*arena == NULL)
		return;
	free_blocks((*arena)->next);
	(*arena)->next = NULL;
	(*arena)->used = 0;
}

void arena_release(struct arena_block **arena)
{
	free_blocks(*arena);
	*arena = NULL;
}
