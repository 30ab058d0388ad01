/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The scatter near a size, from stretches of neighbours in size. */
#include "stretch.h"

#include "util/alloc.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#define STEPS_MIN 40   /* below that three stretches would say nothing */
#define STRETCH_MIN 12 /* steps of one: its scatter is known to a third */
/* Variance of the log of a scale of one distance: 0.9 of normal noise, 1.1 of Student's t with 3
 * degrees of freedom, 1.4 of an exponential; taken for less, heavy tails look like sizes. */
#define LOG_VARIANCE 1.4
#define DOUBT 4.0 /* stretches that count beside those there are, and scatter as all do */

struct neighbour {
	double log_input, distance;
};

static int compare_neighbours(const void *a, const void *b)
{
	const struct neighbour *one = a, *other = b;

	if (one->log_input != other->log_input)
		return one->log_input < other->log_input ? -1 : 1;
	return (one->distance > other->distance) - (one->distance < other->distance);
}

static double log_input_of(double input)
{
	return log(fmax(input, DBL_MIN));
}

/* Steps in the order of their sizes; a size of 0 has no logarithm, and is half of the smallest. */
static struct neighbour *sorted(const struct model_workspace *workspace)
{
	const struct sample *used = &workspace->used;
	struct neighbour *list = xreallocarray(NULL, used->n, sizeof(*list));
	double smallest = INFINITY;

	for (size_t i = 0; i < used->n; i++)
		if (used->input[i] > 0)
			smallest = fmin(smallest, used->input[i]);
	for (size_t i = 0; i < used->n; i++)
		list[i] = (struct neighbour){log_input_of(fmax(used->input[i], smallest / 2)),
					     fabs(workspace->residual[i])};
	qsort(list, used->n, sizeof(*list), compare_neighbours);
	return list;
}

/* What one stretch says. */
struct knot {
	double log_input, log_scale, weight; /* 1 / variance of the log scale */
};

static struct knot knot_of(const struct neighbour *list, size_t n, double *scratch)
{
	double *distance = scratch + n;
	struct knot knot = {.weight = (double)n / LOG_VARIANCE};
	size_t weight;

	for (size_t i = 0; i < n; i++) {
		distance[i] = list[i].distance;
		knot.log_input += list[i].log_input / (double)n;
	}
	knot.log_scale = log(tail_scale(distance, n, scratch, &weight) + TAIL_SCALE_FLOOR);
	return knot;
}

/* Stretches of about equal numbers of steps, each size in one alone. */
static uint32_t find_knots(const struct neighbour *list, size_t n, double *scratch,
			   struct knot knots[MODEL_KNOTS_MAX])
{
	size_t each = n / MODEL_KNOTS_MAX > STRETCH_MIN ? n / MODEL_KNOTS_MAX : STRETCH_MIN;
	uint32_t count = 0;

	for (size_t from = 0, to; from < n; from = to) {
		to = from + each;
		/* What is left over is no stretch of its own. */
		if (to + each > n || count + 1 == MODEL_KNOTS_MAX)
			to = n;
		while (to < n && list[to].log_input == list[to - 1].log_input)
			to++;
		knots[count++] = knot_of(list + from, to - from, scratch);
	}
	return count;
}

void stretch_fit(struct model_workspace *workspace, struct model_fit *fit)
{
	double sum = 0, squares = 0, mean = 0, apart = 0, between;
	struct knot knots[MODEL_KNOTS_MAX];
	struct neighbour *list;
	uint32_t count;

	fit->knot_n = 0;
	if (fit->source != MODEL_OWN || workspace->used.n < STEPS_MIN ||
	    !(fit->input_max > fit->input_min))
		return;
	list = sorted(workspace);
	count = find_knots(list, workspace->used.n, workspace->scratch, knots);
	free(list);
	if (count < 2)
		return;
	for (uint32_t k = 0; k < count; k++) {
		sum += knots[k].weight;
		squares += knots[k].weight * knots[k].weight;
		mean += knots[k].weight * knots[k].log_scale;
	}
	mean /= sum;
	for (uint32_t k = 0; k < count; k++)
		apart += knots[k].weight * pow(knots[k].log_scale - mean, 2);
	if (!(apart > count - 1))
		return;
	between = (apart - (count - 1)) / (sum - squares / sum) * (count - 1) / (count - 1 + DOUBT);
	fit->knot_n = count;
	for (uint32_t k = 0; k < count; k++) {
		fit->knot_log_input[k] = knots[k].log_input;
		fit->knot_log_stretch[k] =
			(knots[k].log_scale - mean) * between / (between + 1 / knots[k].weight);
	}
}

double stretch_at(const struct model_fit *fit, double input)
{
	const double *at = fit->knot_log_input, *of = fit->knot_log_stretch;
	double log_input = log_input_of(input);
	uint32_t k = 1;

	if (fit->knot_n == 0)
		return 1;
	while (k < fit->knot_n && at[k] < log_input)
		k++;
	if (log_input <= at[0] || k == fit->knot_n)
		return exp(of[log_input <= at[0] ? 0 : fit->knot_n - 1]);
	return exp(of[k - 1] + (of[k] - of[k - 1]) * (log_input - at[k - 1]) / (at[k] - at[k - 1]));
}
