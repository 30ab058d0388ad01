/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Looks at an interval in which the median may be: by counting, whether it is
 * there, and if so, what the loss is at least, wherever in it the median is.
 */
#include "loss_bound.h"

#include "util/clones.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define LOOKS_MAX 6      /* without an answer by then the loss itself is computed */
#define HALF_FIRST 0.12F /* of reach: half the first interval */
#define NARROWER 0.5F    /* halves */
#define WIDER 1.25F      /* an interval that was missed by little is widened by little */

/* Vectors of the compiler's, which every processor has or is given. */
typedef float lanes __attribute__((vector_size(4 * LOSS_BOUND_LANES)));
typedef int32_t flags __attribute__((vector_size(4 * LOSS_BOUND_LANES)));

size_t loss_bound_rows(size_t n)
{
	return (n + LOSS_BOUND_LANES - 1) / LOSS_BOUND_LANES * LOSS_BOUND_LANES;
}

/* In all lanes. */
#define ALL(number) ((lanes){0} + (number))

/* Whether they are below 0, by the sign: it is shifted in vectors of any width, which few can
 * compare. */
#define IS_NEGATIVE(lanes) ((flags)(lanes) >> 31)

/* log(m 2^e) = e log 2 + 2 atanh((m - 1) / (m + 1)), with m from sqrt(1/2) to sqrt(2). */
CLONED void take_logs(lanes *numbers)
{
	const int32_t sqrt_half = 0x3f3504f3; /* a float's bits */
	flags exponent = ((flags)*numbers - sqrt_half) >> 23;
	lanes mantissa = (lanes)((flags)*numbers - (exponent << 23));
	lanes s = (mantissa - 1) / (mantissa + 1), square = s * s;
	lanes series = 1 + square * (1.0F / 3 + square * (1.0F / 5 + square * (1.0F / 7)));

	*numbers = __builtin_convertvector(exponent, lanes) * (float)M_LN2 + 2 * s * series;
}

CLONES static void find_logs(const float *sizes, size_t rows, double offset, double middle,
			     float *ret_logs)
{
	const float add = (float)offset, share = (float)(1 / (middle + offset));

	for (size_t i = 0; i < rows; i += LOSS_BOUND_LANES) {
		lanes logs;

		memcpy(&logs, sizes + i, sizeof(logs));
		logs = (logs + add) * share;
		take_logs(&logs);
		memcpy(ret_logs + i, &logs, sizeof(logs));
	}
}

void loss_bound_logs(const float *sizes, size_t rows, double offset, double middle, float *ret_logs)
{
	find_logs(sizes, rows, offset, middle, ret_logs);
}

/* An interval, and what the rows say of it. */
struct look {
	float centre, half;
	size_t below, below_end; /* rows below its start and below its end */
	/* Likewise for the stretch whose rows are within reach of all of the interval. */
	size_t below_near, below_near_end;
	double bound; /* of the mean of the keep smallest distances from the centre */
};

CLONED size_t count(const flags *rows)
{
	size_t sum = 0;

	for (size_t j = 0; j < LOSS_BOUND_LANES; j++)
		sum += (size_t)(*rows)[j];
	return sum;
}

/* The length of the stretch on either side of the centre whose rows stay within reach. */
CLONED float near_half(const struct loss_bound *screen, float half)
{
	return screen->reach > half ? screen->reach - half : 0;
}

/*
 * The sum of the keep smallest of a[] is the maximum over t of
 * keep * t - sum of max(0, t - a[i]): any t gives a lower bound, in one pass.
 */
CLONED void look(const struct loss_bound *screen, struct look *look)
{
	float near = near_half(screen, look->half);
	lanes power = ALL(screen->power), reach = ALL(screen->reach);
	lanes centre = ALL(look->centre), sums = {0};
	lanes start = ALL(look->centre - look->half);
	lanes end = ALL(look->centre + look->half);
	lanes near_start = ALL(look->centre - near), near_end = ALL(look->centre + near);
	flags below = {0}, below_end = {0}, below_near = {0}, below_near_end = {0};
	double sum = 0;

	for (size_t i = 0; i < screen->rows; i += LOSS_BOUND_LANES) {
		lanes residual, logs, distance, rest;

		memcpy(&residual, screen->value + i, sizeof(residual));
		memcpy(&logs, screen->log + i, sizeof(logs));
		residual -= power * logs;
		distance = (lanes)((flags)(residual - centre) & INT32_MAX);
		rest = reach - distance;
		sums += (lanes)((flags)rest & ~IS_NEGATIVE(rest));
		/* True is -1. */
		below -= IS_NEGATIVE(residual - start);
		below_end -= IS_NEGATIVE(residual - end);
		below_near -= IS_NEGATIVE(residual - near_start);
		below_near_end -= IS_NEGATIVE(residual - near_end);
	}
	for (size_t j = 0; j < LOSS_BOUND_LANES; j++)
		sum += (double)sums[j];
	look->bound = (double)screen->reach - sum / (double)screen->keep;
	look->below = count(&below);
	look->below_end = count(&below_end);
	look->below_near = count(&below_near);
	look->below_near_end = count(&below_near_end);
}

/*
 * The bound for the worst place in the interval.  By a step away from the
 * centre, the rows behind that stay within reach come further away by as much,
 * and no row comes nearer by more.
 */
CLONED double bound_within(const struct loss_bound *screen, const struct look *look)
{
	double n = (double)screen->n, below = (double)look->below,
	       below_end = (double)look->below_end;
	double up = (n - below) - (below - (double)look->below_near);
	double down = below_end - ((double)look->below_near_end - below_end);

	return look->bound - (double)look->half * (up > down ? up : down) / (double)screen->keep;
}

/* Move the interval to where the rows that are missing below or above it may be. */
CLONED void move(const struct loss_bound *screen, const struct look *seen, bool is_above,
		 float *middle, float *half)
{
	float rows = (float)(seen->below_near_end - seen->below_near + 2);
	float density = rows / (2 * near_half(screen, seen->half) + seen->half);
	float missing = (float)screen->n / 2 - (float)(is_above ? seen->below_end : seen->below);
	float step = missing / density;

	*middle += (is_above ? seen->half : -seen->half) + step;
	*half = fmaxf(WIDER * seen->half, fabsf(step) / 2);
}

CLONES static double find_bound(const struct loss_bound *screen, float *middle)
{
	float half = HALF_FIRST * screen->reach;
	double best = 0;

	for (int i = 0; i < LOOKS_MAX; i++) {
		struct look seen = {.centre = *middle, .half = half};
		bool is_above, is_below;
		float inside;

		look(screen, &seen);
		is_below = seen.below > (screen->n - 1) / 2;
		is_above = seen.below_end < screen->n / 2 + 1;
		if (is_below || is_above) {
			move(screen, &seen, is_above, middle, &half);
			continue;
		}
		inside = (float)(seen.below_end - seen.below);
		*middle += half * (((float)screen->n - 2 * (float)seen.below) / inside - 1);
		best = fmax(best, bound_within(screen, &seen));
		/* At the centre it may be more, but not by far. */
		if (seen.bound < screen->limit || best >= screen->plenty ||
		    (best >= screen->limit && seen.bound < screen->plenty))
			break;
		half *= NARROWER;
	}
	return best;
}

double loss_bound_of(const struct loss_bound *screen, float *middle)
{
	return find_bound(screen, middle);
}
