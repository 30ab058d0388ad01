/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Profiles: how often samples of a step met each stack of calls, read from
 * folded text ("frame;frame;frame count" a line, the outermost call first), as
 * the record has it and flamegraph.pl and speedscope read it.
 *
 * The text is made in a user's job, so all of it is foreign: what is accepted
 * here is bounded, and sums of it stay far from the end of 64 bits.
 */
#ifndef PROFILE_STACKS_H
#define PROFILE_STACKS_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "joboutliers/err.h"
#include "joboutliers/record.h"
#include "util/strbuf.h"

/* What stands for the stacks that had no room in a record. */
#define PROFILE_OTHER "[other]"

/* 10,000 CPUs at 1,000 samples a second take 3 years to get there. */
#define PROFILE_COUNT_MAX INT64_C(1000000000000000)

/* A place in a program: "is_filtered (word_filter.py:21)". */
struct profile_frame {
	const char *text;     /* all of it */
	const char *function; /* "is_filtered" */
	const char *file;     /* "word_filter.py"; "" where it is not known */
	int64_t line;         /* JO_MISSING where it is not known */
	size_t function_id;   /* the same for all lines of a function of a file, from 0 */
};

/* The frames of profiles that are compared: equal ones have one number. */
struct profile_names {
	GArray *frames; /* struct profile_frame */
	size_t function_count;
	GHashTable *by_text, *by_function; /* to number + 1 */
	GStringChunk *strings;
};

struct profile_stack {
	const char *text;    /* "frame;frame;frame" */
	size_t begin, depth; /* its frames are calls[begin], ..., the outermost first */
	int64_t count;
};

struct profile {
	struct profile_names *names; /* not the profile's own */
	GArray *calls;               /* guint32: numbers in names->frames */
	GArray *stacks;              /* struct profile_stack, each once */
	GHashTable *by_text;         /* to number + 1 */
	int64_t other_count;         /* samples whose stacks had no room */
	int64_t sample_count;        /* all samples, those among them */
};

/* No names yet; profile_names_free frees them, after the profiles that use them. */
struct profile_names *profile_names_new(void);

/* NULL is fine. */
void profile_names_free(struct profile_names *names);

/* A profile without samples, to be released. */
void profile_stacks_init(struct profile *profile, struct profile_names *names);

/* Free what it holds; zeroed memory is fine. */
void profile_stacks_release(struct profile *profile);

/*
 * Add the samples of a folded text.  An empty text has none.  Returns 0, or
 * -EBADMSG with *err, which says what is wrong with which line; of a text that
 * is refused nothing is added.
 */
int profile_add(struct profile *profile, const char *text, struct jo_err *err);

/* Sort the stacks, the heaviest first. */
void profile_sort(struct profile *profile);

/* Append the profile as folded text, in its order, with PROFILE_OTHER last. */
void profile_fold(const struct profile *profile, struct strbuf *text);

/* The same with two counts a line, the first of which is of the stack there, as difffolded.pl has
 * it; stacks that are only there come after all others. */
void profile_fold_beside(const struct profile *profile, const struct profile *there,
			 struct strbuf *text);

/* Of a stack, frame number i of its depth, from the outermost. */
static inline guint32 profile_call(const struct profile *profile, const struct profile_stack *stack,
				   size_t i)
{
	return g_array_index(profile->calls, guint32, stack->begin + i);
}

static inline const struct profile_stack *profile_stack(const struct profile *profile, size_t i)
{
	return &g_array_index(profile->stacks, struct profile_stack, i);
}

static inline const struct profile_frame *profile_frame(const struct profile_names *names, size_t i)
{
	return &g_array_index(names->frames, struct profile_frame, i);
}

#endif
