/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two numbers. */
#include "id_range.h"

#include "step/month.h"

struct id_range id_range_of_month(int32_t month)
{
	return (struct id_range){month_first_id(month), month_first_id(month + 1) - 1};
}

void id_range_add(struct id_range *range, struct id_range other)
{
	if (other.first < range->first)
		range->first = other.first;
	if (other.last > range->last)
		range->last = other.last;
}

bool id_range_meets(struct id_range a, struct id_range b)
{
	return a.first <= b.last && b.first <= a.last;
}
