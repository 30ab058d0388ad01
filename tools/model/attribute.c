/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Forward selection of covariates with backfitting (Friedman and Stuetzle
 * 1981), with medians and trimmed losses throughout, so that neither outliers
 * in the history nor a rare category can buy an attribute its place.
 */
#include "attribute.h"

#include "util/stat.h"

#include <math.h>
#include <string.h>

#define KEEP 0.85         /* as in the level's loss */
#define LOSS_FLOOR 0.01   /* log units: a hundredth is below what an attribute can be worth */
#define GAIN_MIN 0.05     /* of the scatter, and log(n) / n more */
#define SHRINK 1.5        /* steps by which a category's effect is drawn to none */
#define NUMBER_ROWS_MIN 5 /* fewer steps know no slope apart from their scatter */
#define ROUNDS 3          /* of backfitting: a bound, so that a fit has a bound of time */

static const double slopes[] = {0.125, 0.25, 0.5, 0.75, 1, 1.5, 2};
static const double finer[] = {0.8, 0.9, 1.1, 1.2};
static const double finest[] = {0.96, 1.04};

/* ---- estimation */

/* Trimmed mean distance from the median; scratch is reordered. */
static double centred_loss(double *scratch, size_t n)
{
	size_t keep = (size_t)ceil(KEEP * (double)n);
	double middle = stat_median(scratch, n);

	for (size_t i = 0; i < n; i++)
		scratch[i] = fabs(scratch[i] - middle);
	return stat_lowest_mean(scratch, n, keep);
}

struct slope_search {
	const double *x, *y;
	size_t n;
	double *scratch;
	double slope, loss;
};

static void try_slope(struct slope_search *search, double slope)
{
	double loss;

	for (size_t i = 0; i < search->n; i++)
		search->scratch[i] = search->y[i] - slope * search->x[i];
	loss = centred_loss(search->scratch, search->n);
	if (loss < search->loss - 1e-12) {
		search->loss = loss;
		search->slope = slope;
	}
}

static void estimate_number(const struct candidate *candidate, const double *residual, size_t n,
			    size_t folds, size_t without, double *scratch,
			    struct model_covariate *covariate)
{
	double *x = scratch, *y = scratch + n, *rest = scratch + 2 * n, start;
	struct slope_search search = {.x = x, .y = y, .scratch = rest, .loss = INFINITY};

	for (size_t i = 0; i < n; i++) {
		if (isnan(candidate->log_value[i]) || i % folds == without)
			continue;
		x[search.n] = candidate->log_value[i];
		y[search.n++] = residual[i];
	}
	covariate->slope = 0;
	covariate->centre = 1;
	if (search.n < NUMBER_ROWS_MIN)
		return;
	memcpy(rest, x, search.n * sizeof(*rest));
	covariate->centre = exp(stat_median(rest, search.n));
	try_slope(&search, 0);
	for (size_t i = 0; i < sizeof(slopes) / sizeof(*slopes); i++) {
		try_slope(&search, slopes[i]);
		try_slope(&search, -slopes[i]);
	}
	start = search.slope;
	for (size_t i = 0; start != 0 && i < sizeof(finer) / sizeof(*finer); i++)
		try_slope(&search, start * finer[i]);
	start = search.slope;
	for (size_t i = 0; start != 0 && i < sizeof(finest) / sizeof(*finest); i++)
		try_slope(&search, start * finest[i]);
	covariate->slope = search.slope;
}

/* The median of one level's rows against that of all, drawn towards none when rows are few. */
static double level_effect(const struct candidate *candidate, int code, const double *residual,
			   size_t n, size_t folds, size_t without, double middle, double *scratch)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		if (candidate->code[i] == code && i % folds != without)
			scratch[count++] = residual[i];
	if (count < 2)
		return 0;
	return (stat_median(scratch, count) - middle) * (double)count / ((double)count + SHRINK);
}

static void estimate_category(const struct candidate *candidate, const double *residual, size_t n,
			      size_t folds, size_t without, double *scratch,
			      struct model_covariate *covariate)
{
	size_t count = 0;
	double middle;

	for (size_t i = 0; i < n; i++)
		if (i % folds != without)
			scratch[count++] = residual[i];
	middle = stat_median(scratch, count);
	covariate->level_n = candidate->level_n;
	for (uint32_t j = 0; j < candidate->level_n; j++) {
		covariate->level[j] = candidate->level[j];
		covariate->effect[j] = level_effect(candidate, (int)j, residual, n, folds, without,
						    middle, scratch);
	}
	covariate->missing_effect = 0;
	if (candidate->has_missing)
		covariate->missing_effect = level_effect(candidate, CANDIDATE_MISSING, residual, n,
							 folds, without, middle, scratch);
}

/* scratch holds 3 n numbers. */
static void estimate(const struct candidate *candidate, const double *residual, size_t n,
		     size_t folds, size_t without, double *scratch,
		     struct model_covariate *covariate, double *ret_effect)
{
	covariate->id = candidate->id;
	covariate->kind = candidate->kind;
	covariate->floor = candidate->floor;
	covariate->min = candidate->min;
	covariate->max = candidate->max;
	if (candidate->kind == MODEL_NUMBER) {
		double centre;

		estimate_number(candidate, residual, n, folds, without, scratch, covariate);
		centre = log(covariate->centre);
		for (size_t i = 0; i < n; i++)
			ret_effect[i] =
				isnan(candidate->log_value[i])
					? 0
					: covariate->slope * (candidate->log_value[i] - centre);
		return;
	}
	estimate_category(candidate, residual, n, folds, without, scratch, covariate);
	for (size_t i = 0; i < n; i++) {
		int code = candidate->code[i];

		ret_effect[i] = code >= 0                   ? covariate->effect[code]
				: code == CANDIDATE_MISSING ? covariate->missing_effect
							    : 0;
	}
}

void attributes_keep(struct attributes *attributes, size_t n)
{
	for (size_t j = 0; j < attributes->chosen_n; j++)
		memcpy(attributes->kept + j * n, attributes->effect[j], n * sizeof(double));
}

void attributes_restore(struct attributes *attributes, size_t n)
{
	for (size_t j = 0; j < attributes->chosen_n; j++)
		memcpy(attributes->effect[j], attributes->kept + j * n, n * sizeof(double));
}

void attributes_subtract(const struct attributes *attributes, const double *log_value, size_t n,
			 double *ret_rest)
{
	for (size_t i = 0; i < n; i++) {
		ret_rest[i] = log_value[i];
		for (size_t j = 0; j < attributes->chosen_n; j++)
			ret_rest[i] -= attributes->effect[j][i];
	}
}

void attributes_estimate(struct attributes *attributes, struct model_workspace *workspace,
			 const double *log_value, const struct level *level, size_t without_fold)
{
	const struct sample *used = &workspace->used;
	double *rest = workspace->attribute_scratch;

	for (size_t j = 0; j < attributes->chosen_n; j++) {
		level_subtract(workspace->level, level, log_value, rest);
		for (size_t i = 0; i < used->n; i++)
			for (size_t k = 0; k < attributes->chosen_n; k++)
				if (k != j)
					rest[i] -= attributes->effect[k][i];
		estimate(&attributes->candidates[attributes->chosen[j]], rest, used->n,
			 level_folds(workspace->level), without_fold, rest + used->n,
			 &attributes->covariates[j], attributes->effect[j]);
	}
}

/* ---- choice */

static double log_loss(const double *residual, size_t n, double *scratch)
{
	memcpy(scratch, residual, n * sizeof(*scratch));
	return log(centred_loss(scratch, n) + LOSS_FLOOR);
}

/* How much less the rows of each fold scatter by effects estimated from the others. */
static double honest_gain(const struct candidate *candidate, const double *residual, size_t n,
			  size_t folds, double before, double wanted, double *scratch)
{
	double *effect = scratch, *rest = scratch + n, *more = scratch + 2 * n;
	struct model_covariate covariate;

	/* Effects that do not even explain their own rows need no cross-validation. */
	estimate(candidate, residual, n, folds, ATTRIBUTES_NO_FOLD, more, &covariate, effect);
	for (size_t i = 0; i < n; i++)
		rest[i] = residual[i] - effect[i];
	if (before - log_loss(rest, n, more) <= wanted)
		return 0;
	for (size_t fold = 0; fold < folds; fold++) {
		estimate(candidate, residual, n, folds, fold, more, &covariate, effect);
		for (size_t i = fold; i < n; i += folds)
			rest[i] = residual[i] - effect[i];
	}
	return before - log_loss(rest, n, more);
}

static bool is_chosen(const struct attributes *attributes, uint64_t id)
{
	for (size_t j = 0; j < attributes->chosen_n; j++)
		if (attributes->candidates[attributes->chosen[j]].id == id)
			return true;
	return false;
}

/* The candidate that explains most, or candidate_n when none explains enough. */
static size_t best_candidate(const struct attributes *attributes, const double *residual, size_t n,
			     size_t folds, double *scratch, double *ret_gain)
{
	size_t best = attributes->candidate_n;
	double before = log_loss(residual, n, scratch);
	double wanted = GAIN_MIN + log((double)n) / (double)n;

	for (size_t j = 0; j < attributes->candidate_n; j++) {
		double gain;

		if (is_chosen(attributes, attributes->candidates[j].id))
			continue;
		gain = honest_gain(&attributes->candidates[j], residual, n, folds, before, wanted,
				   scratch);
		if (gain > wanted) {
			wanted = gain;
			best = j;
		}
	}
	*ret_gain = 1 - exp(-wanted);
	return best;
}

void attributes_choose(struct attributes *attributes, struct model_workspace *workspace,
		       struct level *level)
{
	const struct sample *used = &workspace->used;
	double *rest = workspace->residual, gain;

	attributes->chosen_n = 0;
	while (attributes->candidate_n > 0 && attributes->chosen_n < MODEL_COVARIATES_MAX) {
		size_t chosen_n = attributes->chosen_n, best;

		attributes_subtract(attributes, used->log_value, used->n, rest);
		level_subtract(workspace->level, level, rest, rest);
		best = best_candidate(attributes, rest, used->n, level_folds(workspace->level),
				      workspace->attribute_scratch, &gain);
		if (best == attributes->candidate_n)
			return;
		attributes->chosen[chosen_n] = best;
		attributes->covariates[chosen_n] = (struct model_covariate){.gain = gain};
		memset(attributes->effect[chosen_n], 0, used->n * sizeof(double));
		attributes->chosen_n++;
		for (int round = 0; round < ROUNDS; round++) {
			attributes_estimate(attributes, workspace, used->log_value, level,
					    ATTRIBUTES_NO_FOLD);
			attributes_subtract(attributes, used->log_value, used->n, rest);
			level_load_values(workspace->level, rest);
			level_fit(workspace->level, level);
		}
	}
}

/* ---- use */

bool attribute_is_known(enum model_kind kind, const double *values, size_t n, double value)
{
	double low = INFINITY, high = -INFINITY;

	for (size_t i = 0; i < n; i++) {
		if (values[i] == value || (isnan(values[i]) && isnan(value)))
			return true;
		low = fmin(low, values[i]);
		high = fmax(high, values[i]);
	}
	return kind == MODEL_NUMBER && value >= low && value <= high;
}

double attribute_of(const struct model_step *step, uint64_t id)
{
	for (size_t i = 0; i < step->attribute_n; i++)
		if (step->attributes[i].id == id)
			return step->attributes[i].value;
	return NAN;
}

static double category_effect(const struct model_covariate *covariate, double value,
			      double *ret_doubt)
{
	double most = 0;

	if (!isfinite(value))
		return covariate->missing_effect;
	for (uint32_t j = 0; j < covariate->level_n; j++) {
		if (covariate->level[j] == value)
			return covariate->effect[j];
		most = fmax(most, fabs(covariate->effect[j]));
	}
	*ret_doubt = most;
	return 0;
}

double covariate_effect(const struct model_covariate *covariate, double value, double *ret_doubt)
{
	double held, seen;

	*ret_doubt = 0;
	if (covariate->kind == MODEL_CATEGORY)
		return category_effect(covariate, value, ret_doubt);
	if (!isfinite(value))
		return 0;
	value = fmax(value, covariate->floor);
	held = fmin(fmax(value, covariate->min), covariate->max);
	/* A slope that was seen from 5 to 7 may hold to 10, but says nothing of 170. */
	seen = log(covariate->max / covariate->min);
	*ret_doubt = fabs(covariate->slope) * fmin(fabs(log(value / held)), fabs(seen));
	return covariate->slope * log(held / covariate->centre);
}
