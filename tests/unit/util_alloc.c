/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An array that grows keeps what it has, and moves seldom. */
#include "tap.h"
#include "util/alloc.h"

#include <stdlib.h>

enum { ELEMENTS = 100000 };

int main(void)
{
	int *list = NULL;
	size_t count = 0, capacity = 0, moves = 0, wrong = 0;

	while (count < ELEMENTS) {
		size_t before = capacity;

		list = xgrow(list, count, &capacity, sizeof(*list));
		moves += capacity != before;
		wrong += capacity <= count;
		list[count] = (int)count;
		count++;
	}
	is_int(wrong, 0, "there is room for one more each time");
	ok(moves < 20, "it moves %zu times for %d elements", moves, ELEMENTS);
	for (size_t i = 0; i < count; i++)
		wrong += list[i] != (int)i;
	is_int(wrong, 0, "and has them all");
	free(list);
	return tap_done();
}
