/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a history to a model: which rows, whose, level, regimes, residuals, band. */
#include "fit.h"

#include "attribute.h"
#include "band.h"
#include "pooling.h"
#include "sample.h"
#include "spread.h"
#include "util/stat.h"
#include "util/alloc.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CENSORED_ROUNDS 4  /* a row that still goes in and out by then is left as it is */
#define LENT_MIN 20        /* steps lenders must have between them */
#define LENT_EACH_MAX 125  /* newest steps of one lender: a shape needs no more */
#define LENT_SCALE_MAX 0.3 /* a wilder class says nothing about a handful of own steps */

/* Drop the censored rows that say nothing, those at or below the level; keep the others. */
static void drop_uninformative(struct model_workspace *workspace)
{
	struct sample *all = &workspace->all, *used = &workspace->used;
	struct level level = {0};
	size_t before = 0;

	for (int round = 0; round <= CENSORED_ROUNDS; round++) {
		used->n = 0;
		for (size_t i = 0; i < all->n; i++) {
			if (all->is_censored[i] &&
			    (round == 0 || all->log_value[i] <= level_at(&level, all->input[i])))
				continue;
			used->input[used->n] = all->input[i];
			used->log_value[used->n] = all->log_value[i];
			used->row[used->n] = all->row[i];
			used->group[used->n] = all->group[i];
			used->is_censored[used->n] = all->is_censored[i];
			used->n++;
		}
		if (used->n == all->n || used->n == 0 || used->n == before)
			return;
		before = used->n;
		level_load(workspace->level, used->input, used->log_value, used->n);
		level_fit(workspace->level, &level);
	}
}

/*
 * Shift earlier regimes of workspace->rest to the last one's level.  What was
 * shifted by goes to workspace->shift, the shifted values to ->adjusted.
 */
static void level_regimes(struct model_workspace *workspace, struct level *level,
			  struct model_fit *fit)
{
	const struct sample *used = &workspace->used;
	size_t cuts[REGIME_CUTS_MAX + 2], cut_n;

	memset(workspace->shift, 0, used->n * sizeof(double));
	for (int round = 0; round < 2; round++) {
		double last = 0, previous = 0;

		level_subtract(workspace->level, level, workspace->rest, workspace->residual);
		cut_n = regime_cuts(workspace->residual, used->n, workspace->scratch, cuts + 1);
		if (cut_n == 0)
			return;
		cuts[0] = 0;
		cuts[cut_n + 1] = used->n;
		for (size_t segment = 0; segment <= cut_n; segment++) {
			size_t from = cuts[segment], n = cuts[segment + 1] - from;

			memcpy(workspace->scratch, workspace->residual + from, n * sizeof(double));
			previous = last;
			last = stat_median(workspace->scratch, n);
			for (size_t i = 0; i < n; i++)
				workspace->shift[from + i] = last;
		}
		for (size_t i = 0; i < used->n; i++) {
			workspace->shift[i] -= last;
			workspace->adjusted[i] = workspace->rest[i] - workspace->shift[i];
		}
		level_load_values(workspace->level, workspace->adjusted);
		level_fit(workspace->level, level);
		fit->regime_start = (uint32_t)used->row[cuts[cut_n]];
		fit->regime_log_ratio = last - previous;
	}
}

static void set_level(const struct level *level, struct model_fit *fit)
{
	fit->power = level->power;
	fit->offset = level->offset;
	fit->input_min = level->input_min;
	fit->input_max = level->input_max;
	fit->input_low = level->input_low;
	fit->level = level->level;
}

static void count_rows(const struct sample *used, struct model_fit *fit)
{
	fit->n = (uint32_t)used->n;
	fit->own_n = 0;
	for (size_t i = 0; i < used->n; i++)
		fit->own_n += used->group[i] == 0;
}

/*
 * Residuals of workspace->adjusted from fits that have not seen them.  Which covariates there
 * are is settled; how much each does is estimated in every fold.
 */
static void honest_residuals(struct model_workspace *workspace)
{
	const struct sample *used = &workspace->used;
	struct attributes *attributes = workspace->attributes;
	double *value = workspace->adjusted, *rest = workspace->rest;
	size_t folds = level_folds(workspace->level);
	struct level level;

	attributes_keep(attributes, used->n);
	for (size_t fold = 0; fold < folds; fold++) {
		if (fold == 0 || attributes->chosen_n > 0) {
			attributes_restore(attributes, used->n);
			attributes_subtract(attributes, value, used->n, rest);
			level_load_values(workspace->level, rest);
		}
		level_fit_without(workspace->level, fold, &level);
		if (attributes->chosen_n > 0) {
			attributes_estimate(attributes, workspace, value, &level, fold);
			attributes_subtract(attributes, value, used->n, rest);
			level_load_values(workspace->level, rest);
			level_fit_without(workspace->level, fold, &level);
			attributes_estimate(attributes, workspace, value, &level, fold);
			attributes_subtract(attributes, value, used->n, rest);
		}
		level_subtract_fold(workspace->level, &level, fold, rest, workspace->residual);
	}
}

/*
 * Remember the own rows, whose residuals are not centred yet, and the second
 * smallest and largest sizes: the edges without the outermost.
 */
static void keep_rows(const struct model_workspace *workspace, struct model_fit *fit)
{
	const struct sample *used = &workspace->used;
	double low = INFINITY, high = -INFINITY;

	fit->row_n = fit->own_n;
	fit->rows = xreallocarray(NULL, fit->own_n, sizeof(*fit->rows));
	for (size_t i = 0; i < fit->own_n; i++)
		fit->rows[i] = (struct model_row){.row = used->row[i],
						  .uncentred = workspace->residual[i]};
	fit->next_input_min = INFINITY;
	fit->next_input_max = -INFINITY;
	for (size_t i = 0; i < used->n; i++) {
		double input = used->input[i];

		if (input < fit->next_input_min)
			fit->next_input_min = input < low ? low : input;
		if (input < low)
			low = input;
		if (input > fit->next_input_max)
			fit->next_input_max = input > high ? high : input;
		if (input > high)
			high = input;
	}
}

/* The residuals by which own rows can be judged themselves. */
static void keep_residuals(const struct model_workspace *workspace, struct model_fit *fit)
{
	for (size_t i = 0; i < fit->row_n; i++)
		fit->rows[i].residual = workspace->residual[i];
}

static void fit_own(const struct model_params *params, enum metric metric,
		    const struct model_history *own, struct model_workspace *workspace,
		    struct model_fit *fit)
{
	const struct sample *used = &workspace->used;
	struct attributes *attributes = workspace->attributes;
	struct level level;

	fit->source = MODEL_OWN;
	level_load(workspace->level, used->input, used->log_value, used->n);
	level_fit(workspace->level, &level);
	attributes_load(attributes, own, used);
	attributes_choose(attributes, workspace, &level);
	attributes_subtract(attributes, used->log_value, used->n, workspace->rest);
	level_regimes(workspace, &level, fit);
	set_level(&level, fit);
	for (size_t i = 0; i < used->n; i++)
		workspace->adjusted[i] = used->log_value[i] - workspace->shift[i];
	if (fit->regime_start > 0)
		attributes_estimate(attributes, workspace, workspace->adjusted, &level,
				    ATTRIBUTES_NO_FOLD);
	fit->covariate_n = (uint32_t)attributes->chosen_n;
	memcpy(fit->covariates, attributes->covariates,
	       attributes->chosen_n * sizeof(*fit->covariates));
	honest_residuals(workspace);
	keep_rows(workspace, fit);
	band_fit(params, metric, workspace, fit);
	keep_residuals(workspace, fit);
}

/* Returns false when the lenders are too few or too wild to say anything. */
static bool fit_pooled(const struct model_params *params, enum metric metric,
		       const struct model_history *own, const struct model_history *lenders,
		       size_t lender_n, bool has_input, struct model_workspace *workspace,
		       struct model_fit *fit)
{
	struct sample *all = &workspace->all;
	struct pooling pool;
	size_t lent = 0;

	all->n = 0;
	(void)sample_take(all, own, has_input, params->own_enough, 0);
	for (size_t i = 0; i < lender_n; i++)
		lent += sample_take(all, &lenders[i], has_input, LENT_EACH_MAX, i + 1);
	if (lent < LENT_MIN)
		return false;
	drop_uninformative(workspace);
	count_rows(&workspace->used, fit);
	if (fit->own_n < params->borrow_min || fit->n - fit->own_n < LENT_MIN)
		return false;
	pooling_fit(workspace, &pool);
	set_level(&pool.level, fit);
	fit->source = MODEL_POOLED;
	fit->level_sd = pool.level_sd;
	fit->lender_n = (uint32_t)pool.group_n;
	keep_rows(workspace, fit);
	band_fit(params, metric, workspace, fit);
	pooling_own_residuals(workspace, &pool, fit->centre);
	keep_residuals(workspace, fit);
	return fit->scale <= LENT_SCALE_MAX || fit->own_n >= params->own_min;
}

static void fit_release(struct model_fit *fit)
{
	free(fit->rows);
	free(fit->sample);
}

static size_t history_max(const struct model_params *params)
{
	return params->history_max < MODEL_HISTORY_LIMIT ? params->history_max
							 : MODEL_HISTORY_LIMIT;
}

static void take_own(const struct model_params *params, const struct model_history *own,
		     bool has_input, struct model_workspace *workspace)
{
	workspace->all.n = 0;
	(void)sample_take(&workspace->all, own, has_input, history_max(params), 0);
	drop_uninformative(workspace);
}

/* How far above the middle a normal step is with this chance, as far as the fit can tell. */
static double width_of(const struct model_fit *fit, double chance)
{
	return spread_distance(&fit->high, chance) + MODEL_LEVEL_QUANTILE * fit->level_sd;
}

static void fit_part(const struct model_params *params, enum metric metric,
		     const struct model_history *own, const struct model_history *lenders,
		     size_t lender_n, bool has_input, struct model_workspace *workspace,
		     struct model_fit *fit)
{
	size_t max = history_max(params), taken;
	struct model_fit pooled = {.has_input = has_input};
	bool is_pooled = false;

	lender_n = lender_n < MODEL_LENDERS_MAX ? lender_n : MODEL_LENDERS_MAX;
	workspace_reserve(workspace, max + params->own_enough + lender_n * LENT_EACH_MAX);
	*fit = (struct model_fit){.has_input = has_input};
	taken = sample_take(&workspace->all, own, has_input, max, 0);
	fit->taken_n = (uint32_t)taken;
	if (taken == 0)
		return;
	drop_uninformative(workspace);
	count_rows(&workspace->used, fit);
	if (fit->own_n < params->own_enough && fit->own_n >= params->borrow_min && lender_n > 0) {
		is_pooled = fit_pooled(params, metric, own, lenders, lender_n, has_input, workspace,
				       &pooled);
		take_own(params, own, has_input, workspace);
	}
	if (fit->own_n >= params->own_min && fit->own_n >= 2)
		fit_own(params, metric, own, workspace, fit);
	/* Its own steps may say more of each other than all do together. */
	if (is_pooled && (fit->source == MODEL_NOTHING ||
			  width_of(&pooled, params->alpha) <= width_of(fit, params->alpha))) {
		pooled.taken_n = fit->taken_n;
		fit_release(fit);
		*fit = pooled;
	} else {
		fit_release(&pooled);
	}
}

void model_fit(const struct model_params *params, enum metric metric,
	       const struct model_history *own, const struct model_history *lenders,
	       size_t lender_n, struct model_workspace *workspace, struct model *ret_model)
{
	struct model_workspace *mine = workspace == NULL ? model_workspace_new() : NULL;

	if (workspace == NULL)
		workspace = mine;
	ret_model->metric = metric;
	fit_part(params, metric, own, lenders, lender_n, true, workspace, &ret_model->sized);
	fit_part(params, metric, own, lenders, lender_n, false, workspace, &ret_model->unsized);
	model_workspace_free(mine);
}

/* Whether the fit took of its history what it would take of this one, its end. */
static bool took_the_same(const struct model_params *params, const struct model_fit *fit,
			  const struct model_history *own)
{
	return fit->source != MODEL_POOLED &&
	       (fit->source == MODEL_NOTHING || fit->sample != NULL) &&
	       sample_count(own, fit->has_input, history_max(params)) == fit->taken_n;
}

/* Give the fit the first row_n of its own rows, to fit a band to.  What it owned so far is not
 * touched. */
static void take_rows(size_t row_n, const struct model_history *own,
		      struct model_workspace *workspace, struct model_fit *fit)
{
	const struct model_row *rows = fit->rows;
	struct sample *used = &workspace->used;

	fit->row_n = (uint32_t)row_n;
	fit->rows = xreallocarray(NULL, row_n, sizeof(*fit->rows));
	used->n = row_n;
	for (size_t i = 0; i < used->n; i++) {
		fit->rows[i] = rows[i];
		used->input[i] = fit->has_input ? own->input_bytes[fit->rows[i].row] : 0;
		workspace->residual[i] = rows[i].uncentred;
	}
}

bool fit_until(const struct model_params *params, const struct model *model, bool has_input,
	       const struct model_history *own, size_t row, struct model_workspace *workspace,
	       struct model *ret_model)
{
	const struct model_fit *fit = has_input ? &model->sized : &model->unsized;
	struct model_fit *until = has_input ? &ret_model->sized : &ret_model->unsized;
	size_t row_n = 0;

	while (row_n < fit->row_n && fit->rows[row_n].row < row)
		row_n++;
	if (fit->source != MODEL_OWN || row_n < params->own_min)
		return false;
	workspace_reserve(workspace, history_max(params));
	*ret_model = (struct model){.metric = model->metric};
	*until = *fit;
	until->n = until->own_n = (uint32_t)row_n;
	take_rows(row_n, own, workspace, until);
	band_fit(params, model->metric, workspace, until);
	keep_residuals(workspace, until);
	return true;
}

static bool refit_part(const struct model_params *params, enum metric metric, size_t dropped_n,
		       struct model_fit *fit)
{
	const struct band_sample *sample = fit->sample;

	fit->sample = NULL;
	fit->rows = NULL;
	fit->row_n = 0;
	if (fit->source == MODEL_NOTHING)
		return true;
	if (fit->regime_start > 0)
		fit->regime_start -= (uint32_t)dropped_n;
	return band_refit(params, metric, sample, fit);
}

bool model_refit(const struct model_params *params, const struct model *model, size_t rows_n,
		 const struct model_history *own, struct model *ret_model)
{
	struct model refitted = *model;

	if (rows_n < own->n || !took_the_same(params, &model->sized, own) ||
	    !took_the_same(params, &model->unsized, own) ||
	    !refit_part(params, model->metric, rows_n - own->n, &refitted.sized) ||
	    !refit_part(params, model->metric, rows_n - own->n, &refitted.unsized))
		return false;
	*ret_model = refitted;
	return true;
}

static void forget_rows(struct model_fit *fit)
{
	free(fit->rows);
	fit->rows = NULL;
	fit->row_n = 0;
}

void model_forget_rows(struct model *model)
{
	forget_rows(&model->sized);
	forget_rows(&model->unsized);
}

void model_release(struct model *model)
{
	fit_release(&model->sized);
	fit_release(&model->unsized);
	memset(model, 0, sizeof(*model));
}
