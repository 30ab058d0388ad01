/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Regime shifts: streams whose level jumps for good.  Counted are the jobs it
 * takes until the expectation has followed, and the steps called high meanwhile
 * and afterwards, each of which would have been a mail.
 */
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>

#include "judgement.h"

#define STREAMS 100
#define JOBS_BEFORE 40
#define NIGHT_JOBS 2
#define NIGHTS 12
#define CALM_SD 0.1

const double shift_factors[SHIFT_COUNT] = {1.5, 2};

static void job_draw(struct stream *stream, double level, gsl_rng *rng)
{
	double log_size = gsl_ran_gaussian(rng, 1);
	struct point point = {.end_s = 3600.0 * (double)stream->count, .row = stream->count};

	point.size_bytes = floor(1e9 * exp(log_size));
	point.value =
		600 * exp(level + gsl_ran_gaussian(rng, CALM_SD)) * (0.3 + 0.7 * exp(log_size));
	stream_add(stream, &point);
}

static double median_of(const struct opinion *opinions)
{
	return 0.5 * (opinions[0].log_ratio + opinions[1].log_ratio);
}

/* One stream, whose level jumps after JOBS_BEFORE jobs, followed night by night. */
static void follow(const struct method *method, const struct stream *stream, size_t factor,
		   struct tally *tally)
{
	double level = log(shift_factors[factor]);
	unsigned delay_jobs = NIGHTS * NIGHT_JOBS, mails = 0;
	struct opinion opinions[NIGHT_JOBS];

	for (unsigned night = 0; night < NIGHTS; night++) {
		size_t known_count = JOBS_BEFORE + (size_t)night * NIGHT_JOBS;
		struct site known = {.kind = "shift", .metric = METRIC_WALL};
		struct stream *history = site_stream(&known, "main", "alice", "shift");
		void *learnt;

		for (size_t i = 0; i < known_count; i++)
			stream_add(history, &stream->points[i]);
		learnt = method->learn(&known);
		method->judge(learnt, 0, &stream->points[known_count], NIGHT_JOBS, opinions);
		method->forget(learnt);
		site_release(&known);
		for (size_t i = 0; i < NIGHT_JOBS; i++)
			mails += opinions[i].is_high;
		/* A night is judged at the new level when it lies nearer to that than to the old
		 * one. */
		if (delay_jobs == NIGHTS * NIGHT_JOBS && median_of(opinions) < level / 2)
			delay_jobs = (night + 1) * NIGHT_JOBS;
	}
	tally_shift(tally, factor, delay_jobs, mails);
}

void shift_run(const struct plan *plan, struct tally *const *tallies)
{
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);

	gsl_rng_set(rng, plan->seed);
	for (size_t factor = 0; factor < SHIFT_COUNT; factor++) {
		for (size_t i = 0; i < STREAMS; i++) {
			struct stream stream = {0};

			for (size_t j = 0; j < JOBS_BEFORE + NIGHTS * NIGHT_JOBS; j++)
				job_draw(&stream, j < JOBS_BEFORE ? 0 : log(shift_factors[factor]),
					 rng);
			for (size_t m = 0; m < plan->method_count; m++)
				follow(plan->methods[m], &stream, factor, tallies[m]);
			free(stream.points);
		}
	}
	gsl_rng_free(rng);
}
