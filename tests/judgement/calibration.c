/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether what is said of normal steps comes true: false alarms in ordinary
 * noise cell by cell, the outlier this project exists for, and a site of groups
 * from calm to wild beside a judge who knows each group's level and spread.
 */
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "judgement.h"

#define STEPS_OF_HISTORY 30 /* judged by one history, before another is drawn */
#define SIZE_SD 1.0         /* of log sizes */
#define LENGTH_MAX 500

static const struct noise {
	const char *name;
	double scale;
	double freedom; /* of Student's t; 0: normal */
} noises[] = {
	{"normal-0.05", 0.05, 0}, {"normal-0.1", 0.1, 0},  {"normal-0.2", 0.2, 0},
	{"normal-0.3", 0.3, 0},   {"normal-0.4", 0.4, 0},  {"normal-0.6", 0.6, 0},
	{"student-0.1", 0.1, 3},  {"student-0.2", 0.2, 3},
};
static const size_t grid_lengths[] = {20, 40, 100, 500};
static const size_t grid_nights[] = {1, 30};

#define COUNT_OF(list) (sizeof(list) / sizeof(*(list)))

static double noise_draw(const struct noise *noise, gsl_rng *rng)
{
	return noise->scale *
	       (noise->freedom > 0 ? gsl_ran_tdist(rng, noise->freedom) : gsl_ran_gaussian(rng, 1));
}

/* Groups differ in what their cost does with the size: nothing, in proportion, beside a fixed part.
 */
static void step_add(struct stream *stream, unsigned shape, double log_noise, gsl_rng *rng)
{
	static const double fixed[] = {1, 0, 0.3};
	double size = exp(gsl_ran_gaussian(rng, SIZE_SD)), share = fixed[shape % COUNT_OF(fixed)];
	struct point point = {.end_s = 3600.0 * (double)stream->count, .row = stream->count};

	point.size_bytes = floor(1e9 * size);
	point.value = 3600 * exp(log_noise) * (share + (1 - share) * size);
	stream_add(stream, &point);
}

struct counts {
	size_t steps, unjudged, watched, high, mailed;
};

static void count(struct counts *counts, const struct opinion *opinion)
{
	counts->steps++;
	counts->unjudged += isnan(opinion->log_ratio);
	counts->watched += opinion->is_watched;
	counts->high += opinion->is_high;
	counts->mailed += opinion->is_mailed;
}

static double per_1000(size_t part, size_t whole)
{
	return whole > 0 ? 1000 * (double)part / (double)whole : NAN;
}

/* Nights of normal steps, each by a history of its own group, which knows no others. */
static struct counts cell_run(const struct method *method, const struct noise *noise, size_t length,
			      size_t night_jobs, size_t steps, gsl_rng *rng)
{
	struct opinion opinions[NIGHT_JOBS_MAX];
	struct counts counts = {0};

	for (unsigned group = 0; counts.steps < steps; group++) {
		struct site known = {.kind = "cell", .metric = METRIC_WALL};
		struct stream *history = site_stream(&known, "main", "alice", "cell");
		void *learnt;

		for (size_t i = 0; i < length; i++)
			step_add(history, group, noise_draw(noise, rng), rng);
		learnt = method->learn(&known);
		for (size_t judged = 0; judged < STEPS_OF_HISTORY; judged += night_jobs) {
			struct stream night = {0};

			for (size_t i = 0; i < night_jobs; i++)
				step_add(&night, group, noise_draw(noise, rng), rng);
			method->judge(learnt, 0, night.points, night_jobs, opinions);
			for (size_t i = 0; i < night_jobs; i++)
				count(&counts, &opinions[i]);
			free(night.points);
		}
		method->forget(learnt);
		site_release(&known);
	}
	return counts;
}

static void cell_print(const struct plan *plan, const char *name, const struct counts *counts,
		       bool is_parsable)
{
	const struct {
		const char *what;
		size_t n;
	} rates[] = {{"unjudged", counts->unjudged},
		     {"watched", counts->watched},
		     {"high", counts->high},
		     {"mailed", counts->mailed}};

	for (size_t i = 0; i < COUNT_OF(rates); i++) {
		if (is_parsable)
			printf("cell.%s.%s.%s %.2f per_1000 %zu\n", plan->methods[0]->name, name,
			       rates[i].what, per_1000(rates[i].n, counts->steps), counts->steps);
		else
			printf("%s%8.2f", i == 0 ? "" : " ", per_1000(rates[i].n, counts->steps));
	}
	if (!is_parsable)
		printf("  %s\n", name);
}

void cells_run(const struct plan *plan, const char *only, size_t steps, bool is_parsable)
{
	char name[64];

	if (!is_parsable)
		printf("\nnormal steps in ordinary noise, in 1000: %s\n%8s %8s %8s %8s  "
		       "noise/history/night\n",
		       plan->methods[0]->name, "unjudged", "watched", "high", "mailed");
	for (size_t n = 0; n < COUNT_OF(noises); n++) {
		for (size_t l = 0; l < COUNT_OF(grid_lengths); l++) {
			for (size_t j = 0; j < COUNT_OF(grid_nights); j++) {
				gsl_rng *rng;
				struct counts counts;

				(void)snprintf(name, sizeof(name), "%s/%zu/%zu", noises[n].name,
					       grid_lengths[l], grid_nights[j]);
				if (only != NULL && strstr(name, only) == NULL)
					continue;
				rng = gsl_rng_alloc(gsl_rng_mt19937);
				gsl_rng_set(rng, plan->seed);
				counts = cell_run(plan->methods[0], &noises[n], grid_lengths[l],
						  grid_nights[j], steps, rng);
				cell_print(plan, name, &counts, is_parsable);
				gsl_rng_free(rng);
			}
		}
	}
}

/* The article's case: runs between 0.7 and 1.3 times their size, then one at 1.77. */
enum { STORY_DRAWS = 100, STORY_RUNS = 40 };
#define STORY_LOW 0.7
#define STORY_HIGH 1.3
#define STORY_OUTLIER 1.77
#define STORY_CPU_SD 0.05

/* What the clock and the CPU time of one draw say. */
static void story_draw(const struct method *method, gsl_rng *rng, struct opinion ret_opinions[2])
{
	for (int is_cpu = 0; is_cpu < 2; is_cpu++) {
		struct site known = {.kind = "story", .metric = METRIC_WALL};
		struct stream *history = site_stream(&known, "main", "alice", "story");
		struct stream night = {0};
		double noise = is_cpu ? gsl_ran_gaussian(rng, STORY_CPU_SD) : 0;
		void *learnt;

		for (size_t i = 0; i < STORY_RUNS; i++)
			step_add(history, 1,
				 is_cpu ? gsl_ran_gaussian(rng, STORY_CPU_SD)
					: log(gsl_ran_flat(rng, STORY_LOW, STORY_HIGH)),
				 rng);
		step_add(&night, 1, log(STORY_OUTLIER) + noise, rng);
		learnt = method->learn(&known);
		method->judge(learnt, 0, night.points, 1, &ret_opinions[is_cpu]);
		method->forget(learnt);
		free(night.points);
		site_release(&known);
	}
}

void story_run(const struct plan *plan, bool is_parsable)
{
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	const char *method = plan->methods[0]->name;
	size_t watched = 0, wall = 0, both = 0;

	gsl_rng_set(rng, plan->seed);
	for (int i = 0; i < STORY_DRAWS; i++) {
		struct opinion opinions[2];

		story_draw(plan->methods[0], rng, opinions);
		watched += opinions[0].is_watched;
		wall += opinions[0].is_high;
		both += opinions[0].is_high || opinions[1].is_high;
	}
	gsl_rng_free(rng);
	if (is_parsable)
		printf("story.%s.watched_by_wall %zu draws %d\nstory.%s.found_by_wall %zu draws "
		       "%d\n"
		       "story.%s.found_with_cpu %zu draws %d\n",
		       method, watched, STORY_DRAWS, method, wall, STORY_DRAWS, method, both,
		       STORY_DRAWS);
	else
		printf("\n%s: one at %g after %d between %g and %g, of %d draws: watched by wall "
		       "time in %zu, high in %zu, high by wall or CPU time in %zu\n",
		       method, STORY_OUTLIER, STORY_RUNS, STORY_LOW, STORY_HIGH, STORY_DRAWS,
		       watched, wall, both);
}

/* A site of groups whose scatter differs, 1 step in 500 of which is slow. */
enum { SIGMA_COUNT = 8, GROUPS_OF_SIGMA = 12, SLOW_COUNT = 3 };
#define SIGMA_STEP 0.05
#define SLOW_SHARE (1 / 500.0)
#define PRECISION_WANTED 0.9
static const double slow_factors[SLOW_COUNT] = {3, 5, 10};
static const size_t site_lengths[] = {30, 100, 300, 500};

struct site_counts {
	struct counts normal, slow[SLOW_COUNT];
};

static double site_sigma(size_t s)
{
	return SIGMA_STEP * (double)(s + 1);
}

static double slow_draw(gsl_rng *rng)
{
	return gsl_rng_uniform(rng) < SLOW_SHARE
		       ? log(slow_factors[gsl_rng_uniform_int(rng, SLOW_COUNT)])
		       : 0;
}

static void site_make(gsl_rng *rng, struct site *ret_known)
{
	*ret_known = (struct site){.kind = "site", .metric = METRIC_WALL};
	for (size_t group = 0; group < SIGMA_COUNT * GROUPS_OF_SIGMA; group++) {
		struct stream *history;
		char class[32];

		(void)snprintf(class, sizeof(class), "class-%zu", group);
		history = site_stream(ret_known, "main", "alice", class);
		for (size_t i = 0; i < site_lengths[group / SIGMA_COUNT % COUNT_OF(site_lengths)];
		     i++)
			step_add(history, (unsigned)group,
				 gsl_ran_gaussian(rng, site_sigma(group % SIGMA_COUNT)) +
					 slow_draw(rng),
				 rng);
	}
}

/* Nights with one slow step, which finds and precision are told from as if these were rarer. */
static void site_judge(const struct method *method, void *learnt, unsigned nights, gsl_rng *rng,
		       struct site_counts counts[SIGMA_COUNT])
{
	struct opinion opinions[NIGHT_JOBS_MAX];

	for (size_t group = 0; group < SIGMA_COUNT * GROUPS_OF_SIGMA; group++) {
		struct site_counts *of_sigma = &counts[group % SIGMA_COUNT];

		for (unsigned i = 0; i < nights * SLOW_COUNT; i++) {
			struct stream night = {0};

			for (size_t j = 0; j < NIGHT_JOBS_MAX; j++)
				step_add(&night, (unsigned)group,
					 gsl_ran_gaussian(rng, site_sigma(group % SIGMA_COUNT)) +
						 (j == 0 ? log(slow_factors[i % SLOW_COUNT]) : 0),
					 rng);
			method->judge(learnt, group, night.points, NIGHT_JOBS_MAX, opinions);
			count(&of_sigma->slow[i % SLOW_COUNT], &opinions[0]);
			for (size_t j = 1; j < NIGHT_JOBS_MAX; j++)
				count(&of_sigma->normal, &opinions[j]);
			free(night.points);
		}
	}
}

/* What the judge finds who knows the group, and calls so many normal steps slow. */
static double oracle_recall(double sigma, double alpha, double factor)
{
	return gsl_cdf_ugaussian_P(log(factor) / sigma - gsl_cdf_ugaussian_Qinv(alpha));
}

static double oracle_mean(double alpha, double factor)
{
	double sum = 0;

	for (size_t s = 0; s < SIGMA_COUNT; s++)
		sum += oracle_recall(site_sigma(s), alpha, factor);
	return sum / SIGMA_COUNT;
}

static double precision(double found, double alarms)
{
	return SLOW_SHARE * found / (SLOW_SHARE * found + (1 - SLOW_SHARE) * alarms);
}

/* The false alarms at which nine of ten mails of the judge who knows are right. */
static double oracle_alpha(void)
{
	double low = 1e-9, high = 0.1;

	while (high / low > 1.0001) {
		double alpha = sqrt(low * high), found = 0;

		for (size_t f = 0; f < SLOW_COUNT; f++)
			found += oracle_mean(alpha, slow_factors[f]) / SLOW_COUNT;
		if (precision(found, alpha) > PRECISION_WANTED)
			low = alpha;
		else
			high = alpha;
	}
	return low;
}

static double share(size_t part, size_t whole)
{
	return per_1000(part, whole) / 1000;
}

static void site_row(const char *method, const char *name, const struct site_counts *counts,
		     const double oracle[SLOW_COUNT], bool is_parsable)
{
	if (!is_parsable)
		printf("%-6s %8.2f %8.2f", name,
		       per_1000(counts->normal.high, counts->normal.steps),
		       per_1000(counts->normal.mailed, counts->normal.steps));
	else
		printf("site.%s.%s.high %.2f per_1000 %zu\nsite.%s.%s.mailed %.3f per_1000 %zu\n",
		       method, name, per_1000(counts->normal.high, counts->normal.steps),
		       counts->normal.steps, method, name,
		       per_1000(counts->normal.mailed, counts->normal.steps), counts->normal.steps);
	for (size_t f = 0; f < SLOW_COUNT; f++) {
		double found = share(counts->slow[f].mailed, counts->slow[f].steps);

		if (is_parsable)
			printf("site.%s.%s.mailed_x%g %.3f ratio %zu\n"
			       "site.%s.%s.oracle_x%g %.3f ratio 0\n",
			       method, name, slow_factors[f], found, counts->slow[f].steps, method,
			       name, slow_factors[f], oracle[f]);
		else
			printf("  %5.3f (%5.3f)", found, oracle[f]);
	}
	if (!is_parsable)
		printf("\n");
}

static void add_counts(struct counts *sum, const struct counts *counts)
{
	sum->steps += counts->steps;
	sum->unjudged += counts->unjudged;
	sum->watched += counts->watched;
	sum->high += counts->high;
	sum->mailed += counts->mailed;
}

static void site_print(const char *method, const struct site_counts counts[SIGMA_COUNT],
		       bool is_parsable)
{
	double alpha = oracle_alpha(), oracle[SLOW_COUNT], found = 0, of_mails;
	struct site_counts all = {0};
	char name[32];

	if (!is_parsable)
		printf("\n%s on a site where 1 step in 500 is slow: normal steps high and mailed "
		       "in 1000, slow ones mailed\n(by one who knows each group, at %.2f in 1000)\n"
		       "%-6s %8s %8s  x3            x5            x10\n",
		       method, 1000 * alpha, "sigma", "high", "mailed");
	for (size_t s = 0; s < SIGMA_COUNT; s++) {
		for (size_t f = 0; f < SLOW_COUNT; f++) {
			oracle[f] = oracle_recall(site_sigma(s), alpha, slow_factors[f]);
			add_counts(&all.slow[f], &counts[s].slow[f]);
		}
		add_counts(&all.normal, &counts[s].normal);
		(void)snprintf(name, sizeof(name), "%g", site_sigma(s));
		site_row(method, name, &counts[s], oracle, is_parsable);
	}
	for (size_t f = 0; f < SLOW_COUNT; f++) {
		oracle[f] = oracle_mean(alpha, slow_factors[f]);
		found += share(all.slow[f].mailed, all.slow[f].steps) / SLOW_COUNT;
	}
	site_row(method, "all", &all, oracle, is_parsable);
	of_mails = precision(found, share(all.normal.mailed, all.normal.steps));
	if (is_parsable)
		printf("site.%s.precision %.3f ratio %zu\n", method, of_mails, all.normal.steps);
	else
		printf("%s: %.3f of the mails are right (%zu normal steps)\n", method, of_mails,
		       all.normal.steps);
}

void site_run(const struct plan *plan, unsigned nights, bool is_parsable)
{
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	struct site_counts counts[SIGMA_COUNT] = {0};
	struct site known;
	void *learnt;

	gsl_rng_set(rng, plan->seed);
	site_make(rng, &known);
	learnt = plan->methods[0]->learn(&known);
	site_judge(plan->methods[0], learnt, nights, rng, counts);
	site_print(plan->methods[0]->name, counts, is_parsable);
	plan->methods[0]->forget(learnt);
	site_release(&known);
	gsl_rng_free(rng);
}
