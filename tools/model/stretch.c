/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The scatter near a size, from stretches of neighbours in size. */
#include "stretch.h"

#include "util/alloc.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define STEPS_MIN 40   /* below that three stretches would say nothing */
#define STRETCH_MIN 12 /* steps of one: its scatter is known to a third */
/* Variance of the log of a scale of one distance: 0.9 of normal noise, 1.1 of Student's t with 3
 * degrees of freedom, 1.4 of an exponential; taken for less, heavy tails look like sizes. */
#define LOG_VARIANCE 1.4
#define DOUBT 4.0 /* stretches that count beside those there are, and scatter as all do */

struct sized_row {
	double log_input;
	size_t row;
};

/*
 * The sizes that were seen last, their logarithms and their order: of one group's run
 * time, memory and CPU time they are mostly the same.
 */
struct stretch_sizes {
	size_t n, allocated;
	double *input, *log_input;
	struct sized_row *order; /* a size of 0 has no logarithm, and is half of the smallest */
};

struct stretch_sizes *stretch_sizes_new(void)
{
	return xcalloc(1, sizeof(struct stretch_sizes));
}

static void sizes_release(struct stretch_sizes *sizes)
{
	free(sizes->input);
	free(sizes->log_input);
	free(sizes->order);
}

void stretch_sizes_free(struct stretch_sizes *sizes)
{
	if (sizes == NULL)
		return;
	sizes_release(sizes);
	free(sizes);
}

static void sizes_reserve(struct stretch_sizes *sizes, size_t n)
{
	if (n <= sizes->allocated)
		return;
	sizes_release(sizes);
	sizes->input = xreallocarray(NULL, n, sizeof(*sizes->input));
	sizes->log_input = xreallocarray(NULL, n, sizeof(*sizes->log_input));
	sizes->order = xreallocarray(NULL, n, sizeof(*sizes->order));
	sizes->allocated = n;
}

static int compare_sizes(const void *a, const void *b)
{
	const struct sized_row *one = a, *other = b;

	return (one->log_input > other->log_input) - (one->log_input < other->log_input);
}

static double log_input_of(double input)
{
	return log(fmax(input, DBL_MIN));
}

static void sizes_load(struct stretch_sizes *sizes, const double *input, size_t n)
{
	double smallest = INFINITY;

	if (n == sizes->n && memcmp(input, sizes->input, n * sizeof(*input)) == 0)
		return;
	sizes_reserve(sizes, n);
	sizes->n = n;
	memcpy(sizes->input, input, n * sizeof(*input));
	for (size_t i = 0; i < n; i++) {
		sizes->log_input[i] = log_input_of(input[i]);
		if (input[i] > 0)
			smallest = fmin(smallest, input[i]);
	}
	for (size_t i = 0; i < n; i++)
		sizes->order[i] = (struct sized_row){
			input[i] > 0 ? sizes->log_input[i] : log_input_of(smallest / 2), i};
	qsort(sizes->order, n, sizeof(*sizes->order), compare_sizes);
}

struct neighbour {
	double log_input, distance;
};

static int compare_distances(const void *a, const void *b)
{
	const struct neighbour *one = a, *other = b;

	return (one->distance > other->distance) - (one->distance < other->distance);
}

/* Steps in the order of their sizes, and of one size in that of their distances. */
static struct neighbour *sorted(const struct stretch_sizes *sizes, const double *residual)
{
	struct neighbour *list = xreallocarray(NULL, sizes->n, sizeof(*list));

	for (size_t i = 0; i < sizes->n; i++)
		list[i] = (struct neighbour){sizes->order[i].log_input,
					     fabs(residual[sizes->order[i].row])};
	for (size_t from = 0, to; from < sizes->n; from = to) {
		for (to = from + 1; to < sizes->n && list[to].log_input == list[from].log_input;
		     to++)
			;
		if (to - from > 1)
			qsort(list + from, to - from, sizeof(*list), compare_distances);
	}
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

static void find_stretches(struct model_workspace *workspace, struct model_fit *fit)
{
	double sum = 0, squares = 0, mean = 0, apart = 0, between;
	struct knot knots[MODEL_KNOTS_MAX];
	struct neighbour *list;
	uint32_t count;

	list = sorted(workspace->sizes, workspace->residual);
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

static double stretch_at_log(const struct model_fit *fit, double log_input)
{
	const double *at = fit->knot_log_input, *of = fit->knot_log_stretch;
	uint32_t k = 1;

	while (k < fit->knot_n && at[k] < log_input)
		k++;
	if (log_input <= at[0] || k == fit->knot_n)
		return exp(of[log_input <= at[0] ? 0 : fit->knot_n - 1]);
	return exp(of[k - 1] + (of[k] - of[k - 1]) * (log_input - at[k - 1]) / (at[k] - at[k - 1]));
}

void stretch_fit(struct model_workspace *workspace, struct model_fit *fit, double *ret_scaled)
{
	const struct sample *used = &workspace->used;

	fit->knot_n = 0;
	if (fit->source == MODEL_OWN && used->n >= STEPS_MIN && fit->input_max > fit->input_min) {
		sizes_load(workspace->sizes, used->input, used->n);
		find_stretches(workspace, fit);
	}
	if (fit->knot_n == 0) {
		memcpy(ret_scaled, workspace->residual, used->n * sizeof(*ret_scaled));
		return;
	}
	for (size_t i = 0; i < used->n; i++)
		ret_scaled[i] = workspace->residual[i] /
				stretch_at_log(fit, workspace->sizes->log_input[i]);
}

double stretch_at(const struct model_fit *fit, double input)
{
	return fit->knot_n == 0 ? 1 : stretch_at_log(fit, log_input_of(input));
}
