/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parts of the groups: each group is in one of them, and they are about as large. */
#include "judge/part.h"

#include "tap.h"

#define GROUPS 4096

static void each_is_in_one(void)
{
	size_t wrong = 0;

	for (uint32_t count = 1; count <= JUDGE_PART_LANES; count++) {
		for (int64_t group = 1; group <= GROUPS; group += 7) {
			unsigned owners = 0;

			for (uint32_t number = 1; number <= count; number++) {
				struct judge_part part = judge_part_of(number, count);

				owners += judge_part_has(&part, group);
			}
			wrong += owners != 1;
		}
	}
	is_int((int64_t)wrong, 0, "of any number of parts a group is in one");
}

static void ranges_follow_each_other(void)
{
	size_t wrong = 0;

	for (uint32_t count = 1; count <= JUDGE_PART_LANES; count++) {
		uint32_t next = 0;

		for (uint32_t number = 1; number <= count; number++) {
			struct judge_part part = judge_part_of(number, count);

			wrong += part.first != next || part.last < part.first;
			next = part.last + 1;
		}
		wrong += next != JUDGE_PART_LANES;
	}
	is_int((int64_t)wrong, 0, "their lanes follow each other, and none is empty");
}

static void sizes(void)
{
	static const uint32_t counts[] = {2, 3, 4, 16};

	for (size_t c = 0; c < sizeof(counts) / sizeof(counts[0]); c++) {
		int64_t least = GROUPS, most = 0;

		for (uint32_t number = 1; number <= counts[c]; number++) {
			struct judge_part part = judge_part_of(number, counts[c]);
			int64_t size = 0;

			/* Every fourth id: such as steps of four kinds, in turn, get. */
			for (int64_t group = 1; group <= 4 * GROUPS; group += 4)
				size += judge_part_has(&part, group);
			least = size < least ? size : least;
			most = size > most ? size : most;
		}
		ok(least * 4 > most * 3, "of %u the smallest has %lld groups, the largest %lld",
		   counts[c], (long long)least, (long long)most);
	}
}

int main(void)
{
	struct judge_part whole = JUDGE_PART_WHOLE, half = judge_part_of(2, 2);
	struct judge_part one = judge_part_of(1, 1);

	ok(judge_part_is_whole(&whole) && judge_part_is_whole(&one) && !judge_part_is_whole(&half),
	   "one of one is all");
	each_is_in_one();
	ranges_follow_each_other();
	sizes();
	return tap_done();
}
