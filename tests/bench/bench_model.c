/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How long the model takes: 10,000 groups of 100 steps fitted, and every step
 * judged, by two threads as the nightly run has them.
 */
#include "model/model.h"
#include "util/alloc.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define GROUPS 10000
#define STEPS 100
#define THREADS 2

static double *input, *value;

struct share {
	pthread_t thread;
	size_t from, to, high;
	double fit_s, judge_s;
};

static double now_s(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec * 1e-9;
}

/* A fixed generator, so that every run times the same work. */
static double uniform(uint64_t *state)
{
	*state = *state * 6364136223846793005U + 1442695040888963407U;
	return ((double)(*state >> 11) + 0.5) / 9007199254740992.0;
}

static double normal(uint64_t *state)
{
	return sqrt(-2 * log(uniform(state))) * cos(2 * M_PI * uniform(state));
}

static void generate(void)
{
	uint64_t state = 1;

	input = xreallocarray(NULL, (size_t)GROUPS * STEPS, sizeof(double));
	value = xreallocarray(NULL, (size_t)GROUPS * STEPS, sizeof(double));
	for (size_t group = 0; group < GROUPS; group++) {
		double scatter = 0.05 + 0.3 * uniform(&state), power = 0.5 + uniform(&state);
		double start_s = 200 * uniform(&state);

		for (size_t i = group * STEPS; i < (group + 1) * STEPS; i++) {
			input[i] = exp(22 + 1.5 * normal(&state));
			value[i] = (start_s + pow(input[i] * 1e-7, power)) *
				   exp(scatter * normal(&state) + (uniform(&state) < 0.03));
		}
	}
}

static void *work(void *arg)
{
	struct share *share = arg;
	struct model_workspace *workspace = model_workspace_new();
	struct model_params params;

	model_params_init(&params);
	for (size_t group = share->from; group < share->to; group++) {
		size_t first = group * STEPS;
		struct model_history history = {
			.n = STEPS, .input_bytes = input + first, .value = value + first};
		struct model model;
		double start = now_s(), fitted;

		model_fit(&params, MODEL_WALL, &history, NULL, 0, workspace, &model);
		fitted = now_s();
		share->fit_s += fitted - start;
		for (size_t i = first; i < first + STEPS; i++) {
			struct model_step step = {.input_bytes = input[i], .value = value[i]};
			struct model_judgement judgement;

			model_judge(&params, &model, &step, &judgement);
			share->high += judgement.verdict == MODEL_HIGH;
		}
		share->judge_s += now_s() - fitted;
		model_release(&model);
	}
	model_workspace_free(workspace);
	return NULL;
}

int main(void)
{
	struct share share[THREADS] = {0};
	double start, wall_s;

	generate();
	start = now_s();
	for (size_t i = 0; i < THREADS; i++) {
		share[i].from = GROUPS * i / THREADS;
		share[i].to = GROUPS * (i + 1) / THREADS;
		if (pthread_create(&share[i].thread, NULL, work, &share[i]) != 0)
			return 1;
	}
	for (size_t i = 0; i < THREADS; i++)
		(void)pthread_join(share[i].thread, NULL);
	wall_s = now_s() - start;
	printf("model_fit_and_judge_1M_steps_10k_groups %.3f s\n", wall_s);
	printf("model_fit_100_steps %.1f us\n", 1e6 * (share[0].fit_s + share[1].fit_s) / GROUPS);
	printf("model_judge %.3f us\n",
	       1e6 * (share[0].judge_s + share[1].judge_s) / ((double)GROUPS * STEPS));
	printf("model_bench_called_high %zu steps\n", share[0].high + share[1].high);
	free(input);
	free(value);
	return 0;
}
