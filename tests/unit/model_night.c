/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Several steps of one night that are far out: what is news, what is a habit, what an attribute
 * excuses. */
#include "model/model.h"
#include "tap.h"

#include <math.h>
#include <string.h>

#define N_MAX 100
#define USUAL 100.0
#define ATTRIBUTE_ID 1

enum excuse { EXCUSE_NONE, EXCUSE_SEEN, EXCUSE_NEW, EXCUSE_NEW_WORD };

static const struct {
	const char *name;
	int before_n, before_far, night_n, night_far;
	int per_night;
	double factor;
	enum excuse excuse; /* what those that are far out, and they alone, declare */
	int high_n;
} cases[] = {
	{"12 of 30 after 0 of 60 are news", 60, 0, 30, 12, 30, 1.8, EXCUSE_NONE, 12},
	{"8 of 30 after 4 of 60 are a habit", 60, 4, 30, 8, 30, 1.6, EXCUSE_NONE, 0},
	{"6 of 30 after 4 of 60 are high when they are far out", 60, 4, 30, 6, 30, 3, EXCUSE_NONE,
	 6},
	{"6 of 30 after 8 of 60 are normal at any distance", 60, 8, 30, 6, 30, 3, EXCUSE_NONE, 0},
	{"25 of 30 after 4 of 60 are news", 60, 4, 30, 25, 30, 3, EXCUSE_NONE, 25},
	{"15 of 30 that declare what came with them are news", 60, 0, 30, 15, 30, 3, EXCUSE_NEW,
	 15},
	{"30 of 30 that declare a word that came with them are another way", 60, 0, 30, 30, 30, 3,
	 EXCUSE_NEW_WORD, 0},
	{"30 of 30 that declare a number that came with them are news", 60, 0, 30, 30, 30, 3,
	 EXCUSE_NEW, 30},
	{"4 of 4 that declare what came with them are news", 60, 0, 4, 4, 4, 3, EXCUSE_NEW_WORD, 4},
	{"25 of 30 that declare what the history has shown are none", 60, 4, 30, 25, 30, 3,
	 EXCUSE_SEEN, 0},
	{"12 of 30 in two nights are news", 60, 0, 30, 12, 15, 3, EXCUSE_NONE, 12},
	{"30 of 30 in three nights are the group's new way", 60, 0, 30, 30, 10, 3, EXCUSE_NONE, 0},
	{"14 of 30 after no other are two ways", 0, 0, 30, 14, 30, 9, EXCUSE_NONE, 0},
	{"6 of 30 at the end of all numbers are news", 60, 0, 30, 6, 30, 1e18, EXCUSE_NONE, 6},
	{"5 of 5 at the end of all numbers are news", 60, 0, 5, 5, 5, 1e18, EXCUSE_NONE, 5},
};

/* A scatter of some per cent that is the same in each run. */
static double scatter(size_t i)
{
	return 1 + 0.1 * sin(7.0 * (double)i);
}

int main(void)
{
	struct model_workspace *workspace = model_workspace_new();
	struct model_params params;

	model_params_init(&params);
	for (size_t c = 0; c < sizeof(cases) / sizeof(*cases); c++) {
		double input[N_MAX], value[N_MAX], attribute[N_MAX];
		struct model_column column = {ATTRIBUTE_ID,
					      cases[c].excuse == EXCUSE_NEW_WORD ? MODEL_CATEGORY
										 : MODEL_NUMBER,
					      attribute};
		size_t before_n = (size_t)cases[c].before_n, night_n = (size_t)cases[c].night_n;
		struct model_history history = {
			.n = before_n, .input_bytes = input, .value = value};
		struct model_judgement judgements[N_MAX];
		struct model alone, together, apart;
		size_t rows[N_MAX];
		int32_t numbers[N_MAX];
		const struct model_night steps = {night_n, rows, numbers};
		int high_n = 0, wrong_n = 0;

		for (size_t i = 0; i < before_n + night_n; i++) {
			bool is_far = i < before_n ? i % 15 < (size_t)cases[c].before_far / 4
						   : i - before_n < (size_t)cases[c].night_far;

			input[i] = 1e9;
			value[i] = USUAL * scatter(i) * (is_far ? cases[c].factor : 1);
			attribute[i] = is_far ? 174 : 30;
		}
		if (cases[c].excuse != EXCUSE_NONE) {
			history.columns = &column;
			history.column_n = 1;
		}
		model_fit(&params, METRIC_WALL, &history, NULL, 0, workspace, &alone);
		history.n = before_n + night_n;
		model_fit(&params, METRIC_WALL, &history, NULL, 0, workspace, &together);
		for (size_t i = 0; i < night_n; i++) {
			struct model_attribute declared = {ATTRIBUTE_ID, attribute[before_n + i]};
			struct model_step step = {.input_bytes = input[before_n + i],
						  .value = value[before_n + i],
						  .attributes = &declared,
						  .attribute_n = history.column_n};

			rows[i] = before_n + i;
			numbers[i] = (int32_t)i / cases[c].per_night;
			model_judge(&params, &alone, &step, &judgements[i]);
		}
		model_judge_night(&params, &together, &history, &steps, NULL, 0, workspace,
				  judgements, &apart);
		for (size_t i = 0; i < night_n; i++) {
			bool is_high = judgements[i].verdict == VERDICT_HIGH;

			high_n += is_high;
			wrong_n += is_high && i >= (size_t)cases[c].night_far;
		}
		is_int(high_n, cases[c].high_n, "%s: %d are high", cases[c].name, cases[c].high_n);
		is_int(wrong_n, 0, "%s: and no others", cases[c].name);
		model_release(&apart);
		model_release(&together);
		model_release(&alone);
	}
	model_workspace_free(workspace);
	return tap_done();
}
