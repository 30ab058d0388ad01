/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Long histories whose attributes are as bad as they come: a verdict all the
 * same, no number that is none, and an end in sensible time.
 */
#include "model/model.h"
#include "tap.h"

#include <stdlib.h>
#include <time.h>

#define N 8000
#define SECONDS_MAX 20 /* of CPU, with sanitizers; it takes well under one without */

static double input[N], value[N], cells[MODEL_COLUMNS_MAX][N];

static double uniform(uint64_t *state)
{
	*state = *state * 6364136223846793005U + 1442695040888963407U;
	return ((double)(*state >> 11) + 0.5) / 9007199254740992.0;
}

static double thousand_categories(size_t i, uint64_t *state)
{
	(void)state;
	return (double)(i * 7919 % 1000);
}

static double unique(size_t i, uint64_t *state)
{
	(void)state;
	return (double)i;
}

static double constant(size_t i, uint64_t *state)
{
	(void)i, (void)state;
	return 7;
}

static double nothing(size_t i, uint64_t *state)
{
	(void)i, (void)state;
	return NAN;
}

static double endless(size_t i, uint64_t *state)
{
	(void)state;
	return i % 2 == 0 ? INFINITY : -INFINITY;
}

static double extreme(size_t i, uint64_t *state)
{
	static const double numbers[] = {0, -0.0, 5e-324, 1e308, -1e308, 0x1p63, -1, NAN};

	(void)state;
	return numbers[i % (sizeof(numbers) / sizeof(numbers[0]))];
}

static double once(size_t i, uint64_t *state)
{
	(void)state;
	return i == N / 2;
}

/* Says what the size says. */
static double collinear(size_t i, uint64_t *state)
{
	(void)state;
	return 3 * input[i];
}

static double noise(size_t i, uint64_t *state)
{
	(void)i;
	return uniform(state);
}

static const struct {
	const char *what;
	double (*cell)(size_t i, uint64_t *state);
} kinds[] = {
	{"of a thousand categories", thousand_categories},
	{"unique to each job", unique},
	{"constant", constant},
	{"never known", nothing},
	{"endless", endless},
	{"at the ends of what numbers are", extreme},
	{"different once", once},
	{"collinear with the size", collinear},
	{"noise", noise},
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* Fit with these columns, and judge every hundredth step and one with attributes nobody has seen.
 */
static void fit_and_judge(const struct model_column *columns, size_t column_n, const char *what)
{
	const struct model_history history = {.n = N,
					      .input_bytes = input,
					      .value = value,
					      .columns = columns,
					      .column_n = column_n};
	clock_t start = clock();
	struct model_params params;
	struct model model;
	int bad = 0, unjudged = 0;

	model_params_init(&params);
	params.history_max = N;
	model_fit(&params, METRIC_WALL, &history, NULL, 0, NULL, &model);
	for (size_t i = 0; i < N; i += 100) {
		struct model_attribute attributes[MODEL_COLUMNS_MAX];
		struct model_step step = {.input_bytes = input[i],
					  .value = value[i],
					  .attributes = attributes,
					  .attribute_n = column_n};
		struct model_judgement j;

		for (size_t c = 0; c < column_n; c++)
			attributes[c] = (struct model_attribute){
				columns[c].id, i % 200 == 0 ? columns[c].value[i] : -12345};
		model_judge(&params, &model, &step, &j);
		unjudged += j.verdict == VERDICT_UNJUDGED;
		bad += j.verdict != VERDICT_UNJUDGED &&
		       !(isfinite(j.expected) && isfinite(j.high) && isfinite(j.score) &&
			 j.low >= 0 && j.low <= j.expected && j.expected <= j.high &&
			 j.p_value > 0 && j.p_value <= 1);
	}
	is_int(bad, 0, "%s: every number is one", what);
	is_int(unjudged, 0, "%s: what is normal otherwise can be judged", what);
	ok((double)(clock() - start) / CLOCKS_PER_SEC < SECONDS_MAX, "%s: in sensible time", what);
	model_release(&model);
}

int main(void)
{
	struct model_column columns[MODEL_COLUMNS_MAX];
	uint64_t state = 1;
	size_t column_n = 0;

	for (size_t i = 0; i < N; i++) {
		input[i] = exp(18 + 4 * uniform(&state));
		value[i] = (10 + 1e-8 * input[i]) * (0.95 + 0.1 * uniform(&state));
	}
	for (size_t k = 0; k < KINDS; k++) {
		for (int kind = 0; kind < 2 && column_n < MODEL_COLUMNS_MAX; kind++) {
			const char *word = kind == 0 ? "number" : "category";
			char what[80];

			for (size_t i = 0; i < N; i++)
				cells[column_n][i] = kinds[k].cell(i, &state);
			columns[column_n] = (struct model_column){
				column_n + 1, kind == 0 ? MODEL_NUMBER : MODEL_CATEGORY,
				cells[column_n]};
			(void)snprintf(what, sizeof(what), "a %s %s", word, kinds[k].what);
			fit_and_judge(&columns[column_n], 1, what);
			column_n++;
		}
	}
	fit_and_judge(columns, column_n, "all of them");
	return tap_done();
}
