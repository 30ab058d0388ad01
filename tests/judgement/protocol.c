/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hold-out protocol: for every stream a history of 8 to 200 jobs, clean or
 * with a tenth of it spoilt, then a night of up to 30 jobs of which one is
 * slowed (or as many as asked for).  All methods see exactly the same histories and nights.
 */
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "judgement.h"

#define NIGHT_JOBS_MIN 5 /* a shorter rest of a stream is not a night */

const double factors[FACTOR_COUNT] = {1, 1.3, 1.5, 2, 3, 5};
const size_t lengths[LENGTH_COUNT] = {8, 20, 50, 200};

static void spoil(struct point *points, size_t count, gsl_rng *rng)
{
	size_t left = (size_t)ceil(SPOILT_SHARE * (double)count);

	while (left > 0) {
		struct point *point = &points[gsl_rng_uniform_int(rng, count)];

		point->value *= gsl_ran_flat(rng, SPOILT_LOW, SPOILT_HIGH);
		left--;
	}
}

void hold_out(const struct plan *plan, const struct site *site, size_t length, bool is_spoilt,
	      gsl_rng *rng, struct site *ret_known, struct window **ret_windows)
{
	struct window *windows = calloc(site->count + 1, sizeof(*windows));
	struct site known = site_view(site);

	if (windows == NULL)
		abort();
	for (size_t i = 0; i < site->count; i++) {
		const struct stream *stream = &site->streams[i];
		struct window *window = &windows[known.count];
		struct stream *history;
		size_t spare;

		if (stream->count < length + NIGHT_JOBS_MIN)
			continue;
		spare = stream->count - length;
		window->stream = i;
		window->night_count = spare < plan->night_jobs ? spare : plan->night_jobs;
		window->first = gsl_rng_uniform_int(rng, spare - window->night_count + 1);
		for (size_t f = 0; f < FACTOR_COUNT; f++)
			window->slowed[f] = gsl_rng_uniform_int(rng, window->night_count);
		history = site_stream(&known, stream->partition, stream->user, stream->class);
		for (size_t j = 0; j < length; j++)
			stream_add(history, &stream->points[window->first + j]);
		if (is_spoilt)
			spoil(history->points, length, rng);
	}
	*ret_known = known;
	*ret_windows = windows;
}

static void dump_judgement(const struct plan *plan, const struct site *site, size_t length,
			   bool is_spoilt, unsigned round, const struct window *window,
			   size_t method, double factor, const struct point *point,
			   const struct opinion *opinion)
{
	if (plan->dump == NULL)
		return;
	fprintf(plan->dump, "%s\t%s\t%zu\t%d\t%u\t%zu\t%s\t%g\t%.6g\t%.6g\t%.6g\t%.6g\t%d\n",
		site->kind, metric_word(site->metric), lengths[length], is_spoilt, round,
		window->stream, plan->methods[method]->name, factor, point->value,
		opinion->log_ratio, opinion->score, opinion->p, opinion->is_high);
}

/* The slowed jobs of a night are spread over it evenly. */
static bool is_slowed(const struct plan *plan, const struct window *window, size_t factor,
		      size_t job)
{
	for (size_t i = 0; i < plan->slowed_jobs; i++)
		if (job == (window->slowed[factor] + i * window->night_count / plan->slowed_jobs) %
				   window->night_count)
			return true;
	return false;
}

/* Judge the window's night once for each factor. */
static void window_run(const struct plan *plan, const struct site *site, size_t length,
		       bool is_spoilt, unsigned round, const struct window *window, size_t group,
		       void *const *learnt, struct tally *const *tallies)
{
	const struct stream *stream = &site->streams[window->stream];
	struct opinion opinions[NIGHT_JOBS_MAX];
	struct point night[NIGHT_JOBS_MAX];

	/* Where all are slowed, a night that is left alone tells of false alarms. */
	size_t first = plan->slowed_jobs < window->night_count ? 1 : 0;

	for (size_t f = first; f < FACTOR_COUNT; f++) {
		memcpy(night, &stream->points[window->first + lengths[length]],
		       window->night_count * sizeof(*night));
		for (size_t j = 0; j < window->night_count; j++)
			if (is_slowed(plan, window, f, j))
				night[j].value *= factors[f];
		for (size_t m = 0; m < plan->method_count; m++) {
			plan->methods[m]->judge(learnt[m], group, night, window->night_count,
						opinions);
			for (size_t j = 0; j < window->night_count; j++) {
				size_t factor = is_slowed(plan, window, f, j) ? f : 0;

				if (night[j].is_censored)
					continue;
				tally_judgement(tallies[m], length, is_spoilt, factor,
						&opinions[j]);
				dump_judgement(plan, site, length, is_spoilt, round, window, m,
					       factors[factor], &night[j], &opinions[j]);
			}
		}
	}
}

static void round_run(const struct plan *plan, const struct site *site, size_t length,
		      bool is_spoilt, unsigned round, gsl_rng *rng, struct tally *const *tallies)
{
	struct window *windows;
	struct site known;
	void **learnt;

	hold_out(plan, site, lengths[length], is_spoilt, rng, &known, &windows);
	learnt = calloc(plan->method_count, sizeof(*learnt));
	if (learnt == NULL)
		abort();
	for (size_t m = 0; m < plan->method_count; m++)
		learnt[m] = plan->methods[m]->learn(&known);
	for (size_t group = 0; group < known.count; group++)
		window_run(plan, site, length, is_spoilt, round, &windows[group], group, learnt,
			   tallies);
	for (size_t m = 0; m < plan->method_count; m++)
		plan->methods[m]->forget(learnt[m]);
	free(learnt);
	free(windows);
	site_view_release(&known);
}

void protocol_run(const struct plan *plan, const struct site *site, struct tally *const *tallies)
{
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	unsigned done = 0, all = LENGTH_COUNT * 2 * plan->rounds;

	gsl_rng_set(rng, plan->seed);
	for (size_t length = 0; length < LENGTH_COUNT; length++) {
		for (int is_spoilt = 0; is_spoilt < 2; is_spoilt++) {
			for (unsigned round = 0; round < plan->rounds; round++) {
				round_run(plan, site, length, is_spoilt, round, rng, tallies);
				if (plan->progress != NULL)
					fprintf(plan->progress, "\r%-12s %-6s %3u %%", site->kind,
						metric_word(site->metric), 100 * ++done / all);
			}
		}
	}
	if (plan->progress != NULL)
		fprintf(plan->progress, "\r%30s\r", "");
	gsl_rng_free(rng);
}
