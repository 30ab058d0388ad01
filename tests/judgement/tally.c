/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counts of judgements and what is read off them: false alarms per 1000, recall
 * by factor and history length, the error of the expectation, and whether the
 * probabilities that a method states come true.
 */
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>

#include "judgement.h"

/* False alarms in 1000 at which the rankings by score are compared; the table shows the third. */
static const double allowed_per_1000[] = {2, 5, 8, 12};
#define ALLOWED_COUNT (sizeof(allowed_per_1000) / sizeof(*allowed_per_1000))
#define ALLOWED_SHOWN 8.0
#define DELAY_GOAL_JOBS 8

static const double stated[] = {0.001, 0.005, 0.02, 0.1};
#define STATED_COUNT (sizeof(stated) / sizeof(*stated))

struct numbers {
	double *list;
	size_t count, room;
};

struct cell {
	size_t judged, unjudged, watched, high, high_near, mailed, low;
	struct numbers scores;
};

struct shifts {
	size_t streams, found, mails;
	struct numbers delays;
};

struct tally {
	struct cell cells[LENGTH_COUNT][2][FACTOR_COUNT];
	struct numbers errors[LENGTH_COUNT][2];
	size_t stated_jobs, below[STATED_COUNT]; /* of those, the ones above the middle */
	struct shifts shifts[SHIFT_COUNT];
};

struct tally *tally_new(void)
{
	struct tally *tally = calloc(1, sizeof(*tally));

	if (tally == NULL)
		abort();
	return tally;
}

void tally_free(struct tally *tally)
{
	if (tally == NULL)
		return;
	for (size_t l = 0; l < LENGTH_COUNT; l++) {
		for (int s = 0; s < 2; s++) {
			free(tally->errors[l][s].list);
			for (size_t f = 0; f < FACTOR_COUNT; f++)
				free(tally->cells[l][s][f].scores.list);
		}
	}
	for (size_t i = 0; i < SHIFT_COUNT; i++)
		free(tally->shifts[i].delays.list);
	free(tally);
}

static void numbers_add(struct numbers *numbers, double value)
{
	if (numbers->count == numbers->room) {
		numbers->room = numbers->room ? 2 * numbers->room : 256;
		numbers->list = realloc(numbers->list, numbers->room * sizeof(*numbers->list));
		if (numbers->list == NULL)
			abort();
	}
	numbers->list[numbers->count++] = value;
}

void tally_judgement(struct tally *tally, size_t length, bool is_spoilt, size_t factor,
		     const struct opinion *opinion)
{
	struct cell *cell = &tally->cells[length][is_spoilt][factor];

	/* Unjudged ranks last: it is neither a false alarm nor found. */
	numbers_add(&cell->scores, isnan(opinion->log_ratio) ? -INFINITY : opinion->score);
	cell->judged++;
	cell->watched += opinion->is_watched;
	cell->high += opinion->is_high;
	cell->high_near += opinion->is_high && opinion->log_ratio < log(FAR_FACTOR);
	cell->mailed += opinion->is_mailed;
	cell->low += opinion->is_low;
	if (isnan(opinion->log_ratio)) {
		cell->unjudged++;
		return;
	}
	if (factor != 0)
		return;
	numbers_add(&tally->errors[length][is_spoilt], fabs(expm1(-opinion->log_ratio)));
	if (isnan(opinion->p))
		return;
	tally->stated_jobs++;
	for (size_t i = 0; i < STATED_COUNT; i++)
		tally->below[i] += opinion->log_ratio > 0 && opinion->p <= stated[i];
}

/* The cells of the lengths from first to last and of both kinds of history together. */
struct sum {
	struct cell factor[FACTOR_COUNT];
	struct numbers errors;
};

static void numbers_append(struct numbers *numbers, const struct numbers *other)
{
	for (size_t i = 0; i < other->count; i++)
		numbers_add(numbers, other->list[i]);
}

static void sum_make(const struct tally *tally, size_t first, size_t last, struct sum *ret_sum)
{
	*ret_sum = (struct sum){0};
	for (size_t l = first; l <= last; l++) {
		for (int s = 0; s < 2; s++) {
			numbers_append(&ret_sum->errors, &tally->errors[l][s]);
			for (size_t f = 0; f < FACTOR_COUNT; f++) {
				const struct cell *cell = &tally->cells[l][s][f];

				ret_sum->factor[f].judged += cell->judged;
				ret_sum->factor[f].unjudged += cell->unjudged;
				ret_sum->factor[f].watched += cell->watched;
				ret_sum->factor[f].high += cell->high;
				ret_sum->factor[f].high_near += cell->high_near;
				ret_sum->factor[f].mailed += cell->mailed;
				ret_sum->factor[f].low += cell->low;
				numbers_append(&ret_sum->factor[f].scores, &cell->scores);
			}
		}
	}
	if (ret_sum->errors.count > 0)
		gsl_sort(ret_sum->errors.list, 1, ret_sum->errors.count);
	if (ret_sum->factor[0].judged > 0)
		gsl_sort(ret_sum->factor[0].scores.list, 1, ret_sum->factor[0].scores.count);
}

static void sum_release(struct sum *sum)
{
	free(sum->errors.list);
	for (size_t f = 0; f < FACTOR_COUNT; f++)
		free(sum->factor[f].scores.list);
}

static double share(size_t part, size_t whole)
{
	return whole > 0 ? (double)part / (double)whole : NAN;
}

/* Recall when the score alone decides and lets through as many false alarms as are allowed. */
static double ranked_recall(const struct sum *sum, size_t factor, double allowed_rate)
{
	const struct numbers *clean = &sum->factor[0].scores, *slowed = &sum->factor[factor].scores;
	size_t allowed = (size_t)(allowed_rate / 1000 * (double)clean->count);
	size_t found = 0;
	double limit;

	if (clean->count == 0)
		return NAN;
	limit = clean->list[clean->count - 1 - allowed];
	for (size_t i = 0; i < slowed->count; i++)
		found += slowed->list[i] > limit;
	return share(found, slowed->count);
}

static double error_median(const struct sum *sum)
{
	return sum->errors.count > 0
		       ? gsl_stats_median_from_sorted_data(sum->errors.list, 1, sum->errors.count)
		       : NAN;
}

static void sum_print_lines(const struct sum *sum, const char *prefix, FILE *out)
{
	const struct cell *clean = &sum->factor[0];

	if (clean->judged == 0 && sum->factor[1].judged == 0)
		return;
	fprintf(out, "%s.false_alarms %.2f per_1000 %zu\n", prefix,
		1000 * share(clean->high, clean->judged), clean->judged);
	fprintf(out, "%s.false_alarms_below_x%g %.2f per_1000 %zu\n", prefix, FAR_FACTOR,
		1000 * share(clean->high_near, clean->judged), clean->judged);
	fprintf(out, "%s.false_watched %.2f per_1000 %zu\n", prefix,
		1000 * share(clean->watched, clean->judged), clean->judged);
	fprintf(out, "%s.false_mailed %.2f per_1000 %zu\n", prefix,
		1000 * share(clean->mailed, clean->judged), clean->judged);
	fprintf(out, "%s.low %.2f per_1000 %zu\n", prefix, 1000 * share(clean->low, clean->judged),
		clean->judged);
	fprintf(out, "%s.unjudged %.2f per_1000 %zu\n", prefix,
		1000 * share(clean->unjudged, clean->judged), clean->judged);
	for (size_t f = 1; f < FACTOR_COUNT; f++)
		fprintf(out, "%s.recall_x%g %.3f ratio %zu\n", prefix, factors[f],
			share(sum->factor[f].high, sum->factor[f].judged), sum->factor[f].judged);
	for (size_t f = 1; f < FACTOR_COUNT; f++)
		fprintf(out, "%s.mailed_x%g %.3f ratio %zu\n", prefix, factors[f],
			share(sum->factor[f].mailed, sum->factor[f].judged), sum->factor[f].judged);
	for (size_t a = 0; a < ALLOWED_COUNT; a++)
		for (size_t f = 1; f < FACTOR_COUNT; f++)
			fprintf(out, "%s.ranked_recall_x%g_at_%g %.3f ratio %zu\n", prefix,
				factors[f], allowed_per_1000[a],
				ranked_recall(sum, f, allowed_per_1000[a]), sum->factor[f].judged);
	fprintf(out, "%s.error_median %.2f percent %zu\n", prefix, 100 * error_median(sum),
		sum->errors.count);
}

void tally_shift(struct tally *tally, size_t factor, unsigned delay_jobs, unsigned mails)
{
	struct shifts *shifts = &tally->shifts[factor];

	shifts->streams++;
	shifts->found += delay_jobs <= DELAY_GOAL_JOBS;
	shifts->mails += mails;
	numbers_add(&shifts->delays, delay_jobs);
}

void tally_print_shift_lines(const struct tally *tally, const char *method, FILE *out)
{
	for (size_t i = 0; i < SHIFT_COUNT; i++) {
		const struct shifts *shifts = &tally->shifts[i];

		fprintf(out, "shift.%s.x%g.found_in_%d_jobs %.3f ratio %zu\n", method,
			shift_factors[i], DELAY_GOAL_JOBS, share(shifts->found, shifts->streams),
			shifts->streams);
		fprintf(out, "shift.%s.x%g.mails %.2f per_stream %zu\n", method, shift_factors[i],
			share(shifts->mails, shifts->streams), shifts->streams);
	}
}

void tally_print_shift_table(struct tally *const *tallies, const struct plan *plan, FILE *out)
{
	fprintf(out,
		"\nregime shifts: share found within %d jobs, and mails for the 24 jobs after it\n",
		DELAY_GOAL_JOBS);
	fprintf(out, "%-10s", "method");
	for (size_t i = 0; i < SHIFT_COUNT; i++)
		fprintf(out, "    x%-4g found mails", shift_factors[i]);
	fprintf(out, "\n");
	for (size_t m = 0; m < plan->method_count; m++) {
		fprintf(out, "%-10s", plan->methods[m]->name);
		for (size_t i = 0; i < SHIFT_COUNT; i++) {
			const struct shifts *shifts = &tallies[m]->shifts[i];

			fprintf(out, "          %5.2f %5.2f", share(shifts->found, shifts->streams),
				share(shifts->mails, shifts->streams));
		}
		fprintf(out, "\n");
	}
}

void tally_print_lines(const struct tally *tally, const char *prefix, const char *method, FILE *out)
{
	char name[160];
	struct sum sum;

	for (size_t l = 0; l <= LENGTH_COUNT; l++) {
		sum_make(tally, l < LENGTH_COUNT ? l : 0, l < LENGTH_COUNT ? l : LENGTH_COUNT - 1,
			 &sum);
		if (l < LENGTH_COUNT)
			(void)snprintf(name, sizeof(name), "%s.%s.history_%zu", prefix, method,
				       lengths[l]);
		else
			(void)snprintf(name, sizeof(name), "%s.%s", prefix, method);
		sum_print_lines(&sum, name, out);
		sum_release(&sum);
	}
	for (size_t i = 0; i < STATED_COUNT && tally->stated_jobs > 0; i++)
		fprintf(out, "%s.%s.p_below_%g %.2f per_1000 %zu\n", prefix, method, stated[i],
			1000 * share(tally->below[i], tally->stated_jobs), tally->stated_jobs);
}

static void print_row(const struct tally *tally, size_t first, size_t last, const char *method,
		      const char *jobs, FILE *out)
{
	struct sum sum;

	sum_make(tally, first, last, &sum);
	if (sum.factor[0].judged > 0) {
		fprintf(out, "%-10s %5s %8zu %7.1f %6.1f %6.1f %6.1f", method, jobs,
			sum.factor[0].judged,
			1000 * share(sum.factor[0].high, sum.factor[0].judged),
			1000 * share(sum.factor[0].high_near, sum.factor[0].judged),
			1000 * share(sum.factor[0].mailed, sum.factor[0].judged),
			1000 * share(sum.factor[0].unjudged, sum.factor[0].judged));
		for (size_t f = 1; f < FACTOR_COUNT; f++)
			fprintf(out, " %5.2f", share(sum.factor[f].high, sum.factor[f].judged));
		for (size_t f = 3; f < FACTOR_COUNT; f++)
			fprintf(out, " %5.2f", ranked_recall(&sum, f, ALLOWED_SHOWN));
		fprintf(out, " %6.1f\n", 100 * error_median(&sum));
	}
	sum_release(&sum);
}

/* What the score alone finds at so many false alarms in 1000. */
static void print_ranked(const struct tally *tally, const char *method, FILE *out)
{
	struct sum sum;

	sum_make(tally, 0, LENGTH_COUNT - 1, &sum);
	for (size_t a = 0; a < ALLOWED_COUNT && sum.factor[0].judged > 0; a++) {
		fprintf(out, "%-10s at %2g in 1000, by score:", method, allowed_per_1000[a]);
		for (size_t f = 1; f < FACTOR_COUNT; f++)
			fprintf(out, "  x%g %.2f", factors[f],
				ranked_recall(&sum, f, allowed_per_1000[a]));
		fprintf(out, "\n");
	}
	sum_release(&sum);
}

void tally_print_together(const struct tally *tally, const char *name, size_t slowed_jobs,
			  const char *method, bool is_parsable, FILE *out)
{
	struct sum sum;

	sum_make(tally, 0, LENGTH_COUNT - 1, &sum);
	if (is_parsable) {
		sum_print_lines(&sum, name, out);
	} else if (sum.factor[1].judged > 0) {
		fprintf(out, "%-10s %6zu %7.1f", method, slowed_jobs,
			1000 * share(sum.factor[0].high, sum.factor[0].judged));
		for (size_t f = 2; f < FACTOR_COUNT; f++)
			fprintf(out, " %5.2f", share(sum.factor[f].high, sum.factor[f].judged));
		fprintf(out, "\n");
	}
	sum_release(&sum);
}

void tally_print_table(struct tally *const *tallies, const struct plan *plan, const char *title,
		       FILE *out)
{
	char jobs[16];

	fprintf(out, "\n%s\n", title);
	fprintf(out, "%-10s %5s %8s %7s %6s %6s %6s %5s %5s %5s %5s %5s %17s %6s\n", "method",
		"known", "clean", "false", "<x3", "mailed", "unjdg", "x1.3", "x1.5", "x2", "x3",
		"x5", "x2, x3, x5 at 8", "error");
	for (size_t m = 0; m < plan->method_count; m++) {
		for (size_t l = 0; l < LENGTH_COUNT; l++) {
			(void)snprintf(jobs, sizeof(jobs), "%zu", lengths[l]);
			print_row(tallies[m], l, l, plan->methods[m]->name, jobs, out);
		}
		print_row(tallies[m], 0, LENGTH_COUNT - 1, plan->methods[m]->name, "all", out);
	}
	for (size_t m = 0; m < plan->method_count; m++)
		print_ranked(tallies[m], plan->methods[m]->name, out);
}
