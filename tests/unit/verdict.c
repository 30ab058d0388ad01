/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Chances in words that agree with their numbers, and what counts as having been there before. */
#include "step/verdict.h"

#include <math.h>

#include "joboutliers/record.h"
#include "tap.h"

static void test_chance(void)
{
	is_near(verdict_chance(0.001, JO_MISSING, JO_MISSING), 0.001, 0, "a chance is told as it is");
	is_near(verdict_chance(0.001, 40, 0), 0.001, 0, "where no earlier run was as far out,");
	is_near(verdict_chance(0.001, 0, 0), 0.001, 0, "or there was none;");
	is_near(verdict_chance(0.001, 3, 1), 1 / 3.0, 1e-12, "one of three was: that often");
	ok(isnan(verdict_chance(NAN, 3, 1)), "no chance is none");
}

static void test_odds(void)
{
	static const struct {
		double p_value;
		int64_t want;
	} cases[] = {
		{1, 1},
		{0.5, 2},
		{0.0333, 30},
		{0.005, 200},
		{0.00449051828, 220},
		{0.00015, 6700},
		{1.0 / 57072, 57000},
		{1.0 / 99600, 100000},
		{1e-6, 1000000},
		{9.9e-7, VERDICT_ODDS_MAX},
		{0, VERDICT_ODDS_MAX},
		{NAN, JO_MISSING},
		{-0.1, JO_MISSING},
		{1.1, JO_MISSING},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		is_int(verdict_odds(cases[i].p_value), cases[i].want, "the odds of %g",
		       cases[i].p_value);
}

static void test_likes(void)
{
	static const struct {
		int64_t near_count, like_count;
		bool want;
	} cases[] = {
		{0, 0, false},   {3, 0, false},  {3, 1, true},
		{50, 1, false},  {49, 1, true},  {JO_MISSING, JO_MISSING, false},
		{100, 2, false}, {100, 3, true}, {JO_MISSING, 1, false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		is_int(verdict_has_likes(cases[i].near_count, cases[i].like_count), cases[i].want,
		       "%d of %d", (int)cases[i].like_count, (int)cases[i].near_count);
}

int main(void)
{
	test_chance();
	test_odds();
	test_likes();
	return tap_done();
}
