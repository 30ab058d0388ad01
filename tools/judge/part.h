/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A share of the groups, for hosts that judge a night together.  A group is in
 * one of JUDGE_PART_LANES lanes, by its id, and the part K of N has those lanes
 * that follow each other from K - 1 to K N-ths of them: so parts of one N never
 * share a group, parts of another are told from them by the lanes they have in
 * common, and each part is a range of the lock for judging.
 */
#ifndef JUDGE_PART_H
#define JUDGE_PART_H

#include <stdbool.h>
#include <stdint.h>

/* So many parts at most: more hosts than a night is worth, and as many locks as a server has room
 * for. */
#define JUDGE_PART_LANES 256

/* The lanes from first to last. */
struct judge_part {
	uint32_t first, last;
};

/* All of them. */
#define JUDGE_PART_WHOLE                                                                           \
	(struct judge_part)                                                                        \
	{                                                                                          \
		0, JUDGE_PART_LANES - 1                                                            \
	}

/* The part with this number of so many; 1 <= number <= count <= JUDGE_PART_LANES. */
struct judge_part judge_part_of(uint32_t number, uint32_t count);

/* Whether the part is all groups. */
bool judge_part_is_whole(const struct judge_part *part);

/* Whether the group is the part's. */
bool judge_part_has(const struct judge_part *part, int64_t group_id);

#endif
