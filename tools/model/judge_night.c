/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The steps of one night, judged by their history and by each other without hiding each other. */
#include "attribute.h"
#include "outlier_rate.h"
#include "judge_step.h"
#include "like.h"
#include "sample.h"
#include "util/alloc.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/*
 * One step that is far out is not hidden by itself, and judged beside the others
 * in any case.
 */
#define HIDING_STEPS 2

#define WAY_STEPS 5 /* of a new way to run: as many as a drift finding needs to tell of it */

/*
 * Several steps that are far out may be a way to run that a group has, and a
 * short history has not shown: they must be more than it lets expect.
 */
#define NEWS_CHANCE 0.001
#define AS_FAR 0.9 /* of their distance: steps of the history that count as the like of them */

#define FAR_EXTENT 1.5 /* by the history alone, of what its night must not hide */

/* Steps left of the night up to which they are no company, and from which they are all of it. */
#define COMPANY_NONE 2.0
#define COMPANY_ALL 8.0

enum { UNSIZED, SIZED, SIZES };

struct night {
	const struct model_params *params;
	const struct model_history *own;
	const struct model_night *steps;
	const struct model_judgement *alone; /* by the history before the night */
	bool has_company[SIZES];             /* whether the night may speak */
	bool *is_tonight;                    /* of own */
	bool *is_apart;                      /* may be high, and is not fitted */
	double *value;                       /* of own; NaN for those that are apart */
};

static size_t size_of(const struct model_history *own, size_t row)
{
	return own->input_bytes != NULL && sample_is_input(own->input_bytes[row]) ? SIZED : UNSIZED;
}

static bool is_fitted(const struct night *night, size_t i)
{
	return night->steps->row[i] != SIZE_MAX &&
	       night->has_company[size_of(night->own, night->steps->row[i])];
}

/* The night speaks with some history beside it, or by its own numbers. */
static void find_company(struct night *night)
{
	size_t all_n[SIZES] = {0}, night_n[SIZES] = {0};

	for (size_t row = 0; row < night->own->n; row++)
		all_n[size_of(night->own, row)]++;
	for (size_t i = 0; i < night->steps->count; i++)
		if (night->steps->row[i] != SIZE_MAX)
			night_n[size_of(night->own, night->steps->row[i])]++;
	for (size_t size = 0; size < SIZES; size++)
		night->has_company[size] =
			all_n[size] - night_n[size] >= night->params->borrow_min ||
			all_n[size] > night->params->own_enough;
}

/* Set apart whatever may be high by the history or beside its night; returns how many. */
static size_t set_apart(struct night *night, const struct model_judgement *together)
{
	size_t apart_n = 0;

	night->is_tonight = xcalloc(night->own->n + 1, sizeof(*night->is_tonight));
	night->is_apart = xcalloc(night->steps->count + 1, sizeof(*night->is_apart));
	night->value = xreallocarray(NULL, night->own->n + 1, sizeof(*night->value));
	for (size_t i = 0; i < night->steps->count; i++) {
		if (night->steps->row[i] != SIZE_MAX)
			night->is_tonight[night->steps->row[i]] = true;
		night->is_apart[i] =
			is_fitted(night, i) && (night->alone[i].ratio > night->params->min_ratio ||
						together[i].ratio > night->params->min_ratio);
		apart_n += night->is_apart[i];
	}
	return apart_n;
}

static void night_release(struct night *night)
{
	free(night->is_tonight);
	free(night->is_apart);
	free(night->value);
}

static bool uses(const struct model_fit *fit, uint64_t id)
{
	for (uint32_t i = 0; i < fit->covariate_n; i++)
		if (fit->covariates[i].id == id)
			return true;
	return false;
}

/* Whether the whole night shows an attribute to matter that the rest does not. */
static bool is_shown(const struct model *together, const struct model *rest, uint64_t id)
{
	return (uses(&together->sized, id) && !uses(&rest->sized, id)) ||
	       (uses(&together->unsized, id) && !uses(&rest->unsized, id));
}

/* What the history tells of an attribute's values in the steps that are apart. */
struct acquaintance {
	bool is_known;    /* it has the like of most */
	bool is_constant; /* it has one value alone */
};

static struct acquaintance acquaintance_of(const struct night *night,
					   const struct model_column *column)
{
	double *before = xreallocarray(NULL, night->own->n + 1, sizeof(*before));
	size_t before_n = 0, apart_n = 0, known_n = 0;
	struct acquaintance known = {.is_constant = true};

	for (size_t row = 0; row < night->own->n; row++) {
		if (night->is_tonight[row])
			continue;
		known.is_constant = known.is_constant &&
				    (before_n == 0 || attribute_is_known(column->kind, before, 1,
									 column->value[row]));
		before[before_n++] = column->value[row];
	}
	for (size_t i = 0; i < night->steps->count; i++) {
		if (!night->is_apart[i])
			continue;
		apart_n++;
		known_n += attribute_is_known(column->kind, before, before_n,
					      column->value[night->steps->row[i]]);
	}
	free(before);
	known.is_known = 2 * known_n >= apart_n;
	return known;
}

/*
 * Whether an attribute explains the steps that are apart: one that only the
 * whole night shows to matter, unless its values came with them, as it is then
 * what differs.  Where they are most of the night and enough for a level of their
 * own, a word that was always the same before tells that it is another way to
 * run; of a number somebody chose, they are told.
 */
static bool is_explained(const struct night *night, const struct model *together,
			 const struct model *rest, bool may_be_way)
{
	for (size_t i = 0; i < night->own->column_n; i++) {
		const struct model_column *column = &night->own->columns[i];
		struct acquaintance known = acquaintance_of(night, column);

		if (known.is_known
			    ? is_shown(together, rest, column->id)
			    : may_be_way && known.is_constant && column->kind == MODEL_CATEGORY)
			return true;
	}
	return false;
}

static void fit_apart(const struct night *night, const struct model_history *lenders,
		      size_t lender_n, enum metric metric, struct model_workspace *workspace,
		      struct model *ret_model)
{
	struct model_history rest = *night->own;

	memcpy(night->value, night->own->value, night->own->n * sizeof(*night->value));
	for (size_t i = 0; i < night->steps->count; i++)
		if (night->is_apart[i])
			night->value[night->steps->row[i]] = NAN;
	rest.value = night->value;
	model_fit(night->params, metric, &rest, lenders, lender_n, workspace, ret_model);
}

/* How much company those that are apart have. */
static double company_of(const struct night *night, size_t size)
{
	size_t left_n = 0;

	for (size_t i = 0; i < night->steps->count; i++)
		left_n += is_fitted(night, i) && !night->is_apart[i] &&
			  size_of(night->own, night->steps->row[i]) == size;
	return fmin(fmax(((double)left_n - COMPANY_NONE) / (COMPANY_ALL - COMPANY_NONE), 0), 1);
}

static void judge_apart(const struct night *night, const struct model *apart,
			struct model_judgement *judgements)
{
	const double company[SIZES] = {company_of(night, UNSIZED), company_of(night, SIZED)};

	for (size_t i = 0; i < night->steps->count; i++) {
		size_t row = night->steps->row[i];

		if (night->is_apart[i])
			judge_step_beside(night->params, apart, night->own, row,
				     company[size_of(night->own, row)], &judgements[i]);
		else if (is_fitted(night, i))
			model_judge_row(night->params, apart, night->own, row, &judgements[i]);
	}
}

static bool is_far(const struct night *night, const struct model_judgement *judgements, size_t i)
{
	return night->is_apart[i] && judgements[i].watch == VERDICT_HIGH;
}

/* Leave apart what is high; returns how many. */
static size_t keep_apart(struct night *night, const struct model_judgement *judgements)
{
	size_t apart_n = 0;

	for (size_t i = 0; i < night->steps->count; i++) {
		night->is_apart[i] = is_far(night, judgements, i);
		apart_n += night->is_apart[i];
	}
	return apart_n;
}

/* Steps of one night, and those among them that are apart and far out. */
struct crowd {
	size_t n, far_n;
};

/* The night that has most of those that are far out; all of them go to *ret_all. */
static struct crowd largest_crowd(const struct night *night,
				  const struct model_judgement *judgements, size_t size,
				  struct crowd *ret_all)
{
	struct crowd largest = {0, 0}, one = {0, 0}, all = {0, 0};
	size_t last = SIZE_MAX;

	for (size_t i = 0; i < night->steps->count; i++) {
		bool far = is_far(night, judgements, i);

		if (!is_fitted(night, i) || size_of(night->own, night->steps->row[i]) != size)
			continue;
		if (last == SIZE_MAX || night->steps->number[i] != night->steps->number[last])
			one = (struct crowd){0, 0};
		last = i;
		one = (struct crowd){one.n + 1, one.far_n + far};
		all = (struct crowd){all.n + 1, all.far_n + far};
		if (one.far_n > largest.far_n || (one.far_n == largest.far_n && one.n > largest.n))
			largest = one;
	}
	*ret_all = all;
	return largest;
}

/* What steps that are far out together are. */
enum finding {
	NOTHING,  /* they are not, an attribute explains them, or it is the group's new way */
	EXPECTED, /* too few to be sure: the history lets expect as many */
	NEWS,
};

static bool is_expected(double distance, const struct crowd *before, const struct crowd *now)
{
	return outlier_rate_chance_of(distance, before->n, before->far_n, now->n, now->far_n) > NEWS_CHANCE;
}

/*
 * Steps as far out as those that are apart must be more in one night than was
 * to be expected.  What other nights have as well is the group's new way.
 */
static enum finding weigh_size(const struct night *night, const struct model_judgement *judgements,
			       const struct model_fit *fit, size_t size)
{
	double distance = INFINITY;
	struct crowd all, largest = largest_crowd(night, judgements, size, &all);
	struct crowd others = {all.n - largest.n, all.far_n - largest.far_n}, before = others;

	for (size_t i = 0; i < night->steps->count; i++)
		if (is_far(night, judgements, i) &&
		    size_of(night->own, night->steps->row[i]) == size)
			distance = fmin(distance, AS_FAR * judgements[i].log_ratio);
	for (size_t i = 0; i < fit->row_n; i++) {
		if (night->is_tonight[fit->rows[i].row])
			continue;
		before.n++;
		before.far_n += fit->rows[i].residual >= distance;
	}
	if (largest.far_n < HIDING_STEPS)
		return NOTHING;
	if (others.far_n > 0 && is_expected(distance, &others, &largest))
		return NOTHING;
	if (is_expected(distance, &before, &largest))
		return EXPECTED;
	return NEWS;
}

static enum finding weigh(const struct night *night, const struct model_judgement *judgements,
			  const struct model *apart)
{
	enum finding unsized = weigh_size(night, judgements, &apart->unsized, UNSIZED);
	enum finding sized = weigh_size(night, judgements, &apart->sized, SIZED);

	return sized > unsized ? sized : unsized;
}

/*
 * Judge the steps that are apart by the rest, and the rest by itself.  Unless
 * that is news, there is nothing to release.
 */
static enum finding fit_and_judge(struct night *night, const struct model *together,
				  const struct model_history *lenders, size_t lender_n,
				  size_t apart_n, struct model_workspace *workspace,
				  struct model_judgement *judgements, struct model *ret_apart)
{
	bool is_most = 2 * apart_n > night->steps->count;
	bool may_be_way = is_most && apart_n >= WAY_STEPS;
	enum finding finding = NOTHING;

	fit_apart(night, lenders, lender_n, together->metric, workspace, ret_apart);
	judge_apart(night, ret_apart, judgements);
	if (!is_explained(night, together, ret_apart, may_be_way))
		finding = weigh(night, judgements, ret_apart);
	/* A night most of which may be high must not speak for itself. */
	if (finding == NEWS && is_most)
		return NEWS;
	model_release(ret_apart);
	if (finding == NEWS && keep_apart(night, judgements) >= HIDING_STEPS) {
		/* Once more with those that were left out wrongly. */
		fit_apart(night, lenders, lender_n, together->metric, workspace, ret_apart);
		judge_apart(night, ret_apart, judgements);
		return NEWS;
	}
	return finding == NEWS ? NOTHING : finding;
}

/* What the history alone puts far out is high, though its night has the like of it. */
static void keep_far(const struct night *night, struct model_judgement *judgements)
{
	for (size_t i = 0; i < night->steps->count; i++)
		if (judgements[i].watch != VERDICT_HIGH && night->alone[i].extent > FAR_EXTENT &&
		    night->alone[i].watch == VERDICT_HIGH)
			judgements[i] = night->alone[i];
}

/* What earlier steps did as well is not certain. */
static void find_likes(const struct night *night, const struct model *together,
		       struct model_workspace *workspace, struct model_judgement *judgements)
{
	const struct like_search search = {
		.params = night->params,
		.model = together,
		.own = night->own,
		.is_tonight = night->is_tonight,
		.past = xcalloc(night->own->n + 1, sizeof(*search.past)),
		.workspace = workspace,
	};

	for (size_t i = 0; i < night->steps->count; i++)
		if (night->steps->row[i] != SIZE_MAX && judgements[i].watch == VERDICT_HIGH)
			like_find(&search, night->steps->row[i], &judgements[i]);
	free(search.past);
}

void model_judge_night(const struct model_params *params, const struct model *together,
		       const struct model_history *own, const struct model_night *steps,
		       const struct model_history *lenders, size_t lender_n,
		       struct model_workspace *workspace, struct model_judgement *judgements,
		       struct model *ret_apart)
{
	struct model_workspace *mine = workspace == NULL ? model_workspace_new() : NULL;
	struct model_judgement *alone = xcalloc(2 * steps->count + 1, sizeof(*alone));
	struct model_judgement *apart = alone + steps->count;
	struct night night = {.params = params, .own = own, .steps = steps, .alone = alone};
	size_t count = steps->count, apart_n;

	if (workspace == NULL)
		workspace = mine;
	*ret_apart = (struct model){.metric = together->metric};
	memcpy(alone, judgements, count * sizeof(*alone));
	memcpy(apart, judgements, count * sizeof(*apart));
	find_company(&night);
	for (size_t i = 0; i < count; i++)
		if (is_fitted(&night, i))
			model_judge_row(params, together, own, steps->row[i], &judgements[i]);
	apart_n = set_apart(&night, judgements);
	if (apart_n >= HIDING_STEPS) {
		enum finding finding = fit_and_judge(&night, together, lenders, lender_n, apart_n,
						     workspace, apart, ret_apart);

		if (finding == NEWS)
			memcpy(judgements, apart, count * sizeof(*apart));
		else if (finding == EXPECTED)
			keep_far(&night, judgements);
	}
	find_likes(&night, together, workspace, judgements);
	night_release(&night);
	free(alone);
	model_workspace_free(mine);
}
