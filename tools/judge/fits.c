/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hands histories to the model, and keeps what its answers rest on. */
#include "fits.h"

#include <stdlib.h>
#include <string.h>

#include "context.h"
#include "util/alloc.h"

static struct column_part part_of(const struct baseline_part *part)
{
	return (struct column_part){part->rows, part->history.count};
}

static enum usable_basis choose_basis(const struct baseline *baseline)
{
	const struct store_history *history = &baseline->own.history;

	if (history->count == 0 && baseline->lender_n > 0)
		history = &baseline->lenders[0].history;
	return usable_basis_choose(history->list, history->count);
}

/* Fit on the own parts and the lenders; *ret_own holds what the own ones became. */
static void fit_metric(const struct baseline *baseline, const struct column_part own[2],
		       const struct columns *columns, enum model_metric metric,
		       enum usable_basis basis, struct kept_model *kept,
		       const struct model_params *params, struct model_workspace *workspace,
		       struct model *ret_model, struct matrix *ret_own, size_t *ret_rows)
{
	struct matrix *lent = xcalloc(baseline->lender_n + 1, sizeof(lent[0]));
	struct model_history lenders[MODEL_LENDERS_MAX], history;

	matrix_fill(own, 2, columns, metric, basis, ret_own, ret_rows);
	history = matrix_history(ret_own);
	for (size_t i = 0; i < baseline->lender_n; i++) {
		const struct column_part part = part_of(&baseline->lenders[i]);

		matrix_fill(&part, 1, columns, metric, basis, &lent[i], NULL);
		lenders[i] = matrix_history(&lent[i]);
	}
	if (kept != NULL)
		kept_fit(kept, baseline->past != NULL ? &baseline->past->models[metric] : NULL,
			 params, metric, &history, lenders, baseline->lender_n, workspace,
			 ret_model);
	else
		model_fit(params, metric, &history, lenders, baseline->lender_n, workspace,
			  ret_model);
	for (size_t i = 0; i < baseline->lender_n; i++)
		matrix_release(&lent[i]);
	free(lent);
}

void fits_make(const struct baseline *baseline, const struct judge_row *night, size_t night_n,
	       struct kept_models *kept, const struct model_params *params,
	       struct model_workspace *workspace, struct fits *ret_fits)
{
	struct column_part parts[2 + MODEL_LENDERS_MAX];

	*ret_fits = (struct fits){.basis = choose_basis(baseline), .night_n = night_n};
	/* The night's models are those of tomorrow's history. */
	if (night_n > 0 && baseline->lender_n == 0)
		ret_fits->past = baseline->past;
	parts[0] = part_of(&baseline->own);
	parts[1] = (struct column_part){night, night_n};
	for (size_t i = 0; i < baseline->lender_n; i++)
		parts[2 + i] = part_of(&baseline->lenders[i]);
	columns_choose(parts, 2 + baseline->lender_n, &ret_fits->columns);
	for (size_t m = 0; m < MODEL_METRICS; m++) {
		ret_fits->night_rows[m] = xreallocarray(NULL, night_n + 1, sizeof(size_t));
		fit_metric(baseline, parts, &ret_fits->columns, (enum model_metric)m,
			   ret_fits->basis, kept != NULL ? &kept->models[m] : NULL, params,
			   workspace, &ret_fits->models[m], &ret_fits->own[m],
			   ret_fits->night_rows[m]);
		for (size_t s = 0; s < FIT_SIZES; s++)
			context_fill(&ret_fits->contexts[m][s], baseline, ret_fits,
				     (enum model_metric)m, (enum fit_size)s);
	}
}

void fits_make_rss(const struct baseline *baseline, const struct fits *alone,
		   const struct model_params *params, struct model_workspace *workspace,
		   struct model *ret_model)
{
	const struct column_part parts[2] = {part_of(&baseline->own), {NULL, 0}};
	struct matrix own;

	fit_metric(baseline, parts, &alone->columns, MODEL_MEMORY, USABLE_RSS, NULL, params,
		   workspace, ret_model, &own, NULL);
	matrix_release(&own);
}

bool fits_judge_night(const struct fits *fits, const struct model_params *params,
		      enum model_metric metric, size_t i, struct model_judgement *ret_judgement)
{
	const struct model_history history = matrix_history(&fits->own[metric]);
	size_t row = fits->night_rows[metric][i];

	if (row == SIZE_MAX)
		return false;
	model_judge_row(params, &fits->models[metric], &history, row, ret_judgement);
	return true;
}

const struct fit_context *fits_context(const struct fits *fits, enum model_metric metric,
				       const struct model_fit *fit)
{
	for (size_t s = 0; s < FIT_SIZES; s++)
		if (fit != NULL && fits->contexts[metric][s].fit == fit)
			return &fits->contexts[metric][s];
	return NULL;
}

void fits_remember(struct fits *fits, const struct model_params *params)
{
	for (size_t m = 0; m < MODEL_METRICS && fits->past != NULL; m++) {
		const struct model_history history = matrix_history(&fits->own[m]);

		past_keep_model(&fits->past->models[m], &fits->models[m],
				kept_print(params, (enum model_metric)m, &history), history.n);
	}
}

void fits_forget_models(struct fits *fits)
{
	for (size_t m = 0; m < MODEL_METRICS; m++) {
		model_release(&fits->models[m]);
		matrix_release(&fits->own[m]);
		fits->own[m] = (struct matrix){.n = 0};
		free(fits->night_rows[m]);
		fits->night_rows[m] = NULL;
	}
}

void fits_release(struct fits *fits)
{
	fits_forget_models(fits);
	for (size_t m = 0; m < MODEL_METRICS; m++)
		for (size_t s = 0; s < FIT_SIZES; s++)
			context_release(&fits->contexts[m][s]);
}
