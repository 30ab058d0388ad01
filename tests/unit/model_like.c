/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a group has done before at this size is not certain to be wrong. */
#include "model/model.h"
#include "tap.h"

#define N 60 /* at most */
#define MINUTE_S 60.0
#define GB 1e9

static const struct {
	const char *name;
	size_t n;      /* earlier steps, of 13 minutes but for */
	size_t long_n; /* earlier steps of 71 minutes, */
	double size;   /* their size, how many steps are between two, and before the first */
	size_t apart, first;
	double now;
	enum verdict_level level;
	unsigned like_n;
} cases[] = {
	{"69 minutes after 13 ever", 60, 0, GB, 1, 0, 69, VERDICT_LEVEL_CERTAIN, 0},
	{"69 minutes after 71 once, first of all", 60, 1, GB, 1, 0, 69, VERDICT_LEVEL_CERTAIN, 1},
	{"69 minutes after 71 twice among the first", 60, 2, GB, 4, 0, 69, VERDICT_LEVEL_HIGH, 2},
	{"69 minutes after 71, which was high", 60, 1, GB, 1, 30, 69, VERDICT_LEVEL_CERTAIN, 0},
	{"69 minutes after 71 twice, the second of which was high", 60, 2, GB, 20, 0, 69,
	 VERDICT_LEVEL_CERTAIN, 1},
	{"69 minutes after 71 twice, both of which were high", 60, 2, GB, 20, 30, 69,
	 VERDICT_LEVEL_CERTAIN, 0},
	{"200 minutes after 71 twice", 60, 2, GB, 4, 0, 200, VERDICT_LEVEL_CERTAIN, 0},
	{"69 minutes after 71 twice for half of the size", 60, 2, GB / 2, 4, 0, 69,
	 VERDICT_LEVEL_CERTAIN, 0},
	{"69 minutes after 71 ten times", 60, 10, GB, 5, 0, 69, VERDICT_LEVEL_NONE, 0},
	{"69 minutes after 71, which was high, among 30", 30, 1, GB, 1, 20, 69,
	 VERDICT_LEVEL_CERTAIN, 0},
	{"69 minutes after 71, which nobody could judge, among 30", 30, 1, GB, 1, 2, 69,
	 VERDICT_LEVEL_HIGH, 1},
	{"14 minutes after 13 ever", 60, 0, GB, 1, 0, 14, VERDICT_LEVEL_NONE, 0},
};

/* Three steps of its own, and a group that lends: 71 minutes may be how it is. */
static void test_young(const struct model_params *params, struct model_workspace *workspace)
{
	double input[N], lent[N],
		value[] = {13 * MINUTE_S, 13.2 * MINUTE_S, 71 * MINUTE_S, 69 * MINUTE_S};
	const struct model_history own = {.n = 4, .input_bytes = input, .value = value};
	const struct model_history lender = {.n = N, .input_bytes = input, .value = lent};
	struct model_history before = own;
	const size_t row = 3;
	const int32_t number = 0;
	const struct model_night night = {1, &row, &number};
	const struct model_step step = {.input_bytes = GB, .value = value[3]};
	struct model_judgement judgement;
	struct model alone, together, apart;

	for (size_t i = 0; i < N; i++) {
		input[i] = GB;
		lent[i] = 13 * MINUTE_S * (1 + 0.01 * (double)(i % 7));
	}
	before.n = 3;
	model_fit(params, METRIC_WALL, &before, &lender, 1, workspace, &alone);
	model_judge(params, &alone, &step, &judgement);
	is_int(judgement.level, VERDICT_LEVEL_CERTAIN, "by three alone 69 minutes are certain");
	model_fit(params, METRIC_WALL, &own, &lender, 1, workspace, &together);
	model_judge_night(params, &together, &own, &night, &lender, 1, workspace, &judgement,
			  &apart);
	ok(judgement.level < VERDICT_LEVEL_CERTAIN, "of 13, 13, 71 and 69 minutes none is certain");
	is_int(judgement.near_n, 3, "there are three before");
	is_int(judgement.like_n, 1, "one of which was as long");
	model_release(&apart);
	model_release(&together);
	model_release(&alone);
}

int main(void)
{
	struct model_workspace *workspace = model_workspace_new();
	struct model_params params;

	model_params_init(&params);
	test_young(&params, workspace);
	for (size_t c = 0; c < sizeof(cases) / sizeof(*cases); c++) {
		double input[N + 1], value[N + 1];
		struct model_history history = {
			.n = cases[c].n, .input_bytes = input, .value = value};
		struct model_step step = {.input_bytes = GB, .value = cases[c].now * MINUTE_S};
		const size_t row = cases[c].n;
		const int32_t number = 0;
		const struct model_night night = {1, &row, &number};
		struct model_judgement judgement;
		struct model alone, together, apart;

		for (size_t i = 0; i < cases[c].n; i++) {
			size_t of = i - cases[c].first;
			bool is_long = i >= cases[c].first && of % cases[c].apart == 0 &&
				       of / cases[c].apart < cases[c].long_n;

			input[i] = is_long ? cases[c].size : GB;
			value[i] = (is_long ? 71 : 13) * MINUTE_S * (1 + 0.01 * (double)(i % 7));
		}
		input[row] = GB;
		value[row] = step.value;
		model_fit(&params, METRIC_WALL, &history, NULL, 0, workspace, &alone);
		model_judge(&params, &alone, &step, &judgement);
		history.n = row + 1;
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
