/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The blocks in which the ways in hand out what they read. */
#include "intake/source.h"

#include <assert.h>
#include <stdlib.h>

#include "util/alloc.h"

void source_block_init(struct source_block *block)
{
	*block = (struct source_block){0};
	block->records = xreallocarray(NULL, SOURCE_BLOCK_RECORDS, sizeof(*block->records));
}

void source_block_clear(struct source_block *block)
{
	for (size_t i = 0; i < block->bad_count; i++) {
		free(block->bad[i].node);
		free(block->bad[i].text);
	}
	block->record_count = block->bad_count = block->skipped_count = 0;
	block->done = block->total = 0;
	block->wants_commit = false;
}

void source_block_release(struct source_block *block)
{
	source_block_clear(block);
	free(block->records);
	free(block->bad);
}

bool source_block_is_full(const struct source_block *block)
{
	return block->record_count + block->bad_count + block->skipped_count >=
	       SOURCE_BLOCK_RECORDS;
}

struct jo_record *source_block_record(struct source_block *block)
{
	assert(block->record_count < SOURCE_BLOCK_RECORDS);
	return &block->records[block->record_count];
}

void source_block_put(struct source_block *block, enum step_state state)
{
	block->states[block->record_count++] = state;
}

void source_block_refuse(struct source_block *block, const char *node, const char *text)
{
	if (block->bad_count == block->bad_capacity) {
		block->bad_capacity = 2 * block->bad_capacity + 16;
		block->bad = xreallocarray(block->bad, block->bad_capacity, sizeof(*block->bad));
	}
	block->bad[block->bad_count++] =
		(struct source_bad){node != NULL ? xstrdup(node) : NULL, xstrdup(text)};
}
