/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a history to a model: which rows, whose, level, regimes, residuals, band. */
#include "model.h"

#include "pool.h"
#include "sample.h"
#include "stat.h"
#include "util/alloc.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CENSORED_ROUNDS 4
#define LENT_MIN 20        /* steps lenders must have between them */
#define LENT_EACH_MAX 125  /* newest steps of one lender: a shape needs no more */
#define LENT_SCALE_MAX 0.3 /* a wilder class says nothing about a handful of own steps */
#define LOCAL_MIN 40       /* steps from which the band may differ by size */
#define KNOWN_SHARE 0.15
#define KNOWN_MARGIN 0.02

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

/* Shift earlier regimes to the last one's level; what was shifted by goes to workspace->shift. */
static void level_regimes(struct model_workspace *workspace, struct level *level,
			  struct model_fit *fit)
{
	const struct sample *used = &workspace->used;
	size_t cuts[REGIME_CUTS_MAX + 2], cut_n;

	for (int round = 0; round < 2; round++) {
		double last = 0, previous = 0;

		for (size_t i = 0; i < used->n; i++)
			workspace->residual[i] =
				used->log_value[i] - level_at(level, used->input[i]);
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
			workspace->adjusted[i] = used->log_value[i] - workspace->shift[i];
		}
		level_load_values(workspace->level, workspace->adjusted);
		level_fit(workspace->level, level);
		fit->regime_start = (uint32_t)used->row[cuts[cut_n]];
		fit->regime_n = (uint32_t)(used->n - cuts[cut_n]);
		fit->regime_log_ratio = last - previous;
	}
}

/* Log residuals as far out as this are this group's habit: its upper 15 %, at least two. */
static double known_mode(const double *residual, size_t n, double sign, double *scratch)
{
	size_t rank = (size_t)ceil(KNOWN_SHARE * (double)n);

	rank = rank < 2 ? 2 : rank;
	for (size_t i = 0; i < n; i++)
		scratch[i] = sign * residual[i];
	return stat_select(scratch, n, n - (rank < n ? rank : n)) + KNOWN_MARGIN;
}

struct local {
	float log_input, residual;
};

static int compare_local(const void *a, const void *b)
{
	const struct local *one = a, *other = b;

	if (one->log_input != other->log_input)
		return one->log_input < other->log_input ? -1 : 1;
	return (one->residual > other->residual) - (one->residual < other->residual);
}

/* Keep the residuals by size, from which a judgement takes the scale near its step. */
static void keep_local(struct model_workspace *workspace, struct model_fit *fit)
{
	const struct sample *used = &workspace->used;
	double smallest = INFINITY;
	struct local *local;

	for (size_t i = 0; i < used->n; i++)
		if (used->input[i] > 0)
			smallest = fmin(smallest, used->input[i]);
	if (used->n < LOCAL_MIN || !(fit->input_max > fit->input_min))
		return;
	local = xreallocarray(NULL, used->n, sizeof(*local));
	for (size_t i = 0; i < used->n; i++) {
		local[i].log_input = (float)log(fmax(used->input[i], smallest / 2));
		local[i].residual = (float)workspace->residual[i];
	}
	qsort(local, used->n, sizeof(*local), compare_local);
	fit->local_n = (uint32_t)used->n;
	fit->local_log_input = xreallocarray(NULL, used->n, sizeof(float));
	fit->local_residual = xreallocarray(NULL, used->n, sizeof(float));
	for (size_t i = 0; i < used->n; i++) {
		fit->local_log_input[i] = local[i].log_input;
		fit->local_residual[i] = local[i].residual;
	}
	free(local);
}

/* The band around the level, from workspace->residual, which is centred here. */
static void fit_band(const struct model_params *params, enum model_metric metric,
		     struct model_workspace *workspace, struct model_fit *fit)
{
	size_t n = workspace->used.n;
	double *residual = workspace->residual, middle;
	struct tail tail;

	tail_fit(residual, n, &params->prior[metric], params->alpha, workspace->scratch, &tail,
		 &fit->centre);
	fit->scale = tail.scale;
	fit->tail_weight = tail.weight;
	fit->shape = tail.shape;
	for (size_t i = 0; i < n; i++) {
		residual[i] -= fit->centre;
		workspace->adjusted[i] = -residual[i];
	}
	tail_fit(workspace->adjusted, n, &params->prior[metric], params->alpha_low,
		 workspace->scratch, &tail, &middle);
	fit->low_scale = tail.scale;
	fit->low_tail_weight = tail.weight;
	fit->low_shape = tail.shape;
	fit->known_high = known_mode(residual, n, 1, workspace->scratch);
	fit->known_low = known_mode(residual, n, -1, workspace->scratch);
	keep_local(workspace, fit);
}

static void set_level(const struct level *level, struct model_fit *fit)
{
	fit->power = level->power;
	fit->offset = level->offset;
	fit->input_min = level->input_min;
	fit->input_max = level->input_max;
	fit->level = level->level;
	fit->loss = level->loss;
}

static void count_rows(const struct sample *used, struct model_fit *fit)
{
	fit->n = (uint32_t)used->n;
	fit->own_n = fit->censored_n = 0;
	for (size_t i = 0; i < used->n; i++) {
		fit->own_n += used->group[i] == 0;
		fit->censored_n += used->is_censored[i];
	}
	fit->regime_n = fit->own_n;
}

static void fit_own(const struct model_params *params, enum model_metric metric,
		    struct model_workspace *workspace, struct model_fit *fit)
{
	const struct sample *used = &workspace->used;
	struct level level;

	fit->source = MODEL_OWN;
	level_load(workspace->level, used->input, used->log_value, used->n);
	level_fit(workspace->level, &level);
	level_regimes(workspace, &level, fit);
	level_crossfit(workspace->level, workspace->residual);
	set_level(&level, fit);
	fit_band(params, metric, workspace, fit);
}

/* Returns false when the lenders are too few or too wild to say anything. */
static bool fit_pooled(const struct model_params *params, enum model_metric metric,
		       const struct model_history *own, const struct model_history *lenders,
		       size_t lender_n, bool has_input, struct model_workspace *workspace,
		       struct model_fit *fit)
{
	struct sample *all = &workspace->all;
	struct pool pool;
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
	pool_fit(workspace, &pool);
	set_level(&pool.level, fit);
	fit->source = MODEL_POOLED;
	fit->level_sd = pool.level_sd;
	fit->lender_n = (uint32_t)pool.group_n;
	fit_band(params, metric, workspace, fit);
	return fit->scale <= LENT_SCALE_MAX || fit->own_n >= params->own_min;
}

static void fit_release(struct model_fit *fit)
{
	free(fit->local_log_input);
	free(fit->local_residual);
}

static void fit_part(const struct model_params *params, enum model_metric metric,
		     const struct model_history *own, const struct model_history *lenders,
		     size_t lender_n, bool has_input, struct model_workspace *workspace,
		     struct model_fit *fit)
{
	size_t max = params->history_max, taken;

	max = max < MODEL_HISTORY_LIMIT ? max : MODEL_HISTORY_LIMIT;
	lender_n = lender_n < MODEL_LENDERS_MAX ? lender_n : MODEL_LENDERS_MAX;
	workspace_reserve(workspace, max + params->own_enough + lender_n * LENT_EACH_MAX);
	*fit = (struct model_fit){.has_input = has_input};
	taken = sample_take(&workspace->all, own, has_input, max, 0);
	if (taken == 0)
		return;
	drop_uninformative(workspace);
	count_rows(&workspace->used, fit);
	if (fit->own_n < params->own_enough && fit->own_n >= params->borrow_min && lender_n > 0) {
		struct model_fit pooled = {.has_input = has_input};

		if (fit_pooled(params, metric, own, lenders, lender_n, has_input, workspace,
			       &pooled)) {
			*fit = pooled;
			return;
		}
		fit_release(&pooled);
		workspace->all.n = 0;
		(void)sample_take(&workspace->all, own, has_input, max, 0);
		drop_uninformative(workspace);
	}
	if (fit->own_n >= params->own_min && fit->own_n >= 2)
		fit_own(params, metric, workspace, fit);
}

void model_fit(const struct model_params *params, enum model_metric metric,
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

void model_release(struct model *model)
{
	fit_release(&model->sized);
	fit_release(&model->unsized);
	memset(model, 0, sizeof(*model));
}
