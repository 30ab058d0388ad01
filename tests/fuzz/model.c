/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Histories and stored models made of any bytes: no crash, and no number in a
 * judgement that is none.
 */
#include "fuzz.h"
#include "model/model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_MAX 64
#define COLUMNS 2

static void judge(const struct model_params *params, const struct model *model,
		  const struct model_step *step)
{
	struct model_judgement judgement;

	model_judge(params, model, step, &judgement);
	if (judgement.verdict == VERDICT_UNJUDGED)
		return;
	if (isnan(judgement.expected) || isnan(judgement.low) || isnan(judgement.high) ||
	    isnan(judgement.ratio) || isnan(judgement.score) || !(judgement.p_value > 0))
		abort();
}

static void read_stored(const struct model_params *params, const uint8_t *data, size_t size)
{
	struct model_step step = {.input_bytes = 1e9, .value = 100};
	struct model model;

	if (model_read(data, size, &model, NULL) != 0)
		return;
	judge(params, &model, &step);
	step.input_bytes = NAN;
	judge(params, &model, &step);
	model_release(&model);
}

/* The newer half of a history as a night. */
static void judge_night(const struct model_params *params, const struct model *together,
			const struct model_history *history)
{
	struct model_judgement judgements[ROWS_MAX];
	struct model_history before = *history;
	size_t rows[ROWS_MAX];
	int32_t numbers[ROWS_MAX];
	struct model_night steps = {0, rows, numbers};
	struct model alone, apart;

	before.n = history->n / 2;
	model_fit(params, METRIC_WALL, &before, NULL, 0, NULL, &alone);
	for (size_t i = before.n; i < history->n; i++) {
		struct model_step step = {.input_bytes = history->input_bytes[i],
					  .value = history->value[i]};

		rows[steps.count] = i;
		numbers[steps.count] = (int32_t)i / 3;
		model_judge(params, &alone, &step, &judgements[steps.count++]);
	}
	model_judge_night(params, together, history, &steps, NULL, 0, NULL, judgements, &apart);
	model_release(&apart);
	model_release(&alone);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	double numbers[2 + COLUMNS][ROWS_MAX];
	bool is_censored[ROWS_MAX];
	struct model_column columns[COLUMNS] = {{1, MODEL_NUMBER, numbers[2]},
						{2, MODEL_CATEGORY, numbers[3]}};
	struct model_history history = {.input_bytes = numbers[0],
					.value = numbers[1],
					.is_censored = is_censored,
					.columns = columns,
					.column_n = COLUMNS};
	struct model_params params;
	struct model model;

	model_params_init(&params);
	read_stored(&params, data, size);
	for (; history.n < ROWS_MAX && size >= sizeof(numbers) / ROWS_MAX; history.n++) {
		for (size_t c = 0; c < 2 + COLUMNS; c++)
			memcpy(&numbers[c][history.n], data + 8 * c, 8);
		is_censored[history.n] = data[0] & 1;
		data += 8 * (2 + COLUMNS);
		size -= 8 * (2 + COLUMNS);
	}
	model_fit(&params, METRIC_WALL, &history, NULL, 0, NULL, &model);
	for (size_t i = 0; i < history.n; i++) {
		struct model_step step = {.input_bytes = numbers[0][i], .value = numbers[1][i]};
		struct model_judgement judgement;

		judge(&params, &model, &step);
		model_judge_row(&params, &model, &history, i, &judgement);
	}
	judge_night(&params, &model, &history);
	model_release(&model);
	return 0;
}
