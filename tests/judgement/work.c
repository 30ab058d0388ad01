/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Work and waiting: jobs whose run time and CPU time are both judged.  Some did
 * so many times the work of a normal run, others only waited; counted are which
 * of the two metrics finds them, and whether they are told apart.
 */
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "judgement.h"
#include "step/cause.h"

enum planted { PLANTED_WORK, PLANTED_WAIT, PLANTED_COUNT };
static const char *const planted_words[PLANTED_COUNT] = {"work", "waiting"};
static const enum cause planted_causes[PLANTED_COUNT] = {CAUSE_WORK, CAUSE_WAIT};

/* In the places of the factors of protocol.c. */
static const double work_factors[FACTOR_COUNT] = {1, 1.5, 1.77, 2, 3, 5};

/* Of the jobs of one kind and factor: how many there are, and who called how many of them high. */
struct seen {
	size_t jobs, wall, cpu, found, found_near, certain;
	size_t right, silent; /* of those found: which of the two it was is said, or nothing */
};

struct work_tally {
	struct seen clean;
	struct seen slowed[PLANTED_COUNT][FACTOR_COUNT];
};

struct work_tally *work_tally_new(void)
{
	struct work_tally *tally = calloc(1, sizeof(*tally));

	if (tally == NULL)
		abort();
	return tally;
}

/* By the clock a job is longer by what it computes more, on as many processors as before. */
static void plant(struct point *wall, struct point *cpu, enum planted planted, double factor)
{
	if (planted == PLANTED_WAIT) {
		wall->value *= factor;
		return;
	}
	wall->value += (factor - 1) * fmin(wall->value, cpu->value);
	cpu->value *= factor;
}

static void spoil_twins(struct stream *wall, struct stream *cpu, gsl_rng *rng)
{
	size_t left = (size_t)ceil(SPOILT_SHARE * (double)wall->count);

	for (; left > 0; left--) {
		size_t i = gsl_rng_uniform_int(rng, wall->count);

		plant(&wall->points[i], &cpu->points[i], (enum planted)(left % PLANTED_COUNT),
		      gsl_ran_flat(rng, SPOILT_LOW, SPOILT_HIGH));
	}
}

static struct step_verdict verdict_of(const struct opinion *opinion, double value)
{
	double ratio = exp(opinion->log_ratio);

	return (struct step_verdict){
		.verdict = isnan(opinion->log_ratio) ? VERDICT_UNJUDGED
			   : opinion->is_high        ? VERDICT_HIGH
			   : opinion->is_low         ? VERDICT_LOW
						     : VERDICT_NORMAL,
		.value = value,
		.expected = value / ratio,
		.ratio = ratio,
	};
}

static void count(struct seen *seen, const struct opinion *wall, const struct opinion *cpu)
{
	bool is_near = (!wall->is_high || wall->log_ratio < log(FAR_FACTOR)) &&
		       (!cpu->is_high || cpu->log_ratio < log(FAR_FACTOR));

	seen->jobs++;
	seen->wall += wall->is_high;
	seen->cpu += cpu->is_high;
	seen->found += wall->is_high || cpu->is_high;
	seen->found_near += (wall->is_high || cpu->is_high) && is_near;
	seen->certain += wall->is_mailed || cpu->is_mailed;
}

static void count_cause(struct seen *seen, enum planted planted, const struct step_verdict *wall,
			const struct step_verdict *cpu)
{
	enum cause cause;

	if (wall->verdict != VERDICT_HIGH && cpu->verdict != VERDICT_HIGH)
		return;
	cause = cause_of(wall, cpu);
	seen->right += cause == planted_causes[planted];
	seen->silent += cause == CAUSE_UNKNOWN;
}

/* One hold-out of the twins: their histories, and what a method made of them. */
struct twins {
	const struct site *site[2]; /* by the clock, and CPU time */
	struct site known[2];
	struct window *windows[2]; /* alike */
	void *learnt[2];
};

static void night_copy(const struct twins *twins, size_t group, size_t length,
		       struct point night[2][NIGHT_JOBS_MAX])
{
	for (int i = 0; i < 2; i++) {
		const struct window *window = &twins->windows[i][group];
		const struct stream *stream = &twins->site[i]->streams[window->stream];

		memcpy(night[i], &stream->points[window->first + lengths[length]],
		       window->night_count * sizeof(struct point));
	}
}

/* Judge the group's night once for each factor and kind. */
static void twins_judge(const struct method *method, const struct twins *twins, size_t group,
			size_t length, struct work_tally *tally)
{
	const struct window *window = &twins->windows[0][group];
	struct opinion opinions[2][NIGHT_JOBS_MAX];
	struct point night[2][NIGHT_JOBS_MAX];

	for (int planted = 0; planted < PLANTED_COUNT; planted++) {
		for (size_t f = 1; f < FACTOR_COUNT; f++) {
			size_t slowed = window->slowed[f];

			night_copy(twins, group, length, night);
			plant(&night[0][slowed], &night[1][slowed], (enum planted)planted,
			      work_factors[f]);
			for (int i = 0; i < 2; i++)
				method->judge(twins->learnt[i], group, night[i],
					      window->night_count, opinions[i]);
			for (size_t j = 0; j < window->night_count; j++) {
				struct step_verdict wall, cpu;
				struct seen *seen =
					j == slowed ? &tally->slowed[planted][f] : &tally->clean;

				if (night[0][j].is_censored)
					continue;
				count(seen, &opinions[0][j], &opinions[1][j]);
				wall = verdict_of(&opinions[0][j], night[0][j].value);
				cpu = verdict_of(&opinions[1][j], night[1][j].value);
				if (j == slowed)
					count_cause(seen, (enum planted)planted, &wall, &cpu);
			}
		}
	}
}

static void round_run(const struct plan *plan, struct twins *twins, size_t length, bool is_spoilt,
		      gsl_rng *rng, struct work_tally *tally)
{
	const struct method *method = plan->methods[0];
	gsl_rng *alike = gsl_rng_clone(rng);

	for (int i = 0; i < 2; i++)
		hold_out(plan, twins->site[i], lengths[length], false, i == 0 ? rng : alike,
			 &twins->known[i], &twins->windows[i]);
	for (size_t group = 0; is_spoilt && group < twins->known[0].count; group++)
		spoil_twins(&twins->known[0].streams[group], &twins->known[1].streams[group], rng);
	for (int i = 0; i < 2; i++)
		twins->learnt[i] = method->learn(&twins->known[i]);
	for (size_t group = 0; group < twins->known[0].count; group++)
		twins_judge(method, twins, group, length, tally);
	for (int i = 0; i < 2; i++) {
		method->forget(twins->learnt[i]);
		free(twins->windows[i]);
		site_view_release(&twins->known[i]);
	}
	gsl_rng_free(alike);
}

void work_run(const struct plan *plan, const struct site *wall, const struct site *cpu,
	      struct work_tally *const tallies[LENGTH_COUNT])
{
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	struct twins twins = {.site = {wall, cpu}};

	gsl_rng_set(rng, plan->seed);
	for (size_t length = 0; length < LENGTH_COUNT; length++)
		for (int is_spoilt = 0; is_spoilt < 2; is_spoilt++)
			for (unsigned round = 0; round < plan->rounds; round++)
				round_run(plan, &twins, length, is_spoilt, rng, tallies[length]);
	gsl_rng_free(rng);
}

static void seen_add(struct seen *sum, const struct seen *seen)
{
	sum->jobs += seen->jobs;
	sum->wall += seen->wall;
	sum->cpu += seen->cpu;
	sum->found += seen->found;
	sum->found_near += seen->found_near;
	sum->certain += seen->certain;
	sum->right += seen->right;
	sum->silent += seen->silent;
}

void work_tally_add(struct work_tally *sum, const struct work_tally *tally)
{
	seen_add(&sum->clean, &tally->clean);
	for (int planted = 0; planted < PLANTED_COUNT; planted++)
		for (size_t f = 1; f < FACTOR_COUNT; f++)
			seen_add(&sum->slowed[planted][f], &tally->slowed[planted][f]);
}

static double share(size_t part, size_t whole)
{
	return whole > 0 ? (double)part / (double)whole : NAN;
}

static void print_lines(const struct work_tally *tally, const char *prefix)
{
	const struct seen *clean = &tally->clean;

	printf("%s.false_alarms %.2f per_1000 %zu\n", prefix,
	       1000 * share(clean->found, clean->jobs), clean->jobs);
	printf("%s.false_alarms_below_x%g %.2f per_1000 %zu\n", prefix, FAR_FACTOR,
	       1000 * share(clean->found_near, clean->jobs), clean->jobs);
	printf("%s.false_by_wall %.2f per_1000 %zu\n", prefix,
	       1000 * share(clean->wall, clean->jobs), clean->jobs);
	printf("%s.false_by_cpu %.2f per_1000 %zu\n", prefix, 1000 * share(clean->cpu, clean->jobs),
	       clean->jobs);
	printf("%s.false_mailed %.2f per_1000 %zu\n", prefix,
	       1000 * share(clean->certain, clean->jobs), clean->jobs);
	for (int planted = 0; planted < PLANTED_COUNT; planted++) {
		struct seen all = {0};

		for (size_t f = 1; f < FACTOR_COUNT; f++) {
			const struct seen *seen = &tally->slowed[planted][f];
			const struct {
				const char *what;
				size_t n;
			} shares[] = {{"by_wall", seen->wall},
				      {"by_cpu", seen->cpu},
				      {"found", seen->found},
				      {"mailed", seen->certain}};

			for (size_t i = 0; i < sizeof(shares) / sizeof(*shares); i++)
				printf("%s.%s.%s_x%g %.3f ratio %zu\n", prefix,
				       planted_words[planted], shares[i].what, work_factors[f],
				       share(shares[i].n, seen->jobs), seen->jobs);
			seen_add(&all, seen);
		}
		printf("%s.%s.named %.3f ratio %zu\n", prefix, planted_words[planted],
		       share(all.right, all.found), all.found);
		printf("%s.%s.unnamed %.3f ratio %zu\n", prefix, planted_words[planted],
		       share(all.silent, all.found), all.found);
	}
}

void work_tally_print(const struct work_tally *tally, const char *name, const char *method,
		      bool is_parsable)
{
	char prefix[160];

	if (tally->clean.jobs == 0)
		return;
	if (is_parsable) {
		(void)snprintf(prefix, sizeof(prefix), "work.%s.%s", name, method);
		print_lines(tally, prefix);
		return;
	}
	for (int planted = 0; planted < PLANTED_COUNT; planted++) {
		const struct seen *clean = &tally->clean, *seen = tally->slowed[planted];
		struct seen all = {0};

		if (planted == 0)
			printf("%-12s %6.1f %5.1f %6.1f", name,
			       1000 * share(clean->found, clean->jobs),
			       1000 * share(clean->found_near, clean->jobs),
			       1000 * share(clean->certain, clean->jobs));
		else
			printf("%-12s %6s %5s %6s", "", "", "", "");
		printf(" %-7s", planted_words[planted]);
		for (size_t f = 1; f < FACTOR_COUNT; f++)
			printf(" %4.2f", share(seen[f].wall, seen[f].jobs));
		printf(" ");
		for (size_t f = 1; f < FACTOR_COUNT; f++)
			printf(" %4.2f", share(seen[f].cpu, seen[f].jobs));
		printf(" ");
		for (size_t f = 1; f < FACTOR_COUNT; f++) {
			printf(" %4.2f", share(seen[f].certain, seen[f].jobs));
			seen_add(&all, &seen[f]);
		}
		printf("  %5.3f %5.3f\n", share(all.right, all.found),
		       share(all.silent, all.found));
	}
}

void work_print_head(const char *title, const char *method)
{
	static const char *const by[] = {"high by wall time", "high by CPU time", "certain by one"};

	printf("\n%s: %s\n%-12s %6s %5s %6s %-7s", title, method, "", "", "", "", "");
	for (size_t i = 0; i < sizeof(by) / sizeof(*by); i++)
		printf(" %-25s", by[i]);
	printf("  of those found\n%-12s %6s %5s %6s %-7s", "jobs", "false", "<x3", "mailed",
	       "planted");
	for (size_t i = 0; i < sizeof(by) / sizeof(*by); i++) {
		for (size_t f = 1; f < FACTOR_COUNT; f++)
			printf(" %4g", work_factors[f]);
		printf(" ");
	}
	printf(" %5s %5s\n", "named", "open");
}
