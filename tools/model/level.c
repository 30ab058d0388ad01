/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Grid search for the shifted power law.  Losses are flat and have more than
 * one valley where data are few, so every shape is tried rather than descended
 * to; ties go to the first in a fixed order, which makes the result one.
 */
#include "level.h"

#include "grid.h"
#include "loss_bound.h"
#include "util/stat.h"
#include "util/alloc.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define KEEP 0.85         /* share of the residuals in the loss: the rest may be outliers */
#define LOSS_FLOOR 0.01   /* a better fit than 1 % is no better */
#define ROUNDING 1e-12    /* of a criterion */
#define FOLDS 10          /* cross-fitting: more cost more and change residuals little */
#define FREEDOM_MAX 3     /* the most parameters of a shape */
#define FREE_POWER_MIN 12 /* steps from which offset and power may both be free */
#define CLOSE_MIN 0.2     /* see closeness() */
#define CLOSE_STEPS 16.0  /* so many steps are worth one of penalty */

/*
 * From so many rows on a bound costs less than the loss.  Of few rows all losses
 * are better known, as folds can then skip more of them; bounds are for folds.
 */
#define SCREEN_MIN 30
#define SCREEN_MIN_FOLD 8

/* Reach of bounds, against the best shape's: losses of interest are somewhat larger. */
#define REACH 1.1

/*
 * Where a shape's order statistics are looked for first: its median around where
 * a bound saw it, as a share of the largest distance that the best shape's loss
 * keeps, and its own such distance at so many times that one, or so many less.
 */
#define MEDIAN_WIDTH 0.06
#define KEPT_RATIO 1.15

/*
 * What single precision may add to a bound: by adding up thousands of rows, as a
 * share of the reach; by the logarithms of sizes up to 2^63, times the power;
 * and by the log values, as a share of their range.
 */
#define BLUR_SUM 1e-4
#define BLUR_LOG 1e-4
#define BLUR_VALUE (4 * FLT_EPSILON)

static const double refine_power[] = {0.86, 0.93, 1.07, 1.14};
static const double refine_offset[] = {0.6, 0.7, 0.84, 1.19, 1.41, 1.67};

struct level_work {
	size_t n, allocated, folds;
	double *input, *log_value; /* fold by fold, in time order within */
	double *scratch;           /* 2 allocated */
	float *rough_value;        /* less middle_value, padded for screen.h */
	double input_low;
	double middle_value, value_range; /* of the log values */
	size_t *time_of;                  /* position in time of a row here */
	size_t fold_start[FOLDS + 1];
	size_t best_order;            /* of the last search over all rows, unrefined */
	double best_kept;             /* the largest distance that its loss keeps */
	double skip[FREEDOM_MAX + 1]; /* shapes of more loss than this folds need not try */
	struct grid grid;
};

/* A running search, on all rows but those of a hole. */
struct search {
	struct level_work *work;
	bool is_fold;
	size_t hole, hole_end;
	size_t n, keep; /* rows, and how many of them the loss keeps */

	/* By freedom: what it costs, and the losses that are worse than the best, and by far. */
	double penalty[FREEDOM_MAX + 1], limit[FREEDOM_MAX + 1], far[FREEDOM_MAX + 1];

	struct level best;
	size_t best_order;
	struct grid_logs *best_logs;
	double best_kept;              /* the largest distance that its loss keeps */
	float best_reach, best_middle; /* for screen.h: somewhat more, and the residuals' median */
};

struct level_work *level_work_new(void)
{
	return xcalloc(1, sizeof(struct level_work));
}

static void release(struct level_work *work)
{
	free(work->input);
	free(work->log_value);
	free(work->scratch);
	free(work->rough_value);
	free(work->time_of);
}

void level_work_free(struct level_work *work)
{
	if (work == NULL)
		return;
	release(work);
	grid_release(&work->grid);
	free(work);
}

static void reserve(struct level_work *work, size_t n)
{
	n = loss_bound_rows(n);
	if (n <= work->allocated)
		return;
	release(work);
	work->input = xreallocarray(NULL, n, sizeof(double));
	work->log_value = xreallocarray(NULL, n, sizeof(double));
	work->scratch = xreallocarray(NULL, 2 * n, sizeof(double));
	work->rough_value = xreallocarray(NULL, n, sizeof(float));
	work->time_of = xreallocarray(NULL, n, sizeof(size_t));
	work->allocated = n;
}

static void fill_rough(struct level_work *work, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		work->rough_value[i] = (float)(work->log_value[i] - work->middle_value);
}

static void leave_out(struct level_work *work, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		work->rough_value[i] = INFINITY;
}

/* How many of n rows the loss keeps. */
static size_t kept(size_t n)
{
	return (size_t)ceil(KEEP * (double)n);
}

void level_load_values(struct level_work *work, const double *log_value)
{
	for (size_t i = 0; i < work->n; i++)
		work->log_value[i] = log_value[work->time_of[i]];
	memcpy(work->scratch, log_value, work->n * sizeof(double));
	work->middle_value = stat_select(work->scratch, work->n, work->n / 2);
	work->value_range = 0;
	for (size_t i = 0; i < work->n; i++) {
		double distance = fabs(log_value[i] - work->middle_value);

		if (distance > work->value_range)
			work->value_range = distance;
	}
	fill_rough(work, 0, work->n);
	leave_out(work, work->n, loss_bound_rows(work->n));
}

/*
 * The grid hangs on the sizes of all rows, for folds as well.  Of one group's run
 * time, memory and CPU time they are mostly the same, and so are their logarithms.
 */
static void load_sizes(struct level_work *work, bool is_same)
{
	size_t n = work->n;

	if (is_same) {
		grid_load_again(&work->grid);
		return;
	}
	grid_load(&work->grid, work->input, n, work->scratch);
	memcpy(work->scratch, work->input, n * sizeof(double));
	work->input_low = stat_select(work->scratch, n, n - kept(n));
}

void level_load(struct level_work *work, const double *input, const double *log_value, size_t n)
{
	bool is_same = n == work->n;
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
	for (size_t i = 0; i < n; i++) {
		double size = input[work->time_of[i]];

		is_same = is_same && work->input[i] == size;
		work->input[i] = size;
	}
	load_sizes(work, is_same);
	level_load_values(work, log_value);
}

/*
 * A tenth of the rows less changes a loss by little: a shape much worse than
 * the best with all rows is not the best without a few.  Skipping it is most
 * of the speed; the fewer the rows, the more a few can do.
 */
static double closeness(const struct level_work *work)
{
	return fmax(CLOSE_MIN, CLOSE_STEPS / (double)work->n);
}

static void set_best(struct search *search, const struct level *level)
{
	double by_far = search->is_fold ? 1 : exp(closeness(search->work));

	search->best = *level;
	for (int freedom = 1; freedom <= FREEDOM_MAX; freedom++) {
		double same = exp(level->criterion - search->penalty[freedom]);

		/* What rounding might have lifted above the limit is below it. */
		search->limit[freedom] = same * (1 + 1e-9) - LOSS_FLOOR;
		search->far[freedom] = same * by_far - LOSS_FLOOR;
	}
}

/* Whether a shape is for certain worse than the best; its loss is then at least *ret_loss. */
static bool is_worse(const struct search *search, const struct grid_shape *shape, float *middle,
		     double *ret_loss)
{
	const struct level_work *work = search->work;
	double limit, loss,
		blur = BLUR_SUM * (double)search->best_reach + BLUR_LOG +
		       BLUR_VALUE * work->value_range;
	struct loss_bound screen = {
		.value = work->rough_value,
		.rows = loss_bound_rows(work->n),
		.n = search->n,
		.keep = search->keep,
		.power = (float)shape->power,
		.reach = search->best_reach,
	};

	if (work->n < (size_t)(search->is_fold ? SCREEN_MIN_FOLD : SCREEN_MIN))
		return false;
	limit = search->limit[shape->freedom];
	/* Of a constant they count for nothing, but have to be numbers. */
	screen.log = grid_rough(&work->grid, shape->power != 0 ? shape->logs : search->best_logs);
	screen.limit = limit + blur;
	screen.plenty = search->far[shape->freedom] + blur;
	loss = loss_bound_of(&screen, middle) - blur;
	if (!(loss > limit))
		return false;
	*ret_loss = loss;
	return true;
}

/* The values of a shape's rows, less its curve but for the level. */
static void subtract(const struct search *search, const struct grid_shape *shape, double *residual)
{
	const struct level_work *work = search->work;
	const double *value = work->log_value, *logs;
	size_t hole_n = search->hole_end - search->hole;

	if (shape->power == 0) {
		memcpy(residual, value, search->hole * sizeof(*residual));
		memcpy(residual + search->hole, value + search->hole_end,
		       (work->n - search->hole_end) * sizeof(*residual));
		return;
	}
	logs = grid_exact(&work->grid, shape->logs);
	for (size_t i = 0; i < search->hole; i++)
		residual[i] = value[i] - shape->power * logs[i];
	for (size_t i = search->hole_end; i < work->n; i++)
		residual[i - hole_n] = value[i] - shape->power * logs[i];
}

/* Where the median of what is left may be, by where it was seen in single precision. */
static struct stat_range median_range(const struct search *search, const struct grid_shape *shape,
				      float middle)
{
	const struct grid *grid = &search->work->grid;
	double at = (double)middle + search->work->middle_value,
	       width = MEDIAN_WIDTH * search->best_kept;

	if (shape->power != 0)
		at -= shape->power *
		      log(grid->input_middle - grid->input_min + shape->logs->offset);
	return (struct stat_range){at - width, at + width};
}

/* Returns the shape's loss, and makes it the best if it is better. */
static double try_exactly(struct search *search, const struct grid_shape *shape, float middle)
{
	const struct level_work *work = search->work;
	struct level level = search->best;
	double *residual = work->scratch, *scratch = work->scratch + work->allocated, kept;

	level.power = shape->power;
	level.offset = shape->logs != NULL ? shape->logs->offset : 1;
	level.freedom = shape->freedom;
	subtract(search, shape, residual);
	level.level =
		stat_median_near(residual, search->n, median_range(search, shape, middle), scratch);
	for (size_t i = 0; i < search->n; i++)
		residual[i] = fabs(residual[i] - level.level);
	level.loss = stat_lowest_mean_near(
		residual, search->n, search->keep,
		(struct stat_range){search->best_kept / KEPT_RATIO, search->best_kept * KEPT_RATIO},
		scratch, &kept);
	if (level.loss > search->limit[shape->freedom])
		return level.loss;
	level.criterion = log(level.loss + LOSS_FLOOR) + search->penalty[shape->freedom];
	/* What is no better than a constant by more than rounding is a constant. */
	if (shape->power == 0)
		level.criterion -= ROUNDING;
	if (level.criterion < search->best.criterion ||
	    (level.criterion == search->best.criterion && shape->order < search->best_order)) {
		set_best(search, &level);
		search->best_order = shape->order;
		search->best_logs = shape->logs;
		search->best_kept = kept;
		search->best_reach = (float)fmax(REACH * kept, 2 * LOSS_FLOOR);
		search->best_middle =
			(float)(level_at(&level, work->grid.input_middle) - work->middle_value);
	}
	return level.loss;
}

/* Whether there are rows enough for it. */
static bool is_allowed(const struct search *search, const struct grid_shape *shape)
{
	return shape->freedom < FREEDOM_MAX || search->n >= FREE_POWER_MIN;
}

/* A shape of the grid. */
static void try_shape(struct search *search, struct grid_shape *shape)
{
	double loss;

	if (!is_allowed(search, shape))
		return;
	if (isnan(shape->middle))
		shape->middle = shape->near != NULL && !isnan(shape->near->middle)
					? shape->near->middle
					: search->best_middle;
	if (!is_worse(search, shape, &shape->middle, &loss))
		loss = try_exactly(search, shape, shape->middle);
	if (!search->is_fold)
		shape->loss = loss;
}

static void search_grid(struct search *search)
{
	struct level_work *work = search->work;
	struct grid *grid = &work->grid;
	size_t likely = 0;
	double loss;

	/* The sooner a good one is known, the more others are seen to be worse. */
	if (search->is_fold && is_allowed(search, &grid->shapes[work->best_order]))
		likely = work->best_order;

	search->best = (struct level){.input_min = grid->input_min,
				      .input_max = grid->input_max,
				      .input_low = work->input_low,
				      .criterion = INFINITY};
	search->best_kept = search->is_fold ? work->best_kept : 0;
	set_best(search, &search->best);
	loss = try_exactly(search, &grid->shapes[likely], grid->shapes[likely].middle);
	if (!search->is_fold)
		grid->shapes[likely].loss = loss;
	for (size_t i = 0; i < grid->shape_n; i++) {
		struct grid_shape *shape = &grid->shapes[i];

		/* The constant is never out of the question. */
		if (i != likely &&
		    (!search->is_fold || i == 0 || shape->loss <= work->skip[shape->freedom]))
			try_shape(search, shape);
	}
}

/* A shape with another power or offset, if that is better. */
static void try_other(struct search *search, const struct level *start, double power,
		      struct grid_logs *logs)
{
	const struct grid_shape shape = {
		.power = power, .logs = logs, .freedom = start->freedom, .order = SIZE_MAX};
	float middle = search->best_middle;
	double loss;

	if (!is_worse(search, &shape, &middle, &loss))
		(void)try_exactly(search, &shape, middle);
}

/* The best of a few shapes beside the best one, if it is better. */
static void refine(struct search *search)
{
	struct grid *grid = &search->work->grid;
	struct level start = search->best;

	if (start.power <= 0 || start.freedom < 2)
		return;
	if (start.power != 1)
		for (size_t i = 0; i < sizeof(refine_power) / sizeof(*refine_power); i++)
			try_other(search, &start, start.power * refine_power[i], search->best_logs);
	start = search->best;
	if (start.freedom == 2 && start.offset == grid->input_min)
		return;
	for (size_t i = 0; i < sizeof(refine_offset) / sizeof(*refine_offset); i++)
		try_other(search, &start, start.power,
			  grid_other(grid, start.offset * refine_offset[i]));
}

/* The rows of a search, and what their number makes of the penalty. */
static void search_rows(struct search *search, size_t hole, size_t hole_end)
{
	size_t count = search->work->n - (hole_end - hole);
	double n = (double)count;

	search->hole = hole;
	search->hole_end = hole_end;
	search->n = count;
	search->keep = kept(count);
	for (int freedom = 0; freedom <= FREEDOM_MAX; freedom++)
		search->penalty[freedom] = freedom * log(fmax(n, 2)) / (2 * n);
}

void level_fit(struct level_work *work, struct level *ret_level)
{
	struct search search = {.work = work};

	search_rows(&search, 0, 0);
	search_grid(&search);
	work->best_order = search.best_order;
	work->best_kept = search.best_kept;
	memcpy(work->skip, search.far, sizeof(work->skip));
	refine(&search);
	*ret_level = search.best;
}

size_t level_folds(const struct level_work *work)
{
	return work->folds;
}

void level_fit_without(struct level_work *work, size_t fold, struct level *ret_level)
{
	size_t from = work->fold_start[fold], to = work->fold_start[fold + 1];
	struct search search = {.work = work, .is_fold = true};

	search_rows(&search, from, to);
	leave_out(work, from, to);
	search_grid(&search);
	refine(&search);
	fill_rough(work, from, to);
	*ret_level = search.best;
}

static double curve_at(const struct level *level, double input)
{
	return level->level + level->power * log(fmax(input - level->input_min + level->offset,
						      level->offset / 2));
}

/* Below input_low the curve falls in proportion at most, from where it is there. */
static double held(const struct level *level, double curve, double curve_low, double input)
{
	return fmax(curve, curve_low + fmax(level->power, 1) * log(input / level->input_low));
}

double level_at(const struct level *level, double input)
{
	double curve;

	if (level->power == 0)
		return level->level;
	curve = curve_at(level, input);
	if (input < level->input_low)
		curve = held(level, curve, curve_at(level, level->input_low), input);
	return curve;
}

/* As level_at() of each, but for the logarithms that were taken already: none of the sizes is below
 * the smallest. */
static void subtract_level(struct level_work *work, const struct level *level, size_t from,
			   size_t to, const double *log_value, double *ret_rest)
{
	double curve_low = 0;
	const double *logs = NULL;

	if (level->power != 0) {
		logs = grid_exact(&work->grid, grid_find(&work->grid, level->offset));
		curve_low = curve_at(level, level->input_low);
	}
	for (size_t i = from; i < to; i++) {
		size_t at = work->time_of[i];
		double curve = level->level;

		if (level->power != 0)
			curve += level->power * logs[i];
		if (level->power != 0 && work->input[i] < level->input_low)
			curve = held(level, curve, curve_low, work->input[i]);
		ret_rest[at] = log_value[at] - curve;
	}
}

void level_subtract(struct level_work *work, const struct level *level, const double *log_value,
		    double *ret_rest)
{
	subtract_level(work, level, 0, work->n, log_value, ret_rest);
}

void level_subtract_fold(struct level_work *work, const struct level *level, size_t fold,
			 const double *log_value, double *ret_rest)
{
	subtract_level(work, level, work->fold_start[fold], work->fold_start[fold + 1], log_value,
		       ret_rest);
}
