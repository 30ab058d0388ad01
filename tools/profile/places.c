/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counts samples by place. */
#include "profile/places.h"

#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

size_t profile_place_count(const struct profile_names *names)
{
	return names->frames->len + names->function_count;
}

size_t profile_function_place(const struct profile_names *names, const struct profile_frame *frame)
{
	return names->frames->len + frame->function_id;
}

/* Of recursion the innermost call is met first, and alone. */
static void count_place(struct profile_place_counts *counts, size_t place, size_t *seen_in,
			size_t stack_number, double depth, int64_t count)
{
	if (seen_in[place] == stack_number)
		return;
	seen_in[place] = stack_number;
	counts[place].total_count += count;
	counts[place].depth_sum += depth * (double)count;
}

void profile_count(const struct profile *profile, const bool *are_left_out,
		   struct profile_place_counts *ret_counts)
{
	const struct profile_names *names = profile->names;
	size_t place_count = profile_place_count(names);
	size_t *seen_in = xcalloc(place_count + 1, sizeof(*seen_in));

	memset(ret_counts, 0, place_count * sizeof(*ret_counts));
	for (size_t i = 0; i < profile->stacks->len; i++) {
		const struct profile_stack *stack = profile_stack(profile, i);

		if (are_left_out != NULL && are_left_out[i])
			continue;
		for (size_t j = stack->depth; j-- > 0;) {
			guint32 line = profile_call(profile, stack, j);
			size_t function = profile_function_place(names, profile_frame(names, line));

			if (j + 1 == stack->depth) {
				ret_counts[line].self_count += stack->count;
				ret_counts[function].self_count += stack->count;
			}
			count_place(ret_counts, line, seen_in, i + 1, (double)j + 0.5,
				    stack->count);
			count_place(ret_counts, function, seen_in, i + 1, (double)j, stack->count);
		}
	}
	free(seen_in);
}

bool profile_meets(const struct profile *profile, const struct profile_stack *stack, size_t place)
{
	for (size_t i = 0; i < stack->depth; i++) {
		guint32 line = profile_call(profile, stack, i);

		if (line == place ||
		    profile_function_place(profile->names, profile_frame(profile->names, line)) ==
			    place)
			return true;
	}
	return false;
}

size_t profile_main_line(const struct profile_names *names,
			 const struct profile_place_counts *counts, size_t function_place)
{
	int64_t most = -1;
	size_t found = 0;

	for (size_t i = 0; i < names->frames->len; i++) {
		if (profile_function_place(names, profile_frame(names, i)) == function_place &&
		    counts[i].total_count > most) {
			most = counts[i].total_count;
			found = i;
		}
	}
	return found;
}
