/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the scatter changes with the size it is told, and where it does not none is. */
#include "model/model.h"
#include "model/stretch.h"
#include "tap.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>

#define N 400
#define SMALL 1e8
#define LARGE 1e10
#define ONE_SIZE_MAX 120

static const struct {
	const char *name;
	size_t n;
	double of_small, of_large;    /* scatter of the smallest and the largest, even between */
	double outliers;              /* share of steps that took three times as long */
	double ratio_low, ratio_high; /* of both, as told */
} cases[] = {
	{"200 steps, alike", 200, 0.2, 0.2, 0, 0.8, 1.25},
	{"400 steps, alike", N, 0.1, 0.1, 0, 0.8, 1.25},
	{"60 steps, alike", 60, 0.2, 0.2, 0, 0.75, 1.35},
	{"400 steps, large ones eight times as wild", N, 0.05, 0.4, 0, 4, 10},
	{"60 steps, large ones eight times as wild", 60, 0.05, 0.4, 0, 2, 9},
	{"400 steps, large ones calm", N, 0.4, 0.05, 0, 0.1, 0.25},
	{"30 steps, too few to tell", 30, 0.05, 0.4, 0, 1, 1},
	{"200 steps, alike, a tenth of them slow", 200, 0.1, 0.1, 0.1, 0.75, 1.35},
};

#define DRAWS 20
#define FAR_LOG 0.35 /* 0.22 of these, and 0.61 where chance is not taken off */

/* Alike groups differ between sizes by chance alone, which is taken off: most have one scatter. */
static void test_chance(const struct model_params *params, struct model_workspace *workspace,
			gsl_rng *rng)
{
	double input[N / 2], value[N / 2], far = 0;
	const struct model_history history = {.n = N / 2, .input_bytes = input, .value = value};

	gsl_rng_set(rng, 20240229);
	for (size_t draw = 0; draw < DRAWS; draw++) {
		struct model model;

		for (size_t i = 0; i < history.n; i++) {
			input[i] = floor(SMALL * pow(LARGE / SMALL, gsl_rng_uniform(rng)));
			value[i] = input[i] * 1e-6 * exp(gsl_ran_gaussian(rng, 0.2));
		}
		model_fit(params, METRIC_WALL, &history, NULL, 0, workspace, &model);
		for (uint32_t k = 0; k < model.sized.knot_n; k++)
			far = fmax(far, fabs(model.sized.knot_log_stretch[k]));
		model_release(&model);
	}
	ok(far < FAR_LOG,
	   "in %d groups that scatter alike no size is told to differ by more than %.3f", DRAWS,
	   far);
}

/* Nearly all of one size: one stretch, which nothing can differ from but by rounding. */
static void test_one_size(const struct model_params *params, struct model_workspace *workspace)
{
	double input[ONE_SIZE_MAX], value[ONE_SIZE_MAX];
	size_t told = 0;

	for (size_t n = 40; n <= ONE_SIZE_MAX; n++) {
		const struct model_history history = {.n = n, .input_bytes = input, .value = value};
		struct model model;

		for (size_t i = 0; i < n; i++) {
			input[i] = i < 2 ? SMALL : LARGE;
			value[i] = 780 * (1 + 0.01 * (double)(i % 7));
		}
		model_fit(params, METRIC_WALL, &history, NULL, 0, workspace, &model);
		told += model.sized.knot_n != 0 || stretch_at(&model.sized, LARGE) != 1;
		model_release(&model);
	}
	is_int(told, 0, "sizes of which nearly all are one say nothing");
}

/* A young group's sizes are not its lenders': that they scatter more says nothing of them. */
static void test_borrowed(const struct model_params *params, struct model_workspace *workspace,
			  gsl_rng *rng)
{
	double input[2][N / 2], value[2][N / 2];
	const struct model_history own = {.n = 7, .input_bytes = input[0], .value = value[0]};
	const struct model_history lender = {
		.n = N / 2, .input_bytes = input[1], .value = value[1]};
	struct model model;

	for (size_t group = 0; group < 2; group++)
		for (size_t i = 0; i < N / 2; i++) {
			input[group][i] = group == 0 ? SMALL : LARGE * (1 + gsl_rng_uniform(rng));
			value[group][i] = input[group][i] * 1e-6 *
					  exp(gsl_ran_gaussian(rng, group == 0 ? 0.02 : 0.2));
		}
	model_fit(params, METRIC_WALL, &own, &lender, 1, workspace, &model);
	is_int(model.sized.source, MODEL_POOLED, "a young group borrows,");
	is_int(model.sized.knot_n, 0, "but not how the scatter changes with the size");
	model_release(&model);
}

int main(void)
{
	struct model_workspace *workspace = model_workspace_new();
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	struct model_params params;

	model_params_init(&params);
	for (size_t c = 0; c < sizeof(cases) / sizeof(*cases); c++) {
		double input[N], value[N], ratio;
		const struct model_history history = {
			.n = cases[c].n, .input_bytes = input, .value = value};
		struct model model;
		void *blob;
		size_t size;
		struct model back;

		gsl_rng_set(rng, 20240229);
		for (size_t i = 0; i < cases[c].n; i++) {
			double at = gsl_rng_uniform(rng);
			double scatter =
				cases[c].of_small * pow(cases[c].of_large / cases[c].of_small, at);

			input[i] = floor(SMALL * pow(LARGE / SMALL, at));
			value[i] = input[i] * 1e-6 * exp(gsl_ran_gaussian(rng, scatter));
			value[i] *= gsl_rng_uniform(rng) < cases[c].outliers ? 3 : 1;
		}
		model_fit(&params, METRIC_WALL, &history, NULL, 0, workspace, &model);
		ratio = stretch_at(&model.sized, LARGE) / stretch_at(&model.sized, SMALL);
		ok(ratio >= cases[c].ratio_low && ratio <= cases[c].ratio_high,
		   "%s: largest to smallest is %.3f", cases[c].name, ratio);
		ok(stretch_at(&model.sized, LARGE * 2) == stretch_at(&model.sized, LARGE) ||
			   model.sized.knot_log_input[0] > log(LARGE),
		   "%s: as it is at the edge beyond it", cases[c].name);
		ok(stretch_at(&model.sized, 0) > 0, "%s: no size is out of bounds", cases[c].name);
		model_write(&model, &blob, &size);
		ok(model_read(blob, size, &back, NULL) == 0, "%s: is read back", cases[c].name);
		ok(stretch_at(&back.sized, 1e9) == stretch_at(&model.sized, 1e9),
		   "%s: and is the same then", cases[c].name);
		model_release(&back);
		model_release(&model);
		free(blob);
	}
	test_chance(&params, workspace, rng);
	test_one_size(&params, workspace);
	test_borrowed(&params, workspace, rng);
	gsl_rng_free(rng);
	model_workspace_free(workspace);
	return tap_done();
}
