/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Grid search for the shifted power law.  Losses are flat and have more than
 * one valley where data are few, so every shape is tried rather than descended
 * to; ties go to the first in a fixed order, which makes the result one.
 */
#include "level.h"

#include "stat.h"
#include "util/alloc.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define KEEP 0.85       /* share of the residuals in the loss: the rest may be outliers */
#define LOSS_FLOOR 0.01 /* a better fit than 1 % is no better */
#define FOLDS 10
#define FREE_POWER_MIN 12 /* steps from which offset and power may both be free */
#define CLOSE_MIN 0.2     /* see may_skip() */
#define CLOSE_STEPS 8.0

/*
 * Offsets double from a ten-thousandth of the range of sizes to eight times the
 * largest.  The range is at least 1e-9 of the largest, so 2^47 is the most.
 */
#define OFFSETS_MAX 49
#define POWERS 7
#define CANDIDATES_MAX (2 + OFFSETS_MAX + POWERS + OFFSETS_MAX * POWERS)
#define OTHERS_MAX 33 /* offsets off the grid kept at once */

static const double powers[POWERS] = {0.25, 0.5, 0.75, 1.25, 1.5, 2, 3};
static const double refine_power[] = {0.86, 0.93, 1.07, 1.14};
static const double refine_offset[] = {0.6, 0.7, 0.84, 1.19, 1.41, 1.67};

/* Logarithms of (input - input_min + offset) for all rows, kept by offset. */
struct log_cache {
	double *row[OFFSETS_MAX + OTHERS_MAX]; /* those of the grid, then others */
	bool have[OFFSETS_MAX];
	double key[OTHERS_MAX];
	size_t used, next;
};

/* The shapes that are tried for a set of sizes. */
struct shapes {
	double input_min, input_max;
	bool has_slope;        /* there is more than one size */
	bool has_proportional; /* and none is 0 */
	size_t offset_n;
	double offset[OFFSETS_MAX];
};

struct level_work {
	size_t n, allocated, folds;
	double *input, *log_value; /* fold by fold, in time order within */
	double *scratch;
	size_t *time_of; /* position in time of a row here */
	size_t fold_start[FOLDS + 1];
	double criterion[CANDIDATES_MAX]; /* of the last full fit, or a lower bound of it */
	double best_criterion;
	struct shapes shapes;
	struct log_cache logs;
	double *block;
};

/* The rows of a fit: all but [hole, hole_end). */
struct rows {
	size_t hole, hole_end;
};

struct level_work *level_work_new(void)
{
	return xcalloc(1, sizeof(struct level_work));
}

void level_work_free(struct level_work *work)
{
	if (work == NULL)
		return;
	free(work->block);
	free(work->time_of);
	free(work);
}

static double *carve(double **next, size_t n)
{
	double *part = *next;

	*next += n;
	return part;
}

static void reserve(struct level_work *work, size_t n)
{
	size_t cached = OFFSETS_MAX + OTHERS_MAX;
	double *next;

	if (n <= work->allocated)
		return;
	free(work->block);
	free(work->time_of);
	work->block = xreallocarray(NULL, n * (3 + cached), sizeof(double));
	work->time_of = xreallocarray(NULL, n, sizeof(size_t));
	work->allocated = n;
	next = work->block;
	work->input = carve(&next, n);
	work->log_value = carve(&next, n);
	work->scratch = carve(&next, n);
	for (size_t i = 0; i < cached; i++)
		work->logs.row[i] = carve(&next, n);
}

void level_load_values(struct level_work *work, const double *log_value)
{
	for (size_t i = 0; i < work->n; i++)
		work->log_value[i] = log_value[work->time_of[i]];
}

/* The grid hangs on the smallest and the largest size of all rows, for folds as well. */
static void shapes_init(struct shapes *shapes, const double *input, size_t n)
{
	double low = INFINITY, high = 0, first, steps;

	for (size_t i = 0; i < n; i++) {
		low = fmin(low, input[i]);
		high = fmax(high, input[i]);
	}
	memset(shapes, 0, sizeof(*shapes));
	shapes->input_min = low;
	shapes->input_max = high;
	shapes->has_slope = high > low * (1 + 1e-9) && high > 0;
	if (!shapes->has_slope)
		return;
	shapes->has_proportional = low > 0;
	first = fmax((high - low) * 1e-4, 1);
	steps = ceil(log(8 * high / first) / log(2));
	shapes->offset_n = steps < OFFSETS_MAX - 1 ? (size_t)fmax(steps, 0) + 1 : OFFSETS_MAX;
	for (size_t j = 0; j < shapes->offset_n; j++)
		shapes->offset[j] = ldexp(first, (int)j);
}

void level_load(struct level_work *work, const double *input, const double *log_value, size_t n)
{
	size_t at = 0;

	reserve(work, n);
	work->n = n;
	work->folds = n < FOLDS ? n : FOLDS;
	for (size_t fold = 0; fold < work->folds; fold++) {
		work->fold_start[fold] = at;
		for (size_t i = fold; i < n; i += work->folds)
			work->time_of[at++] = i;
	}
	work->fold_start[work->folds] = n;
	for (size_t i = 0; i < n; i++)
		work->input[i] = input[work->time_of[i]];
	shapes_init(&work->shapes, input, n);
	work->logs.used = work->logs.next = 0;
	memset(work->logs.have, 0, sizeof(work->logs.have));
	level_load_values(work, log_value);
}

static void fill_logs(const struct level_work *work, double offset, double *ret_logs)
{
	for (size_t i = 0; i < work->n; i++)
		ret_logs[i] =
			log(fmax(work->input[i] - work->shapes.input_min + offset, offset / 2));
}

static const double *grid_logs(struct level_work *work, size_t j)
{
	struct log_cache *cache = &work->logs;

	if (!cache->have[j]) {
		fill_logs(work, work->shapes.offset[j], cache->row[j]);
		cache->have[j] = true;
	}
	return cache->row[j];
}

/* As grid_logs(), for an offset off the grid; folds mostly refine towards the same few. */
static const double *other_logs(struct level_work *work, double offset)
{
	struct log_cache *cache = &work->logs;
	size_t slot;

	for (size_t i = 0; i < cache->used; i++)
		if (cache->key[i] == offset)
			return cache->row[OFFSETS_MAX + i];
	slot = cache->next;
	cache->next = (cache->next + 1) % OTHERS_MAX;
	if (cache->used < OTHERS_MAX)
		cache->used++;
	cache->key[slot] = offset;
	fill_logs(work, offset, cache->row[OFFSETS_MAX + slot]);
	return cache->row[OFFSETS_MAX + slot];
}

static size_t rows_n(const struct level_work *work, const struct rows *rows)
{
	return work->n - (rows->hole_end - rows->hole);
}

/* A running search: the best so far, and what it may skip. */
struct search {
	struct level_work *work;
	struct rows rows;
	bool is_fold;
	struct level best;
	double best_reach; /* the largest of the residuals kept in the best one's loss */
};

/*
 * A tenth of the rows less changes a loss by little: a shape much worse than
 * the best with all rows is not the best without a few.  Skipping it is most
 * of the speed; the fewer the rows, the more a few can do.
 */
static bool may_skip(const struct search *search, size_t id)
{
	const struct level_work *work = search->work;

	return search->is_fold &&
	       work->criterion[id] >
		       work->best_criterion + fmax(CLOSE_MIN, CLOSE_STEPS / (double)work->n);
}

/* Written so that it compiles to one instruction, unlike fmax(), which minds NaN. */
static inline double positive(double difference)
{
	return difference > 0 ? difference : 0;
}

/*
 * The sum of the keep smallest of a[] is the maximum over t of
 * keep * t - sum of max(0, t - a[i]): any t gives a lower bound, in one pass.
 */
static double lowest_mean_bound(const double *a, size_t n, size_t keep, double t)
{
	double even = 0, odd = 0;

	/* Two sums, so that one addition need not wait for the other; no branches. */
	for (size_t i = 0; i + 1 < n; i += 2) {
		even += positive(t - a[i]);
		odd += positive(t - a[i + 1]);
	}
	if (n % 2 == 1)
		even += positive(t - a[n - 1]);
	return t - (even + odd) / (double)keep;
}

/* One shape on the rows of a search; logs may be NULL for power 0. */
static void try_shape(struct search *search, size_t id, double power, double offset, int freedom,
		      const double *logs)
{
	const struct level_work *work = search->work;
	const struct rows *rows = &search->rows;
	size_t n = rows_n(work, rows), at = 0, keep = (size_t)ceil(KEEP * (double)n);
	const double *value = work->log_value;
	double *r = work->scratch, level, loss, reach, penalty, criterion;

	if (power == 0) {
		memcpy(r, value, rows->hole * sizeof(*r));
		memcpy(r + rows->hole, value + rows->hole_end,
		       (work->n - rows->hole_end) * sizeof(*r));
	} else {
		for (size_t i = 0; i < rows->hole; i++)
			r[at++] = value[i] - power * logs[i];
		for (size_t i = rows->hole_end; i < work->n; i++)
			r[at++] = value[i] - power * logs[i];
	}
	level = stat_median(r, n);
	for (size_t i = 0; i < n; i++)
		r[i] = fabs(r[i] - level);
	penalty = freedom * log((double)(n < 2 ? 2 : n)) / (2 * (double)n);
	loss = lowest_mean_bound(r, n, keep, search->best_reach);
	criterion = log(fmax(loss, 0) + LOSS_FLOOR) + penalty;
	if (!(criterion >= search->best.criterion)) {
		reach = stat_select(r, n, keep - 1);
		loss = 0;
		for (size_t i = 0; i < keep; i++)
			loss += r[i];
		loss /= (double)keep;
		criterion = log(loss + LOSS_FLOOR) + penalty;
		if (criterion < search->best.criterion) {
			search->best.power = power;
			search->best.offset = offset;
			search->best.level = level;
			search->best.loss = loss;
			search->best.criterion = criterion;
			search->best.freedom = freedom;
			search->best_reach = reach;
		}
	}
	if (!search->is_fold && id < CANDIDATES_MAX)
		search->work->criterion[id] = criterion;
}

static void search_grid(struct search *search)
{
	struct level_work *work = search->work;
	const struct shapes *shapes = &work->shapes;
	bool has_both = rows_n(work, &search->rows) >= FREE_POWER_MIN;
	struct level constant;
	size_t id = 1;

	search->best = (struct level){.input_min = shapes->input_min,
				      .input_max = shapes->input_max,
				      .criterion = INFINITY};
	search->best_reach = 0;
	try_shape(search, 0, 0, 1, 1, NULL);
	if (!shapes->has_slope)
		return;
	constant = search->best;
	/* What is no better than a constant by more than rounding is a constant. */
	search->best.criterion -= 1e-12;
	if (shapes->has_proportional && !may_skip(search, 1))
		try_shape(search, 1, 1, shapes->input_min, 1, other_logs(work, shapes->input_min));
	id = 2;
	for (size_t j = 0; j < shapes->offset_n; j++, id++)
		if (!may_skip(search, id))
			try_shape(search, id, 1, shapes->offset[j], 2, grid_logs(work, j));
	for (size_t i = 0; i < POWERS && shapes->has_proportional; i++, id++)
		if (!may_skip(search, id))
			try_shape(search, id, powers[i], shapes->input_min, 2,
				  other_logs(work, shapes->input_min));
	for (size_t j = 0; j < shapes->offset_n && has_both; j++)
		for (size_t i = 0; i < POWERS; i++, id++)
			if (!may_skip(search, id))
				try_shape(search, id, powers[i], shapes->offset[j], 3,
					  grid_logs(work, j));
	if (search->best.power == 0)
		search->best = constant;
}

/* The best of a few shapes beside the best one, if it is better. */
static void refine(struct search *search)
{
	struct level start = search->best;
	const double *logs;

	if (start.power <= 0 || start.freedom < 2)
		return;
	if (start.power != 1) {
		logs = other_logs(search->work, start.offset);
		for (size_t i = 0; i < sizeof(refine_power) / sizeof(*refine_power); i++)
			try_shape(search, SIZE_MAX, start.power * refine_power[i], start.offset,
				  start.freedom, logs);
	}
	start = search->best;
	if (start.freedom == 2 && start.offset == search->work->shapes.input_min)
		return;
	for (size_t i = 0; i < sizeof(refine_offset) / sizeof(*refine_offset); i++) {
		double offset = start.offset * refine_offset[i];

		logs = other_logs(search->work, offset);
		try_shape(search, SIZE_MAX, start.power, offset, start.freedom, logs);
	}
}

void level_fit(struct level_work *work, struct level *ret_level)
{
	struct search search = {.work = work};

	search_grid(&search);
	work->best_criterion = search.best.criterion;
	refine(&search);
	*ret_level = search.best;
}

size_t level_folds(const struct level_work *work)
{
	return work->folds;
}

void level_fit_without(struct level_work *work, size_t fold, struct level *ret_level)
{
	struct search search = {.work = work,
				.is_fold = true,
				.rows = {work->fold_start[fold], work->fold_start[fold + 1]}};

	search_grid(&search);
	refine(&search);
	*ret_level = search.best;
}

double level_at(const struct level *level, double input)
{
	if (level->power == 0)
		return level->level;
	return level->level + level->power * log(fmax(input - level->input_min + level->offset,
						      level->offset / 2));
}
