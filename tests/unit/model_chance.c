/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A step that is called high or low has a chance and a score to match, however small its numbers
 * are. */
#include "model/model.h"
#include "tap.h"

#define N 40
#define MIB 1048576.0

static const struct {
	const char *name;
	enum metric metric;
	double usual, value; /* of 40 steps, and of one more in their night */
	enum verdict verdict;
} cases[] = {
	{"0.5 MiB more than 3 MiB", METRIC_MEMORY, 3 * MIB, 3.5 * MIB, VERDICT_NORMAL},
	{"1.9 MiB more than 3 MiB", METRIC_MEMORY, 3 * MIB, 4.9 * MIB, VERDICT_NORMAL},
	{"3 MiB more than 3 MiB", METRIC_MEMORY, 3 * MIB, 6 * MIB, VERDICT_HIGH},
	{"2 GiB more than 3 GiB", METRIC_MEMORY, 3072 * MIB, 5120 * MIB, VERDICT_HIGH},
	{"0.2 s more than 0.5 s", METRIC_WALL, 0.5, 0.7, VERDICT_NORMAL},
	{"1 s more than 0.5 s", METRIC_WALL, 0.5, 1.5, VERDICT_HIGH},
	{"0.4 s less than 0.5 s", METRIC_WALL, 0.5, 0.1, VERDICT_NORMAL},
	{"9 min more than 5 min", METRIC_WALL, 300, 840, VERDICT_HIGH},
	{"4 MiB less than 6 MiB", METRIC_MEMORY, 6 * MIB, 2 * MIB, VERDICT_LOW},
	{"2 GiB less than 3 GiB", METRIC_MEMORY, 3072 * MIB, 1024 * MIB, VERDICT_LOW},
};

int main(void)
{
	struct model_workspace *workspace = model_workspace_new();
	struct model_params params;

	model_params_init(&params);
	for (size_t c = 0; c < sizeof(cases) / sizeof(*cases); c++) {
		double input[N + 1], value[N + 1];
		struct model_history history = {.n = N + 1, .input_bytes = input, .value = value};
		struct model_judgement judgement;
		struct model model;

		for (size_t i = 0; i <= N; i++) {
			input[i] = 1e9;
			value[i] = cases[c].usual * (1 + 0.01 * (double)(i % 7));
		}
		value[N] = cases[c].value;
		model_fit(&params, cases[c].metric, &history, NULL, 0, workspace, &model);
		model_judge_row(&params, &model, &history, N, &judgement);
		is_int(judgement.verdict, cases[c].verdict, "%s: %s", cases[c].name,
		       verdict_words[cases[c].verdict]);
		ok(judgement.verdict == VERDICT_NORMAL || judgement.p_value <= params.alpha,
		   "%s: which is what it is called so by", cases[c].name);
		ok(isfinite(judgement.score), "%s: its score is a number", cases[c].name);
		ok(judgement.verdict != VERDICT_HIGH || judgement.score > 1,
		   "%s: a score beyond 1 when high", cases[c].name);
		ok(judgement.verdict != VERDICT_LOW || judgement.score < -1, "%s: beyond -1 when low",
		   cases[c].name);
		model_release(&model);
	}
	model_workspace_free(workspace);
	return tap_done();
}
