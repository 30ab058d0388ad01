/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stacks of calls and how often each was seen, from texts that users wrote: lines
 * "frame;frame;frame count", the outermost call first.  However many there are,
 * what they become is a record's profile.
 */
#ifndef SPANK_STACKS_H
#define SPANK_STACKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "joboutliers/err.h"

/* Further lines are counted together: sorting these takes some milliseconds. */
#define STACKS_LINES_MAX 16384

/* The frame under which stacks are counted that had no room of their own. */
#define STACKS_OTHER "[other]"

/* One stack, and how many samples have it. */
struct stack {
	const char *text; /* no NUL: it is a part of a text that was added */
	size_t len;
	int64_t count;
	bool is_cut; /* it has outer calls that are not in text */
};

struct stacks {
	struct stack *list;
	size_t count, room;
	int64_t sample_count; /* of the list, and of lines that it has no room for */
};

/* None; all zero is the same. */
void stacks_init(struct stacks *stacks);
void stacks_free(struct stacks *stacks);

/*
 * Add the lines of text, which is changed and must stay as long as the stacks.
 * A byte that starts no printable character becomes '_', a line that is no stack
 * with a count from 1 to a thousand million is passed by.  Returns 0 or -ENOMEM.
 */
int stacks_add(struct stacks *stacks, char *text, struct jo_err *err);

/*
 * Put them into text[size], NUL included, the heaviest first, as lines of the same
 * form; what has no room, or is light and one of very many, is the last line, of
 * STACKS_OTHER, and the counts add up to sample_count.  Where that would leave out more than a
 * tenth, the innermost calls of each stack alone are told, as many as there is room for, after a
 * frame "...". Returns 0 or -ENOMEM; text is then empty.
 */
int stacks_write(const struct stacks *stacks, char *text, size_t size, struct jo_err *err);

#endif
