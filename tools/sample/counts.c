/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A tree to find them, a list to go through them. */
#include "sample/counts.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

static int by_spots(const void *a, const void *b)
{
	const struct counts_stack *left = a, *right = b;

	if (left->depth != right->depth)
		return left->depth < right->depth ? -1 : 1;
	return memcmp(left->spots, right->spots, left->depth * sizeof(left->spots[0]));
}

static int by_count(const void *a, const void *b)
{
	const struct counts_stack *left = *(struct counts_stack *const *)a;
	const struct counts_stack *right = *(struct counts_stack *const *)b;

	if (left->count != right->count)
		return left->count > right->count ? -1 : 1;
	return by_spots(left, right);
}

static void keep(void *node)
{
	(void)node; /* the list has it */
}

void counts_release(struct counts *counts)
{
	tdestroy(counts->tree, keep);
	for (size_t i = 0; i < counts->stack_count; i++)
		free(counts->list[i]);
	free(counts->list);
	*counts = (struct counts){.tree = NULL};
}

static int make_room(struct counts *counts)
{
	size_t room = counts->room == 0 ? 256 : 2 * counts->room;
	struct counts_stack **list;

	if (counts->stack_count < counts->room)
		return 0;
	if (counts->stack_count == COUNTS_STACKS_MAX)
		return -1;
	list = realloc(counts->list, room * sizeof(struct counts_stack *));
	if (list == NULL)
		return -1;
	counts->list = list;
	counts->room = room;
	return 0;
}

void counts_add(struct counts *counts, const uint32_t *spots, size_t depth, int64_t count)
{
	struct counts_stack *stack = malloc(sizeof(*stack) + depth * sizeof(spots[0]));
	struct counts_stack *const *found;

	if (stack == NULL) {
		counts->other_count += count;
		return;
	}
	stack->count = count;
	stack->depth = depth;
	memcpy(stack->spots, spots, depth * sizeof(spots[0]));
	found = tfind(stack, &counts->tree, by_spots);
	if (found != NULL)
		(*found)->count += count;
	else if (make_room(counts) < 0 || tsearch(stack, &counts->tree, by_spots) == NULL)
		counts->other_count += count;
	else {
		counts->list[counts->stack_count++] = stack;
		return;
	}
	free(stack);
}

void counts_sort(struct counts *counts)
{
	if (counts->stack_count > 0)
		qsort(counts->list, counts->stack_count, sizeof(struct counts_stack *), by_count);
}
