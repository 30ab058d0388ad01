/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The places of a profile: its lines, and its functions as a whole, each with
 * the samples that met it.  A sample counts once for a place, however often
 * that is on its stack.
 */
#ifndef PROFILE_PLACES_H
#define PROFILE_PLACES_H

#include "profile/stacks.h"

/*
 * Places have numbers among the names: first the lines, by the number of their
 * frame, then the functions.
 */
size_t profile_place_count(const struct profile_names *names);

/* The number of the frame's function as a place. */
size_t profile_function_place(const struct profile_names *names, const struct profile_frame *frame);

/* Of one place. */
struct profile_place_counts {
	int64_t self_count;  /* samples in which it was the innermost */
	int64_t total_count; /* in which it was on the stack */
	double depth_sum;    /* how deep it was there, over total_count samples; a line is half a
				call below its function */
};

/*
 * Count the samples of each place into ret_counts[profile_place_count()], without
 * those of the stacks that are_left_out[], which may be NULL.
 */
void profile_count(const struct profile *profile, const bool *are_left_out,
		   struct profile_place_counts *ret_counts);

/* Whether the stack meets the place. */
bool profile_meets(const struct profile *profile, const struct profile_stack *stack, size_t place);

/* The line in which its function had most samples, as a number of a frame; of no counts, any. */
size_t profile_main_line(const struct profile_names *names,
			 const struct profile_place_counts *counts, size_t function_place);

#endif
