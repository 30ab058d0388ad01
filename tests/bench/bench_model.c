/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How long the model takes: 10,000 groups of 100 steps fitted, and every step
 * judged, by two threads as the nightly run has them.  Then, where R and scipy
 * are installed, what lmrob and theilslopes take for a line through some of
 * such groups, beside the model's level alone and a whole fit.
 */
#include "bench.h"
#include "model/level.h"
#include "model/model.h"
#include "util/alloc.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define THREADS 2

/* Groups of equally many steps, one after the other. */
struct stream {
	size_t groups, steps;
	double *input, *value;
};

struct share {
	pthread_t thread;
	const struct stream *stream;
	size_t from, to, high;
	double fit_s, refit_s, judge_s;
};

/* Of this thread alone, so that figures hold on a busy machine as well. */
static double cpu_s(void)
{
	return clock_s(CLOCK_THREAD_CPUTIME_ID);
}

static void generate(struct stream *stream, size_t groups, size_t steps)
{
	uint64_t state = 1;

	stream->groups = groups;
	stream->steps = steps;
	stream->input = xreallocarray(NULL, groups * steps, sizeof(double));
	stream->value = xreallocarray(NULL, groups * steps, sizeof(double));
	for (size_t group = 0; group < groups; group++) {
		double scatter = 0.05 + 0.3 * uniform(&state), power = 0.5 + uniform(&state);
		double start_s = 200 * uniform(&state);

		for (size_t i = group * steps; i < (group + 1) * steps; i++) {
			stream->input[i] = exp(22 + 1.5 * normal(&state));
			stream->value[i] = (start_s + pow(stream->input[i] * 1e-7, power)) *
					   exp(scatter * normal(&state) + (uniform(&state) < 0.03));
		}
	}
}

static void stream_release(struct stream *stream)
{
	free(stream->input);
	free(stream->value);
}

static struct model_history group_of(const struct stream *stream, size_t group)
{
	return (struct model_history){.n = stream->steps,
				      .input_bytes = stream->input + group * stream->steps,
				      .value = stream->value + group * stream->steps};
}

/* ---- the whole nightly work */

static void *work(void *arg)
{
	struct share *share = arg;
	struct model_workspace *workspace = model_workspace_new();
	struct model_params params, tomorrow;

	model_params_init(&params);
	tomorrow = params;
	tomorrow.prior[METRIC_WALL].scale *= 1.1;
	for (size_t group = share->from; group < share->to; group++) {
		struct model_history history = group_of(share->stream, group);
		struct model model, refitted;
		double start = cpu_s(), fitted;

		model_fit(&params, METRIC_WALL, &history, NULL, 0, workspace, &model);
		fitted = cpu_s();
		share->fit_s += fitted - start;
		for (size_t i = 0; i < history.n; i++) {
			struct model_step step = {.input_bytes = history.input_bytes[i],
						  .value = history.value[i]};
			struct model_judgement judgement;

			model_judge(&params, &model, &step, &judgement);
			share->high += judgement.verdict == VERDICT_HIGH;
		}
		share->judge_s += cpu_s() - fitted;
		start = cpu_s();
		if (model_refit(&tomorrow, &model, history.n, &history, &refitted))
			model_release(&refitted);
		share->refit_s += cpu_s() - start;
		model_release(&model);
	}
	model_workspace_free(workspace);
	return NULL;
}

static void bench_night(size_t groups, size_t steps)
{
	struct share share[THREADS] = {0};
	struct stream stream;
	double start, wall_s, fit_s, judge_s;

	generate(&stream, groups, steps);
	start = clock_s(CLOCK_MONOTONIC);
	for (size_t i = 0; i < THREADS; i++) {
		share[i].stream = &stream;
		share[i].from = groups * i / THREADS;
		share[i].to = groups * (i + 1) / THREADS;
		if (pthread_create(&share[i].thread, NULL, work, &share[i]) != 0) {
			fputs("bench_model: cannot start a thread\n", stderr);
			exit(1);
		}
	}
	for (size_t i = 0; i < THREADS; i++)
		(void)pthread_join(share[i].thread, NULL);
	wall_s = clock_s(CLOCK_MONOTONIC) - start;
	fit_s = share[0].fit_s + share[1].fit_s;
	judge_s = share[0].judge_s + share[1].judge_s;
	printf("model_fit_and_judge_1M_steps_10k_groups %.3f s\n", wall_s);
	printf("model_fit_and_judge_1M_steps_10k_groups_cpu %.3f s\n", fit_s + judge_s);
	printf("model_fit_100_steps_cpu %.1f us\n", 1e6 * fit_s / (double)groups);
	printf("model_refit_100_steps_cpu %.1f us\n",
	       1e6 * (share[0].refit_s + share[1].refit_s) / (double)groups);
	printf("model_judge_cpu %.3f us\n", 1e6 * judge_s / (double)(groups * steps));
	printf("model_bench_called_high %zu steps\n", share[0].high + share[1].high);
	stream_release(&stream);
}

/* ---- beside others */

static double fit_us(const struct stream *stream)
{
	struct model_workspace *workspace = model_workspace_new();
	struct model_params params;
	double start = cpu_s();

	model_params_init(&params);
	for (size_t group = 0; group < stream->groups; group++) {
		struct model_history history = group_of(stream, group);
		struct model model;

		model_fit(&params, METRIC_WALL, &history, NULL, 0, workspace, &model);
		model_release(&model);
	}
	model_workspace_free(workspace);
	return 1e6 * (cpu_s() - start) / (double)stream->groups;
}

/* The part that does what the others do: one robust relation, with no word on the scatter. */
static double level_us(const struct stream *stream)
{
	struct level_work *level_work = level_work_new();
	double *log_value = xreallocarray(NULL, stream->steps, sizeof(double)), start = cpu_s();

	for (size_t group = 0; group < stream->groups; group++) {
		struct model_history history = group_of(stream, group);
		struct level level;

		for (size_t i = 0; i < history.n; i++)
			log_value[i] = log(history.value[i]);
		level_load(level_work, history.input_bytes, log_value, history.n);
		level_fit(level_work, &level);
	}
	free(log_value);
	level_work_free(level_work);
	return 1e6 * (cpu_s() - start) / (double)stream->groups;
}

/* The groups as "group log_input log_value" lines in a new temporary file. */
static void write_groups(const struct stream *stream, char *ret_path, size_t size)
{
	const char *folder = getenv("TMPDIR");
	FILE *file;
	int fd, length;

	length =
		snprintf(ret_path, size, "%s/bench_model.XXXXXX", folder != NULL ? folder : "/tmp");
	fd = length > 0 && (size_t)length < size ? mkstemp(ret_path) : -1;
	file = fd >= 0 ? fdopen(fd, "w") : NULL;
	if (file == NULL) {
		fprintf(stderr, "bench_model: %s: %s\n", ret_path, strerror(errno));
		exit(1);
	}
	for (size_t i = 0; i < stream->groups * stream->steps; i++)
		fprintf(file, "%zu %.17g %.17g\n", i / stream->steps, log(stream->input[i]),
			log(stream->value[i]));
	if (fclose(file) != 0) {
		perror("bench_model: writing the groups");
		exit(1);
	}
}

/* A program that prints the CPU microseconds it took per group; NaN when it cannot run. */
static double other_us(const char *command)
{
	FILE *output = popen(command, "r");
	double us = NAN;

	/* Read to the end, as R writes a line in pieces and minds a reader that has left. */
	if (output == NULL || fscanf(output, "%lf ", &us) != 1)
		us = NAN;
	if (output == NULL || pclose(output) != 0)
		us = NAN;
	return us;
}

static const struct other {
	const char *name, *command;
} others[] = {
	{"lmrob", "Rscript --vanilla tests/bench/lmrob.R \"$BENCH_GROUPS\""},
	{"theilslopes", "tests/bench/theilslopes.py \"$BENCH_GROUPS\""},
};

static void bench_beside_others(size_t groups, size_t steps)
{
	char path[4096];
	struct stream stream;
	double fit, level;

	generate(&stream, groups, steps);
	write_groups(&stream, path, sizeof(path));
	(void)setenv("BENCH_GROUPS", path, 1);
	fit = fit_us(&stream);
	level = level_us(&stream);
	printf("level_alone_%zu_steps_cpu %.1f us\n", steps, level);
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		const char *name = others[i].name;
		double other;

		(void)fflush(stdout);
		other = other_us(others[i].command);
		if (isnan(other)) {
			fprintf(stderr, "bench_model: %s is not there: not compared\n", name);
			continue;
		}
		printf("%s_%zu_steps_cpu %.1f us\n", name, steps, other);
		printf("%s_over_level_alone_%zu_steps %.1f ratio\n", name, steps, other / level);
		printf("%s_over_whole_fit_%zu_steps %.1f ratio\n", name, steps, other / fit);
	}
	(void)unlink(path);
	stream_release(&stream);
}

int main(void)
{
	bench_night(10000, 100);
	bench_beside_others(200, 100);
	bench_beside_others(40, 500);
	return 0;
}
