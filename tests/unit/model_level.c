/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The search for a level against the plainest form of itself: every shape tried
 * on all rows, by sorting.  And the bounds that let it leave most shapes out.
 */
#include "model/level.h"
#include "model/loss_bound.h"
#include "tap.h"

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <stdint.h>

#define N_MAX 600

static double uniform(uint64_t *state)
{
	*state = *state * 6364136223846793005U + 1442695040888963407U;
	return ((double)(*state >> 11) + 0.5) / 9007199254740992.0;
}

static double normal(uint64_t *state)
{
	return sqrt(-2 * log(uniform(state))) * cos(2 * M_PI * uniform(state));
}

/* Kinds of groups, the awkward ones too. */
static void usual(uint64_t *state, double *input, double *value)
{
	*input = exp(22 + 1.5 * normal(state));
	*value = log((60 + *input * 1e-7) * exp(0.2 * normal(state) + (uniform(state) < 0.03)));
}

static void without_noise(uint64_t *state, double *input, double *value)
{
	*input = exp(22 + 1.5 * normal(state));
	*value = log(60 + *input * 1e-7);
}

static void few_sizes_in_seconds(uint64_t *state, double *input, double *value)
{
	*input = floor(4 * uniform(state)) * 1e9;
	*value = log(1 + floor(30 * uniform(state) * (1 + *input / 1e9)));
}

static void two_modes(uint64_t *state, double *input, double *value)
{
	*input = exp(22 + normal(state));
	*value = log(60 + *input * 1e-7) + (uniform(state) < 0.4 ? 1 : 0);
}

static void all_sizes_there_are(uint64_t *state, double *input, double *value)
{
	*input = exp2(63 * uniform(state));
	*value = 0.3 * log(1e6 + *input) + 0.1 * normal(state);
}

static void all_values_there_are(uint64_t *state, double *input, double *value)
{
	*input = exp(22 + normal(state));
	*value = uniform(state) < 0.1 ? 600 * normal(state) : 0.01 * normal(state);
}

static void unrelated(uint64_t *state, double *input, double *value)
{
	*input = 1e15 + floor(5e4 * uniform(state));
	*value = 3 * normal(state);
}

static const struct {
	const char *name;
	void (*make)(uint64_t *state, double *input, double *value);
} kinds[] = {
	{"usual", usual},
	{"without noise", without_noise},
	{"few sizes", few_sizes_in_seconds},
	{"two modes", two_modes},
	{"sizes to 2^63", all_sizes_there_are},
	{"values to e^600", all_values_there_are},
	{"unrelated", unrelated},
};
#define KINDS (sizeof(kinds) / sizeof(*kinds))

/* The mean of the 85 % smallest distances from the median. */
static double plain_loss(const double *residual, size_t n)
{
	size_t keep = (size_t)ceil(0.85 * (double)n);
	double sorted[N_MAX], middle, sum = 0;

	memcpy(sorted, residual, n * sizeof(*sorted));
	gsl_sort(sorted, 1, n);
	middle = gsl_stats_median_from_sorted_data(sorted, 1, n);
	for (size_t i = 0; i < n; i++)
		sorted[i] = fabs(residual[i] - middle);
	gsl_sort(sorted, 1, n);
	for (size_t i = 0; i < keep; i++)
		sum += sorted[i];
	return sum / (double)keep;
}

static double plain_criterion(const double *input, const double *value, size_t n, double power,
			      double offset, int freedom)
{
	double residual[N_MAX], low = gsl_stats_min(input, 1, n);

	for (size_t i = 0; i < n; i++)
		residual[i] = value[i] - (power == 0 ? 0 : power * log(input[i] - low + offset));
	return log(plain_loss(residual, n) + 0.01) + freedom * log((double)n) / (2 * (double)n);
}

/* The least criterion of the shapes that joboutliers-model(7) lists, unrefined; n is 12 or more. */
static double plain_search(const double *input, const double *value, size_t n)
{
	static const double powers[] = {0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 3};
	double low = gsl_stats_min(input, 1, n), high = gsl_stats_max(input, 1, n);
	double best = plain_criterion(input, value, n, 0, 1, 1);
	double first = fmax((high - low) * 1e-4, 1), steps = ceil(log(8 * high / first) / log(2));

	for (size_t i = 0; i < sizeof(powers) / sizeof(*powers) && high > low * (1 + 1e-9); i++) {
		int freedom = powers[i] == 1 ? 1 : 2;

		if (low > 0)
			best = fmin(best,
				    plain_criterion(input, value, n, powers[i], low, freedom));
		for (int j = 0; j <= (int)fmin(steps, 48); j++)
			best = fmin(best, plain_criterion(input, value, n, powers[i],
							  ldexp(first, j), freedom + 1));
	}
	return best;
}

static void compare_with_plain(struct level_work *work, size_t n, int groups)
{
	double input[N_MAX], value[N_MAX];

	for (size_t kind = 0; kind < KINDS; kind++) {
		uint64_t state = n + kind;
		int worse = 0, untrue = 0;

		for (int group = 0; group < groups; group++) {
			struct level level;

			for (size_t i = 0; i < n; i++)
				kinds[kind].make(&state, &input[i], &value[i]);
			level_load(work, input, value, n);
			level_fit(work, &level);
			worse += level.criterion > plain_search(input, value, n) + 1e-9;
			untrue += fabs(plain_criterion(input, value, n, level.power, level.offset,
						       level.freedom) -
				       level.criterion) > 1e-9;
		}
		is_int(worse, 0, "%s: the best level of %zu steps is at least as good as any",
		       kinds[kind].name, n);
		is_int(untrue, 0, "and as good as it says");
	}
}

/* What the search says of n steps less one fold is what it says of the others alone. */
static void compare_folds(struct level_work *work, size_t n)
{
	double input[N_MAX], value[N_MAX], less_input[N_MAX], less_value[N_MAX];
	uint64_t state = n;
	size_t folds, worse = 0, free_n = 0;

	for (size_t i = 0; i < n; i++)
		usual(&state, &input[i], &value[i]);
	/* The edges are in no fold, so that the grid is the same. */
	input[0] = input[1] = 1e7;
	input[2] = input[3] = 1e12;
	level_load(work, input, value, n);
	folds = level_folds(work);
	for (size_t fold = 4; fold < folds; fold++) {
		struct level level, whole;
		size_t less_n = 0;

		level_load(work, input, value, n);
		level_fit(work, &whole);
		level_fit_without(work, fold, &level);
		for (size_t i = 0; i < n; i++) {
			less_input[less_n] = input[i];
			less_value[less_n] = value[i];
			less_n += i % folds != fold;
		}
		worse += level.criterion > plain_search(less_input, less_value, less_n) + 1e-9;
		free_n += less_n < 12 && level.freedom == 3;
	}
	is_int(worse, 0, "%zu steps less a fold: at least as good as any", n);
	is_int(free_n, 0, "and with no more parameters than so many steps allow");
}

static bool is_same(const struct level *a, const struct level *b)
{
	return a->power == b->power && a->offset == b->offset && a->level == b->level &&
	       a->loss == b->loss && a->input_low == b->input_low;
}

/* Sizes that are loaded once more are the same; what was found for other values is forgotten. */
static void load_again(struct level_work *work, size_t n)
{
	double input[N_MAX], value[N_MAX], other[N_MAX];
	struct level level[2], fold[2];
	uint64_t state = n;

	for (size_t i = 0; i < n; i++) {
		usual(&state, &input[i], &value[i]);
		other[i] = 3 * normal(&state) - value[i];
	}
	for (size_t again = 0; again < 2; again++) {
		struct level_work *fresh = level_work_new();

		if (again == 0) {
			level_load(work, input, other, n);
			level_fit(work, &level[0]);
			level_fit_without(work, 3, &fold[0]);
		}
		level_load(again == 0 ? work : fresh, input, value, n);
		level_fit(again == 0 ? work : fresh, &level[again]);
		level_fit_without(again == 0 ? work : fresh, 3, &fold[again]);
		level_work_free(fresh);
	}
	ok(is_same(&level[0], &level[1]), "%zu sizes again: the level is that of fresh ones", n);
	ok(is_same(&fold[0], &fold[1]), "and so it is without a fold");
}

/* Rows of a screen: values and sizes of a kind, in single precision. */
struct rows {
	float value[N_MAX], size[N_MAX], log[N_MAX];
	double residual[N_MAX];
	size_t n;
};

static void fill_rows(struct rows *rows, size_t kind, size_t n, float power, uint64_t *state)
{
	double middle = NAN;

	rows->n = n;
	memset(rows->size, 0, sizeof(rows->size));
	for (size_t i = 0; i < N_MAX; i++)
		rows->value[i] = INFINITY;
	for (size_t i = 0; i < n; i++) {
		double input, value;

		kinds[kind].make(state, &input, &value);
		middle = i == 0 ? input : middle;
		rows->size[i] = (float)input;
		rows->value[i] = (float)value;
	}
	loss_bound_logs(rows->size, loss_bound_rows(n), 1e8, middle, rows->log);
	for (size_t i = 0; i < n; i++)
		rows->residual[i] = (double)(rows->value[i] - power * rows->log[i]);
}

static void check_bounds(size_t n)
{
	static const float powers[] = {0.25F, 1, 3};
	struct rows rows;

	for (size_t kind = 0; kind < KINDS; kind++) {
		uint64_t state = n * 7 + kind;
		int too_high = 0, too_low = 0;

		for (size_t i = 0; i < 60; i++) {
			struct loss_bound screen = {.value = rows.value,
						    .log = rows.log,
						    .rows = loss_bound_rows(n),
						    .n = n,
						    .keep = (size_t)ceil(0.85 * (double)n),
						    .power = powers[i % 3]};
			double loss, bound;
			float middle;

			fill_rows(&rows, kind, n, screen.power, &state);
			loss = plain_loss(rows.residual, n);
			middle = (float)(rows.residual[0] + loss * normal(&state));
			screen.reach = (float)(loss * 5 * uniform(&state) + 0.02);
			screen.limit = loss * uniform(&state);
			screen.plenty = 2 * screen.limit;
			bound = loss_bound_of(&screen, &middle);
			too_high += bound > loss + 1e-4 * (double)screen.reach + 2e-4;
			/* From a good guess, and with the reach of the loss itself. */
			screen.reach = (float)(2.2 * loss);
			screen.limit = 0.5 * loss;
			screen.plenty = 0.7 * loss;
			too_low += loss_bound_of(&screen, &middle) < screen.limit;
		}
		is_int(too_high, 0, "%s: no bound for %zu rows is above the loss", kinds[kind].name,
		       n);
		if (n >= 30)
			ok(too_low <= 20, "and most are not far below (%d of 60 are)", too_low);
	}
}

static void check_logs(void)
{
	float sizes[64], logs[64];
	double most = 0;

	for (int i = 0; i < 64; i++)
		sizes[i] = i < 63 ? exp2f((float)i) * (1 + (float)i / 64) : 0;
	for (int offset = 0; offset <= 66; offset++) {
		for (int middle = 0; middle < 63; middle++) {
			loss_bound_logs(sizes, 64, exp2(offset), (double)sizes[middle], logs);
			for (size_t i = 0; i < 64; i++)
				most = fmax(most,
					    fabs((double)logs[i] -
						 log(((double)sizes[i] + exp2(offset)) /
						     ((double)sizes[middle] + exp2(offset)))));
		}
	}
	ok(most < 5e-6, "rough logarithms are right to %g", most);
}

/*
 * Twenty sizes: of the loss's 17 steps the three smallest need not be.  There a
 * curve that falls towards nothing is believed no more than proportion.
 */
static void check_small_sizes(struct level_work *work)
{
	double input[20], value[20];
	struct level level;

	for (size_t i = 0; i < 20; i++) {
		input[i] = (double)((7 * i) % 20 + 5);
		value[i] = log(3 * input[i]);
	}
	level_load(work, input, value, 20);
	level_fit(work, &level);
	is_near(level.input_low, 8, 0, "the loss may pass over the three smallest of 20 sizes");
	level = (struct level){
		.power = 1, .offset = 0.01, .input_min = 5, .input_max = 24, .input_low = 8};
	is_near(level_at(&level, 9), log(4.01), 1e-12, "above them the curve is as it was fitted,");
	is_near(level_at(&level, 8), log(3.01), 1e-12, "and where they end;");
	is_near(level_at(&level, 5), log(3.01 * 5 / 8), 1e-12, "below it falls in proportion");
	level.power = 2;
	is_near(level_at(&level, 5), 2 * log(3.01 * 5 / 8), 1e-12, "or as its power does");
	level.power = 0.5;
	level.offset = 5;
	is_near(level_at(&level, 5), 0.5 * log(5), 1e-12, "where it falls by less it is as fitted");
	is_near(level_at(&level, 0), 0.5 * log(2.5), 1e-12, "and a size of nothing has a value");
}

int main(void)
{
	static const size_t sizes[] = {12, 31, 50, 121};
	struct level_work *work = level_work_new();

	check_small_sizes(work);
	check_logs();
	for (size_t n = 1; n <= N_MAX; n = n * 5 / 2 + 1)
		check_bounds(n);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
		compare_with_plain(work, sizes[i], 8);
	compare_with_plain(work, N_MAX, 1);
	compare_folds(work, 12);
	compare_folds(work, 40);
	compare_folds(work, 300);
	load_again(work, 12);
	load_again(work, 150);
	level_work_free(work);
	return tap_done();
}
