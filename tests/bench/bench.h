/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the benchmarks share: clocks, a fixed stream of random numbers, and giving up. */
#ifndef BENCH_H
#define BENCH_H

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define MAYBE_UNUSED __attribute__((unused))

/* CLOCK_MONOTONIC, or CLOCK_THREAD_CPUTIME_ID, which holds on a busy machine as well. */
MAYBE_UNUSED static double clock_s(clockid_t clock)
{
	struct timespec ts;

	(void)clock_gettime(clock, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec * 1e-9;
}

MAYBE_UNUSED static void check(int is_good, const char *what)
{
	if (is_good)
		return;
	(void)fprintf(stderr, "%s: %s\n", program_invocation_short_name, what);
	exit(1);
}

/* The same in every run, so that each times the same work. */
MAYBE_UNUSED static uint64_t random_bits(uint64_t *state)
{
	*state = *state * 6364136223846793005U + 1442695040888963407U;
	return *state;
}

MAYBE_UNUSED static double uniform(uint64_t *state)
{
	return ((double)(random_bits(state) >> 11) + 0.5) / 9007199254740992.0;
}

MAYBE_UNUSED static double normal(uint64_t *state)
{
	return sqrt(-2 * log(uniform(state))) * cos(2 * M_PI * uniform(state));
}

#endif
