/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stacks of calls, each a list of numbers of spots, and how often each was seen. */
#ifndef SAMPLE_COUNTS_H
#define SAMPLE_COUNTS_H

#include <stddef.h>
#include <stdint.h>

/* Further stacks are counted together: 8 MB. */
#define COUNTS_STACKS_MAX 32768

struct counts_stack {
	int64_t count;
	size_t depth;
	uint32_t spots[]; /* the innermost first */
};

/* Zeroed memory has none. */
struct counts {
	void *tree;
	struct counts_stack **list;
	size_t stack_count, room;
	int64_t other_count; /* of stacks that it has no room for */
};

/* Free what it holds; zeroed memory is fine. */
void counts_release(struct counts *counts);

/* Count a stack `count` times more. */
void counts_add(struct counts *counts, const uint32_t *spots, size_t depth, int64_t count);

/* Put the heaviest first. */
void counts_sort(struct counts *counts);

#endif
