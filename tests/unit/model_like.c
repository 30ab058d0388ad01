/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a group has done before at this size is not certain to be wrong. */
#include "model/model.h"
#include "tap.h"

#define N 60
#define MINUTE_S 60.0
#define GB 1e9

static const struct {
	const char *name;
	size_t long_n; /* earlier steps of 71 minutes, */
	double size;   /* their size, and how many steps are between two */
	size_t apart;
	double now;
	enum verdict_level level;
	unsigned like_n;
} cases[] = {
	{"69 minutes after 13 ever", 0, GB, 1, 69, VERDICT_LEVEL_CERTAIN, 0},
	{"69 minutes after 71 once", 1, GB, 1, 69, VERDICT_LEVEL_CERTAIN, 1},
	{"69 minutes after 71 twice", 2, GB, 20, 69, VERDICT_LEVEL_HIGH, 2},
	{"200 minutes after 71 twice", 2, GB, 20, 200, VERDICT_LEVEL_CERTAIN, 0},
	{"69 minutes after 71 twice for half of the size", 2, GB / 2, 20, 69, VERDICT_LEVEL_CERTAIN,
	 0},
	{"69 minutes after 71 ten times", 10, GB, 5, 69, VERDICT_LEVEL_NONE, 0},
	{"14 minutes after 13 ever", 0, GB, 1, 14, VERDICT_LEVEL_NONE, 0},
};

int main(void)
{
	struct model_workspace *workspace = model_workspace_new();
	struct model_params params;

	model_params_init(&params);
	for (size_t c = 0; c < sizeof(cases) / sizeof(*cases); c++) {
		double input[N + 1], value[N + 1];
		struct model_history history = {.n = N, .input_bytes = input, .value = value};
		struct model_step step = {.input_bytes = GB, .value = cases[c].now * MINUTE_S};
		const size_t row = N;
		const int32_t number = 0;
		const struct model_night night = {1, &row, &number};
		struct model_judgement judgement;
		struct model alone, together, apart;

		for (size_t i = 0; i < N; i++) {
			bool is_long =
				i % cases[c].apart == 0 && i / cases[c].apart < cases[c].long_n;

			input[i] = is_long ? cases[c].size : GB;
			value[i] = (is_long ? 71 : 13) * MINUTE_S * (1 + 0.01 * (double)(i % 7));
		}
		input[N] = GB;
		value[N] = step.value;
		model_fit(&params, METRIC_WALL, &history, NULL, 0, workspace, &alone);
		model_judge(&params, &alone, &step, &judgement);
		history.n = N + 1;
		model_fit(&params, METRIC_WALL, &history, NULL, 0, workspace, &together);
		model_judge_night(&params, &together, &history, &night, NULL, 0, workspace,
				  &judgement, &apart);
		is_int(judgement.level, cases[c].level, "%s: the level", cases[c].name);
		is_int(judgement.like_n, cases[c].like_n, "%s: how often so far", cases[c].name);
		is_int(judgement.verdict == VERDICT_HIGH, cases[c].level >= VERDICT_LEVEL_HIGH,
		       "%s: high or not", cases[c].name);
		model_release(&apart);
		model_release(&together);
		model_release(&alone);
	}
	model_workspace_free(workspace);
	return tap_done();
}
