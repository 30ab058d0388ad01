/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes: those that matter are found, those that do not are not; and a model survives storage.
 */
#include "model/model.h"
#include "tap.h"

#include <errno.h>
#include <stdlib.h>

#define N 80
#define COLUMNS 6

static struct model_params params;
static double input[N], value[N], cells[COLUMNS][N];

static double uniform(uint64_t *state)
{
	*state = *state * 6364136223846793005U + 1442695040888963407U;
	return ((double)(*state >> 11) + 0.5) / 9007199254740992.0;
}

static double normal(uint64_t *state)
{
	return sqrt(-2 * log(uniform(state))) * cos(2 * M_PI * uniform(state));
}

enum { WORDS, DATABASE, CONSTANT, UNIQUE, COIN, COLLINEAR };

static const struct model_column columns[COLUMNS] = {
	[WORDS] = {1, MODEL_NUMBER, cells[WORDS]},
	[DATABASE] = {2, MODEL_CATEGORY, cells[DATABASE]},
	[CONSTANT] = {3, MODEL_NUMBER, cells[CONSTANT]},
	[UNIQUE] = {4, MODEL_CATEGORY, cells[UNIQUE]},
	[COIN] = {5, MODEL_CATEGORY, cells[COIN]},
	[COLLINEAR] = {6, MODEL_NUMBER, cells[COLLINEAR]},
};

/* Time grows with the words, and one database of three is twice as slow. */
static void generate(void)
{
	uint64_t state = 3;

	for (size_t i = 0; i < N; i++) {
		input[i] = exp(22 + normal(&state));
		cells[WORDS][i] = floor(10 + 190 * uniform(&state));
		cells[DATABASE][i] = floor(3 * uniform(&state));
		cells[CONSTANT][i] = 7;
		cells[UNIQUE][i] = (double)i;
		cells[COIN][i] = uniform(&state) < 0.5;
		cells[COLLINEAR][i] = 3 * cells[WORDS][i];
		value[i] = (10 + 1e-8 * input[i]) * pow(cells[WORDS][i] / 100, 0.8) *
			   (cells[DATABASE][i] == 2 ? 2 : 1) * exp(0.05 * normal(&state));
		if (i % 13 == 5)
			value[i] *= 3;
	}
}

static struct model_judgement judge(const struct model *model, double words, double database,
				    double seconds)
{
	struct model_attribute attributes[] = {{1, words}, {2, database}};
	struct model_step step = {
		.input_bytes = 5e9, .value = seconds, .attributes = attributes, .attribute_n = 2};
	struct model_judgement judgement;

	model_judge(&params, model, &step, &judgement);
	return judgement;
}

static void check_choice(const struct model *model)
{
	const struct model_fit *fit = &model->sized;
	int has_words = 0, has_database = 0;

	for (uint32_t i = 0; i < fit->covariate_n; i++) {
		has_words += fit->covariates[i].id == 1 || fit->covariates[i].id == 6;
		has_database += fit->covariates[i].id == 2;
		ok(fit->covariates[i].gain > 0 && fit->covariates[i].gain <= 1,
		   "a gain is a share");
	}
	is_int(fit->covariate_n, 2, "two attributes are used");
	is_int(has_words, 1, "the number that matters, once, though another says the same");
	is_int(has_database, 1, "and the category that does");
}

static void check_use(const struct model *model)
{
	struct model_judgement judgement = judge(model, 100, 0, 60);

	is_near(judgement.expected, 60, 0.15, "what is expected at given attributes");
	is_near(judge(model, 200, 0, 60).expected, 60 * pow(2, 0.8), 0.15, "grows with the number");
	is_near(judge(model, 100, 2, 60).expected, 120, 0.15, "and with the category");
	is_int(judge(model, 100, 2, 120).verdict, VERDICT_NORMAL, "the slow category is normal");
	is_int(judge(model, 100, 0, 180).verdict, VERDICT_HIGH, "three times as long is not");
	is_int(judge(model, 100, 99, 120).verdict, VERDICT_NORMAL,
	       "an unseen category gets the doubt");
	ok(isfinite(judge(model, NAN, NAN, 60).expected), "missing attributes are no obstacle");
	ok(isfinite(judge(model, INFINITY, -1, 60).expected), "nor are impossible ones");
}

/* Of words from 5 to 7, on each of which the time depends, nothing follows for 174. */
static void check_far(void)
{
	struct model_history history = {
		.n = N, .input_bytes = input, .value = value, .columns = columns, .column_n = 1};
	struct model model;
	uint64_t state = 5;

	for (size_t i = 0; i < N; i++) {
		input[i] = 5e9;
		cells[WORDS][i] = 5 + 2 * uniform(&state);
		value[i] = 10 * cells[WORDS][i] * exp(0.03 * normal(&state));
	}
	model_fit(&params, METRIC_WALL, &history, NULL, 0, NULL, &model);
	is_int(model.sized.covariate_n, 1, "words that hardly vary are used all the same");
	is_int(judge(&model, 7, 0, 70).verdict, VERDICT_NORMAL, "what they explain is normal");
	is_int(judge(&model, 9, 0, 90).verdict, VERDICT_NORMAL, "and somewhat beyond");
	is_int(judge(&model, 174, 0, 600).verdict, VERDICT_HIGH,
	       "far beyond, they explain nothing more");
	is_int(judge(&model, 0.2, 0, 600).verdict, VERDICT_HIGH, "on the other side as well");
	model_release(&model);
}

/* ---- storage */

static void check_same(const struct model *one, const struct model *other)
{
	size_t different = 0;

	for (double seconds = 1; seconds < 1e4; seconds *= 1.1) {
		struct model_judgement a = judge(one, 50, 1, seconds);
		struct model_judgement b = judge(other, 50, 1, seconds);

		different += a.verdict != b.verdict || a.expected != b.expected || a.low != b.low ||
			     a.high != b.high || a.score != b.score || a.p_value != b.p_value;
	}
	is_int(different, 0, "a stored model judges as the one that was written, to the last bit");
}

static void check_storage(const struct model *model)
{
	unsigned char *bytes;
	void *blob;
	struct model read;
	struct jo_err err = {0};
	size_t size, accepted = 0;

	model_write(model, &blob, &size);
	bytes = blob;
	ok(size < 2000, "a model of %d steps is small (%zu bytes)", N, size);
	is_int(model_read(blob, size, &read, &err), 0, "a model can be read back");
	check_same(model, &read);
	model_release(&read);
	for (size_t cut = 0; cut < size; cut++)
		if (model_read(blob, cut, &read, &err) == 0)
			accepted++;
	is_int(accepted, 0, "one that is cut short anywhere cannot");
	bytes[6]++;
	is_int(model_read(blob, size, &read, &err), -EPROTO, "nor one of another version");
	bytes[6]--;
	bytes[0]++;
	is_int(model_read(blob, size, &read, &err), -EBADMSG, "nor what is no model");
	bytes[0]--;
	for (size_t i = 8; i < size; i++) {
		unsigned char kept = bytes[i];

		bytes[i] = 0xff;
		if (model_read(blob, size, &read, &err) == 0) {
			(void)judge(&read, 50, 1, 100);
			model_release(&read);
		}
		bytes[i] = kept;
	}
	ok(1, "damaged ones are refused, or judge without harm");
	free(blob);
}

int main(void)
{
	struct model_history history = {.n = N,
					.input_bytes = input,
					.value = value,
					.columns = columns,
					.column_n = COLUMNS};
	struct model model, again;
	void *one, *other;
	size_t one_size, other_size;

	model_params_init(&params);
	generate();
	model_fit(&params, METRIC_WALL, &history, NULL, 0, NULL, &model);
	check_choice(&model);
	check_use(&model);
	check_storage(&model);

	model_fit(&params, METRIC_WALL, &history, NULL, 0, NULL, &again);
	model_write(&model, &one, &one_size);
	model_write(&again, &other, &other_size);
	ok(one_size == other_size && memcmp(one, other, one_size) == 0,
	   "the same history gives the same bytes");
	free(one);
	free(other);
	model_release(&again);
	model_release(&model);
	check_far();
	return tap_done();
}
