/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ids are spread over the lanes: groups that came up together, and may be alike, part. */
#include "part.h"

#include "util/scramble.h"

struct judge_part judge_part_of(uint32_t number, uint32_t count)
{
	return (struct judge_part){
		.first = (number - 1) * JUDGE_PART_LANES / count,
		.last = number * JUDGE_PART_LANES / count - 1,
	};
}

bool judge_part_is_whole(const struct judge_part *part)
{
	return part->first == 0 && part->last == JUDGE_PART_LANES - 1;
}

bool judge_part_has(const struct judge_part *part, int64_t group_id)
{
	uint64_t lane = scramble((uint64_t)group_id) % JUDGE_PART_LANES;

	return lane >= part->first && lane <= part->last;
}
