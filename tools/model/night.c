/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The steps of one night, judged by their history and by each other without hiding each other. */
#include "judge.h"
#include "sample.h"
#include "util/alloc.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/*
 * One step that the history alone finds far out says nothing of the others, and
 * is judged beside them in any case.
 */
#define HIDING_STEPS 2
#define ROUNDS 2 /* of leaving out; the second takes back what the first left out wrongly */

/*
 * Several steps that are far out may also be a way to run that the history has
 * not shown yet: they must be further out than one.
 */
#define CAUTION 0.3

/* Steps left of the night up to which they are no company, and from which they are all of it. */
#define COMPANY_NONE 2.0
#define COMPANY_ALL 8.0

enum { UNSIZED, SIZED, SIZES };

struct night {
	const struct model_params *params;
	const struct model_history *own;
	const size_t *rows;
	size_t count;
	const struct model_judgement *alone; /* by the history before the night */
	bool has_company[SIZES];             /* whether the night may speak */
	size_t suspect_n;                    /* steps that may be high */
	bool *is_apart;                      /* may be high, and is not fitted */
	double *value;                       /* of own; NaN for those that are apart */
};

static size_t size_of(const struct model_history *own, size_t row)
{
	return own->input_bytes != NULL && sample_is_input(own->input_bytes[row]) ? SIZED : UNSIZED;
}

static bool is_fitted(const struct night *night, size_t i)
{
	return night->rows[i] != SIZE_MAX &&
	       night->has_company[size_of(night->own, night->rows[i])];
}

/* The night speaks with some history beside it, or by its own numbers. */
static void find_company(struct night *night)
{
	size_t all_n[SIZES] = {0}, night_n[SIZES] = {0};

	for (size_t row = 0; row < night->own->n; row++)
		all_n[size_of(night->own, row)]++;
	for (size_t i = 0; i < night->count; i++)
		if (night->rows[i] != SIZE_MAX)
			night_n[size_of(night->own, night->rows[i])]++;
	for (size_t size = 0; size < SIZES; size++)
		night->has_company[size] =
			all_n[size] - night_n[size] >= night->params->borrow_min ||
			all_n[size] > night->params->own_enough;
}

static bool may_hide(const struct night *night)
{
	size_t watch_n = 0;

	for (size_t i = 0; i < night->count; i++)
		watch_n += is_fitted(night, i) && night->alone[i].watch == MODEL_HIGH;
	return watch_n >= HIDING_STEPS;
}

/* Set apart whatever may be high by the history or beside its night. */
static void set_apart(struct night *night, const struct model_judgement *together)
{
	for (size_t i = 0; i < night->count; i++) {
		night->is_apart[i] =
			is_fitted(night, i) && (night->alone[i].ratio > night->params->min_ratio ||
						together[i].ratio > night->params->min_ratio);
		night->suspect_n += night->is_apart[i];
	}
}

/* Whether each attribute that one fit uses is used by the other. */
static bool uses_all(const struct model_fit *fit, const struct model_fit *other)
{
	for (uint32_t i = 0; i < fit->covariate_n; i++) {
		bool is_used = false;

		for (uint32_t j = 0; j < other->covariate_n; j++)
			is_used = is_used || other->covariates[j].id == fit->covariates[i].id;
		if (!is_used)
			return false;
	}
	return true;
}

static void fit_apart(const struct night *night, const struct model_history *lenders,
		      size_t lender_n, enum model_metric metric, struct model_workspace *workspace,
		      struct model *ret_model)
{
	struct model_history rest = *night->own;

	memcpy(night->value, night->own->value, night->own->n * sizeof(*night->value));
	for (size_t i = 0; i < night->count; i++)
		if (night->is_apart[i])
			night->value[night->rows[i]] = NAN;
	rest.value = night->value;
	model_fit(night->params, metric, &rest, lenders, lender_n, workspace, ret_model);
}

/* How much company those that are apart have. */
static double company_of(const struct night *night, size_t size)
{
	size_t left_n = 0;

	for (size_t i = 0; i < night->count; i++)
		left_n += is_fitted(night, i) && !night->is_apart[i] &&
			  size_of(night->own, night->rows[i]) == size;
	return fmin(fmax(((double)left_n - COMPANY_NONE) / (COMPANY_ALL - COMPANY_NONE), 0), 1);
}

static void judge_apart(const struct night *night, const struct model *apart,
			struct model_judgement *judgements)
{
	const double company[SIZES] = {company_of(night, UNSIZED), company_of(night, SIZED)};

	for (size_t i = 0; i < night->count; i++) {
		size_t row = night->rows[i];

		if (night->is_apart[i])
			judge_beside(night->params, apart, night->own, row,
				     company[size_of(night->own, row)], CAUTION, &judgements[i]);
		else if (is_fitted(night, i))
			model_judge_row(night->params, apart, night->own, row, &judgements[i]);
	}
}

/* Leave apart what is high; returns how many. */
static size_t keep_apart(struct night *night, const struct model_judgement *judgements)
{
	size_t apart_n = 0;

	for (size_t i = 0; i < night->count; i++) {
		night->is_apart[i] = night->is_apart[i] && judgements[i].verdict == MODEL_HIGH;
		apart_n += night->is_apart[i];
	}
	return apart_n;
}

/* Returns false, with nothing to release, when none hide each other after all. */
static bool fit_and_judge(struct night *night, const struct model *together,
			  const struct model_history *lenders, size_t lender_n,
			  struct model_workspace *workspace, struct model_judgement *judgements,
			  struct model *ret_apart)
{
	for (int round = 0; round < ROUNDS; round++) {
		if (round > 0)
			model_release(ret_apart);
		fit_apart(night, lenders, lender_n, together->metric, workspace, ret_apart);
		if (!uses_all(&together->sized, &ret_apart->sized) ||
		    !uses_all(&together->unsized, &ret_apart->unsized)) {
			model_release(ret_apart);
			return false;
		}
		judge_apart(night, ret_apart, judgements);
		if (round == ROUNDS - 1)
			return true;
		if (keep_apart(night, judgements) < HIDING_STEPS) {
			model_release(ret_apart);
			return false;
		}
	}
	return true;
}

/* A night most of which is high must not speak for itself: what the history alone calls high is
 * high. */
static void keep_history_high(const struct night *night, struct model_judgement *judgements)
{
	if (2 * night->suspect_n <= night->count)
		return;
	for (size_t i = 0; i < night->count; i++) {
		bool is_apart = judgements[i].is_apart;

		if (night->alone[i].verdict != MODEL_HIGH || judgements[i].verdict == MODEL_HIGH)
			continue;
		judgements[i] = night->alone[i];
		judgements[i].is_apart = is_apart;
	}
}

void model_judge_night(const struct model_params *params, const struct model *together,
		       const struct model_history *own, const size_t *rows, size_t count,
		       const struct model_history *lenders, size_t lender_n,
		       struct model_workspace *workspace, struct model_judgement *judgements,
		       struct model *ret_apart)
{
	struct model_judgement *alone = xcalloc(2 * count + 1, sizeof(*alone));
	struct model_judgement *apart = alone + count;
	struct night night = {
		.params = params, .own = own, .rows = rows, .count = count, .alone = alone};

	*ret_apart = (struct model){.metric = together->metric};
	memcpy(alone, judgements, count * sizeof(*alone));
	memcpy(apart, judgements, count * sizeof(*apart));
	find_company(&night);
	for (size_t i = 0; i < count; i++)
		if (is_fitted(&night, i))
			model_judge_row(params, together, own, rows[i], &judgements[i]);
	if (may_hide(&night)) {
		night.is_apart = xcalloc(count, sizeof(*night.is_apart));
		night.value = xreallocarray(NULL, own->n, sizeof(*night.value));
		set_apart(&night, judgements);
		if (fit_and_judge(&night, together, lenders, lender_n, workspace, apart, ret_apart))
			memcpy(judgements, apart, count * sizeof(*apart));
		free(night.is_apart);
		free(night.value);
	}
	keep_history_high(&night, judgements);
	free(alone);
}
