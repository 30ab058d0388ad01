/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The fit against an independent implementation of the same method in numpy,
 * on the generated histories of tests/data/stats/model-reference.txt.
 */
#include "model/model.h"
#include "tap.h"

#include <math.h>
#include <stdlib.h>

#define ROWS_MAX 200
#define AGREEMENT 1e-6

struct reference {
	char name[64], metric[16];
	size_t n;
	double input[ROWS_MAX], value[ROWS_MAX];
};

static int read_numbers(FILE *file, double *values, int n)
{
	for (int i = 0; i < n; i++)
		if (fscanf(file, "%lf", &values[i]) != 1)
			return 0;
	return 1;
}

static void compare_fit(FILE *file, const struct reference *reference, const struct model_fit *fit)
{
	double want[9];

	if (!ok(fscanf(file, " fit") == 0 && read_numbers(file, want, 9), "%s: has a fit",
		reference->name))
		return;
	is_near(fit->power, want[0], AGREEMENT, "%s: power", reference->name);
	if (want[0] != 0)
		is_near(fit->offset, want[1], AGREEMENT, "%s: offset", reference->name);
	is_near(fit->level, want[2], AGREEMENT, "%s: level", reference->name);
	/* want[3] is the loss, which a fit does not keep. */
	is_int(fit->regime_start, want[4], "%s: regime", reference->name);
	is_near(1 + fit->centre, 1 + want[5], AGREEMENT, "%s: centre", reference->name);
	/* The reference knows one scatter for all sizes. */
	if (fit->knot_n > 0)
		return;
	is_near(fit->scale, want[6], AGREEMENT, "%s: scale", reference->name);
	is_near(fit->tail_weight, want[7], AGREEMENT, "%s: weight", reference->name);
	is_near(fit->shape, want[8], AGREEMENT, "%s: shape", reference->name);
}

static void compare_steps(FILE *file, const struct reference *reference,
			  const struct model_params *params, const struct model *model)
{
	int n = 0;

	ok(fscanf(file, " steps %d", &n) == 1, "%s: has steps", reference->name);
	for (int i = 0; i < n; i++) {
		struct model_judgement judgement;
		struct model_step step = {.attribute_n = 0};
		double want[4];

		if (!read_numbers(file, want, 4))
			break;
		step.input_bytes = want[0];
		step.value = want[1];
		model_judge(params, model, &step, &judgement);
		is_near(judgement.expected, want[2], AGREEMENT, "%s: expected", reference->name);
		is_near(judgement.log_ratio, want[3], AGREEMENT, "%s: log ratio", reference->name);
	}
}

static void compare(FILE *file, struct reference *reference, struct model_workspace *workspace)
{
	struct model_params params;
	struct model_history history = {
		.n = reference->n, .input_bytes = reference->input, .value = reference->value};
	struct model model;

	for (size_t i = 0; i < reference->n; i++) {
		double row[2] = {0, 0};

		(void)read_numbers(file, row, 2);
		reference->input[i] = row[0];
		reference->value[i] = row[1];
	}
	model_params_init(&params);
	model_fit(&params, strcmp(reference->metric, "wall") == 0 ? METRIC_WALL : METRIC_MEMORY,
		  &history, NULL, 0, workspace, &model);
	compare_fit(file, reference, &model.sized);
	compare_steps(file, reference, &params, &model);
	model_release(&model);
}

int main(void)
{
	struct model_workspace *workspace = model_workspace_new();
	static struct reference reference;
	FILE *file = fopen("tests/data/stats/model-reference.txt", "r");
	char line[200];
	int histories = 0;

	if (!ok(file != NULL, "the reference's results are there"))
		return tap_done();
	while (fgets(line, sizeof(line), file) != NULL)
		if (sscanf(line, "history %63s %15s %zu", reference.name, reference.metric,
			   &reference.n) == 3 &&
		    reference.n <= ROWS_MAX) {
			compare(file, &reference, workspace);
			histories++;
		}
	is_int(histories, 25, "all histories were compared");
	(void)fclose(file);
	model_workspace_free(workspace);
	return tap_done();
}
