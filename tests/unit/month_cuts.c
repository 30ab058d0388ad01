/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where stretches of steps are cut: a letter is a month, and a dot a stretch without steps. */
#include "store/month_cuts.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

static const struct {
	const char *name, *stretches, *parts;
} cases[] = {
	{"no stretch", "", ""},
	{"no step", "....", ""},
	{"one stretch", "a", "a"},
	{"one month", "aaaa", "aaaa"},
	{"months", "aaabbbccc", "aaa bbb ccc"},
	{"months without steps", "..aaa..ccc..", "..aaa.. ccc.."},
	{"a long job at a month's end", "aaababbcbccc", "aaa babb cbccc"},
	{"long jobs all the time", "aabbbbbcbccccc", "aa bbbbb cbccccc"},
	{"history that was imported later", "kkkllabcdlll", "kkk ll a b c d lll"},
	{"history from the last to the first", "kjihg", "kj ih g"},
	{"a step of some later time", "aaazaabbb", "aaa z aa bbb"},
	{"steps of an earlier time", "kkkakklll", "kkk a kk lll"},
};

/* The same with a space behind each part but the last; to be freed. */
static char *cut(const char *stretches)
{
	size_t count = strlen(stretches), at = 0;
	int32_t *months = xcalloc(count + 1, sizeof(*months));
	size_t *ends = xcalloc(count + 1, sizeof(*ends));
	char *parts = xcalloc(2 * count + 1, 1);
	size_t part_count;

	for (size_t i = 0; i < count; i++)
		months[i] = stretches[i] == '.' ? MONTH_CUTS_NOTHING : stretches[i] - 'a';
	part_count = month_cuts(months, count, ends);
	for (size_t i = 0; i < part_count; i++) {
		if (i > 0)
			strcat(parts, " ");
		strncat(parts, stretches + at, ends[i] - at);
		at = ends[i];
	}
	free(ends);
	free(months);
	return parts;
}

static void no_order(void)
{
	enum { COUNT = 2000, MONTHS = 24 };
	static int32_t months[COUNT], as_they_were[COUNT];
	static size_t ends[COUNT];
	size_t part_count;

	/* By user, and of each by month: more users than there may be parts. */
	for (size_t i = 0; i < COUNT; i++)
		months[i] = as_they_were[i] = (int32_t)(i % MONTHS);
	part_count = month_cuts(months, COUNT, ends);
	ok(part_count > 0 && part_count <= 2 * MONTHS + 16, "steps in no order have few parts: %zu",
	   part_count);
	is_int((int)ends[part_count - 1], COUNT, "which are all of them");
	/* A month's end in the midst of it is still cut. */
	for (size_t i = 0; i < COUNT; i++)
		months[i] = i < COUNT / 2 ? as_they_were[i] : 100 + as_they_were[i];
	part_count = month_cuts(months, COUNT, ends);
	ok(part_count >= 2 && part_count <= 4 * MONTHS + 16, "nor have two such: %zu", part_count);
	for (size_t i = 1; i < part_count; i++)
		if (ends[i] <= ends[i - 1] || ends[i] > COUNT)
			ok(0, "part %zu ends behind the one before", i);
	is_int((int)ends[part_count - 1], COUNT, "to the last of them");
}

int main(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *parts = cut(cases[i].stretches);

		is_str(parts, cases[i].parts, "%s", cases[i].name);
		free(parts);
	}
	no_order();
	return tap_done();
}
