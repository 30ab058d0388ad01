/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ranges of steps' ids, as a month has one.  Private to store/. */
#ifndef STORE_ID_RANGE_H
#define STORE_ID_RANGE_H

#include <stdbool.h>
#include <stdint.h>

/* The steps with ids from first to last; none where last is before first. */
struct id_range {
	int64_t first, last;
};

static const struct id_range id_range_none = {INT64_MAX, 0};

/* All that steps of the month can have. */
struct id_range id_range_of_month(int32_t month);

/* Make it so wide that the other is in it. */
void id_range_add(struct id_range *range, struct id_range other);

/* Whether any id can be in both. */
bool id_range_meets(struct id_range a, struct id_range b);

#endif
