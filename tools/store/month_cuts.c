/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A part can be dropped when its last step is old, so what costs is a late step in
 * an early part; an early one in a late part goes a little later.
 */
#include "month_cuts.h"

#include <stdbool.h>

#include "step/month.h"

/* A few that are of no time, or run for long, may have parts of their own, with one on either side.
 */
#define PARTS_BEYOND 16

static size_t parts_max(const int32_t *months, size_t count)
{
	bool is_seen[MONTH_MAX + 1] = {false};
	size_t seen_count = 0;

	for (size_t i = 0; i < count; i++)
		if (months[i] != MONTH_CUTS_NOTHING && !is_seen[months[i]]) {
			is_seen[months[i]] = true;
			seen_count++;
		}
	return 2 * seen_count + PARTS_BEYOND;
}

/*
 * At each month's end some stretches have a long job that ends in the next, and
 * some do not: these are in the next month's part then, and so is not cut again and
 * again.
 */
static size_t cut(const int32_t *months, size_t count, size_t *ret_ends)
{
	int32_t own = MONTH_CUTS_NOTHING;
	size_t part_count = 0;

	for (size_t i = 0; i < count; i++) {
		if (months[i] == MONTH_CUTS_NOTHING)
			continue;
		if (own != MONTH_CUTS_NOTHING && months[i] != own && months[i] != own - 1)
			ret_ends[part_count++] = i;
		else if (own != MONTH_CUTS_NOTHING)
			continue;
		own = months[i];
	}
	if (own != MONTH_CUTS_NOTHING)
		ret_ends[part_count++] = count;
	return part_count;
}

/* Make one of each two. */
static size_t halve(int32_t *months, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (i % 2 == 0 || months[i] > months[i / 2])
			months[i / 2] = months[i];
	return (count + 1) / 2;
}

size_t month_cuts(int32_t *months, size_t count, size_t *ret_ends)
{
	size_t max = parts_max(months, count), width = 1, left = count, part_count;

	while ((part_count = cut(months, left, ret_ends)) > max) {
		left = halve(months, left);
		width *= 2;
	}
	for (size_t i = 0; i < part_count; i++) {
		ret_ends[i] *= width;
		if (ret_ends[i] > count)
			ret_ends[i] = count;
	}
	return part_count;
}
