/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The chance of several steps far out, against scipy 1.10.1:
 *
 *	rate = 0.4 * exp(-3.5 * distance)
 *	betabinom(n, 6 * rate + before_far, 6 * (1 - rate) + before_n - before_far).sf(far_n - 1)
 */
#include "model/outlier_rate.h"
#include "tap.h"

static const struct {
	double distance;
	size_t before_n, before_far, n, far_n;
	double want;
} cases[] = {
	{0.5, 40, 0, 30, 2, 0.0552929404428},
	{0.7, 60, 4, 30, 6, 0.0301501453186},
	{1.1, 8, 0, 3, 3, 3.27680944351e-05},
	{0.69314718055994529, 200, 1, 30, 5, 3.84610473544e-05},
	{3, 20, 0, 5, 2, 8.17042440371e-07},
	{0.42, 100, 10, 1, 1, 0.0995454826835},
};

int main(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		is_near(outlier_rate_chance_of(cases[i].distance, cases[i].before_n, cases[i].before_far,
				      cases[i].n, cases[i].far_n) /
				cases[i].want,
			1, 1e-8, "%zu of %zu at %g after %zu of %zu", cases[i].far_n, cases[i].n,
			cases[i].distance, cases[i].before_far, cases[i].before_n);
	ok(outlier_rate_chance_of(50, 2000, 0, 1, 1) > 0, "which is never nothing");
	return tap_done();
}
