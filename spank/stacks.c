/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sorts and sums lines; no line is copied before the result is written. */
#include "stacks.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "joboutliers/utf8.h"

/* Ten samples a second of a hundred threads for two weeks: no line has more, and sums stay sums. */
#define COUNT_MAX 1000000000

/* "[other]" with a count of 64 bits and the newline: there must be room for it at the end. */
#define OTHER_LINE_MAX 32

#define CUT "...;"

/* With this share of the samples told, deeper stacks are worth more than further ones. */
#define TOLD_PERCENT 90

/*
 * Of more than these different stacks, the heaviest are told, by however many of their calls:
 * sorting them for each depth takes a millisecond.  A process has room for a hundred, and those of
 * a step have most of theirs in common.
 */
#define TOLD_MAX 2048

/* How many of the innermost calls are told: all that the sampler writes, or fewer. */
static const size_t depths[] = {SIZE_MAX, 16, 12, 8, 6, 4, 3, 2, 1};

void stacks_init(struct stacks *stacks)
{
	*stacks = (struct stacks){0};
}

void stacks_free(struct stacks *stacks)
{
	free(stacks->list);
	stacks_init(stacks);
}

static int make_room(struct stacks *stacks, struct jo_err *err)
{
	size_t room = stacks->room == 0 ? 64 : 2 * stacks->room;
	struct stack *list;

	if (stacks->count < stacks->room)
		return 0;
	list = realloc(stacks->list, room * sizeof(*list));
	if (list == NULL)
		return jo_err_set(err, -ENOMEM, "no memory for %zu stacks", room);
	stacks->list = list;
	stacks->room = room;
	return 0;
}

static void mask(char *text)
{
	while (*text != '\0') {
		size_t length = *text >= ' ' && *text <= '~' ? 1 : jo_utf8_printable(text);

		if (length == 0)
			*text = '_';
		text += length == 0 ? 1 : length;
	}
}

/* The count at a line's end, which is cut off; 0 for none. */
static int64_t take_count(char *line)
{
	char *space = strrchr(line, ' '), *end;
	long long count;

	if (space == NULL || space == line || space[1] < '1' || space[1] > '9')
		return 0;
	errno = 0;
	count = strtoll(space + 1, &end, 10);
	if (errno != 0 || *end != '\0' || count > COUNT_MAX)
		return 0;
	*space = '\0';
	return count;
}

int stacks_add(struct stacks *stacks, char *text, struct jo_err *err)
{
	char *line;

	while ((line = strsep(&text, "\n")) != NULL) {
		int64_t count = take_count(line);
		int rc;

		if (count == 0)
			continue;
		stacks->sample_count += count;
		if (stacks->count == STACKS_LINES_MAX || strcmp(line, STACKS_OTHER) == 0)
			continue;
		mask(line);
		rc = make_room(stacks, err);
		if (rc < 0)
			return rc;
		stacks->list[stacks->count++] = (struct stack){line, strlen(line), count, false};
	}
	return 0;
}

static int by_text(const void *a, const void *b)
{
	const struct stack *left = a, *right = b;
	size_t shorter = left->len < right->len ? left->len : right->len;
	int order = memcmp(left->text, right->text, shorter);

	if (order == 0)
		order = (left->len > right->len) - (left->len < right->len);
	return order != 0 ? order : left->is_cut - right->is_cut;
}

static int by_count(const void *a, const void *b)
{
	const struct stack *left = a, *right = b;
	int order = (left->count < right->count) - (left->count > right->count);

	/* Of equal ones, always the same is first. */
	return order != 0 ? order : by_text(a, b);
}

/* Make stacks with the same text one, and put the heaviest first. */
static void merge(struct stacks *stacks)
{
	size_t kept = 0;

	if (stacks->count == 0)
		return;
	qsort(stacks->list, stacks->count, sizeof(*stacks->list), by_text);
	for (size_t i = 1; i < stacks->count; i++) {
		if (by_text(&stacks->list[kept], &stacks->list[i]) == 0)
			stacks->list[kept].count += stacks->list[i].count;
		else
			stacks->list[++kept] = stacks->list[i];
	}
	stacks->count = kept + 1;
	qsort(stacks->list, stacks->count, sizeof(*stacks->list), by_count);
}

/* A stack's part of its last `depth` frames. */
static struct stack innermost(struct stack stack, size_t depth)
{
	const char *end = stack.text + stack.len, *begin = end;

	while (begin > stack.text && (begin[-1] != ';' || --depth > 0))
		begin--;
	stack.is_cut = begin > stack.text;
	stack.text = begin;
	stack.len = (size_t)(end - begin);
	return stack;
}

static size_t line_length(const struct stack *stack)
{
	size_t digits = 1;

	for (int64_t rest = stack->count; rest >= 10; rest /= 10)
		digits++;
	return (stack->is_cut ? strlen(CUT) : 0) + stack->len + strlen(" \n") + digits;
}

/* Fill shown, which has room for it, with the stacks of this depth, the heaviest first. */
static void cut(const struct stacks *stacks, size_t depth, struct stacks *shown)
{
	shown->count = stacks->count;
	for (size_t i = 0; i < stacks->count; i++)
		shown->list[i] = innermost(stacks->list[i], depth);
	merge(shown);
}

/* Write the lines that there is room for, where text is not NULL.  Returns the samples they tell.
 */
static int64_t put(const struct stacks *shown, int64_t sample_count, char *text, size_t size)
{
	size_t used = 0;
	int64_t told_count = 0;

	for (size_t i = 0; i < shown->count; i++) {
		const struct stack *stack = &shown->list[i];
		size_t len = line_length(stack);

		if (used + len + OTHER_LINE_MAX >= size)
			continue;
		if (text != NULL)
			(void)snprintf(text + used, size - used, "%s%.*s %" PRId64 "\n",
				       stack->is_cut ? CUT : "", (int)stack->len, stack->text,
				       stack->count);
		used += len;
		told_count += stack->count;
	}
	if (text != NULL && told_count < sample_count)
		(void)snprintf(text + used, size - used, STACKS_OTHER " %" PRId64 "\n",
			       sample_count - told_count);
	return told_count;
}

int stacks_write(const struct stacks *stacks, char *text, size_t size, struct jo_err *err)
{
	struct stacks all = {.count = stacks->count}, shown = {.list = NULL};
	int64_t best_count = -1;
	size_t best = 0;
	int rc = 0;

	text[0] = '\0';
	all.list = malloc((all.count + 1) * sizeof(*all.list));
	shown.list = malloc((all.count + 1) * sizeof(*shown.list));
	if (all.list == NULL || shown.list == NULL) {
		rc = jo_err_set(err, -ENOMEM, "no memory for %zu stacks", all.count);
		goto out;
	}
	if (all.count > 0)
		memcpy(all.list, stacks->list, all.count * sizeof(*all.list));
	merge(&all);
	if (all.count > TOLD_MAX)
		all.count = TOLD_MAX;
	for (size_t i = 0; i < sizeof(depths) / sizeof(depths[0]); i++) {
		int64_t told_count;

		cut(&all, depths[i], &shown);
		told_count = put(&shown, stacks->sample_count, NULL, size);
		if (told_count > best_count) {
			best_count = told_count;
			best = i;
		}
		if (told_count >= (stacks->sample_count + 99) / 100 * TOLD_PERCENT)
			break;
	}
	cut(&all, depths[best], &shown);
	(void)put(&shown, stacks->sample_count, text, size);
out:
	free(all.list);
	free(shown.list);
	return rc;
}
