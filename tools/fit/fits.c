/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hands histories to the model, and keeps what its answers rest on. */
#include "fits.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "step/night.h"
#include "util/alloc.h"

static struct fit_part part_of(const struct baseline_part *part)
{
	return (struct fit_part){part->rows, part->history.count};
}

static void choose_measures(const struct baseline *baseline,
			    enum measure ret_measures[METRIC_COUNT])
{
	const struct store_history *history = &baseline->own.history;

	if (history->count == 0 && baseline->lender_n > 0)
		history = &baseline->lenders[0].history;
	for (int m = 0; m < METRIC_COUNT; m++)
		ret_measures[m] = usable_measure(history->list, history->count, (enum metric)m);
}

/* What is fitted: the own parts, and beside them the lenders. */
struct fit_data {
	struct matrix own, *lent;
	size_t lender_n;
};

/* The attributes of what is fitted, which all metrics share. */
struct fit_cells {
	struct fit_part lent_parts[MODEL_LENDERS_MAX];
	struct matrix_cells own, lent[MODEL_LENDERS_MAX];
	size_t lender_n;
};

static void cells_read(const struct baseline *baseline, const struct fit_part own[2],
		       const struct fit_attributes *columns, struct fit_cells *ret_cells)
{
	ret_cells->lender_n = baseline->lender_n;
	matrix_cells_read(own, 2, columns, &ret_cells->own);
	for (size_t i = 0; i < baseline->lender_n; i++) {
		ret_cells->lent_parts[i] = part_of(&baseline->lenders[i]);
		matrix_cells_read(&ret_cells->lent_parts[i], 1, columns, &ret_cells->lent[i]);
	}
}

static void cells_release(struct fit_cells *cells)
{
	matrix_cells_release(&cells->own);
	for (size_t i = 0; i < cells->lender_n; i++)
		matrix_cells_release(&cells->lent[i]);
}

static void data_fill(const struct fit_cells *cells, enum metric metric, enum measure measure,
		      struct fit_data *ret_data, size_t *ret_rows)
{
	ret_data->lender_n = cells->lender_n;
	ret_data->lent = xcalloc(cells->lender_n + 1, sizeof(ret_data->lent[0]));
	matrix_fill(&cells->own, metric, measure, &ret_data->own, ret_rows);
	for (size_t i = 0; i < cells->lender_n; i++)
		matrix_fill(&cells->lent[i], metric, measure, &ret_data->lent[i], NULL);
}

static void lent_release(struct matrix *lent, size_t count)
{
	for (size_t i = 0; lent != NULL && i < count; i++)
		matrix_release(&lent[i]);
	free(lent);
}

static void lent_histories(const struct matrix *lent, size_t count,
			   struct model_history ret_lenders[MODEL_LENDERS_MAX])
{
	for (size_t i = 0; i < count; i++)
		ret_lenders[i] = matrix_history(&lent[i]);
}

static void data_fit(const struct fit_data *data, const struct baseline *baseline,
		     enum metric metric, struct model_cache_slot *slot,
		     const struct model_params *params, struct model_workspace *workspace,
		     struct model *ret_model)
{
	struct model_history lenders[MODEL_LENDERS_MAX], history = matrix_history(&data->own);

	lent_histories(data->lent, data->lender_n, lenders);
	if (slot != NULL)
		model_cache_fit(
			slot,
			baseline->carryover != NULL ? &baseline->carryover->models[metric] : NULL,
			params, metric, &history, lenders, data->lender_n, workspace, ret_model);
	else
		model_fit(params, metric, &history, lenders, data->lender_n, workspace, ret_model);
}

/* apart_n: how many of the night stand out, with a size and without. */
static void fill_provenances(struct fits *fits, const struct baseline *baseline, enum metric metric,
			     enum fit_kind kind, const size_t apart_n[FIT_SIZES])
{
	const struct model *model = kind == FIT_ALL ? &fits->models[metric] : &fits->apart[metric];
	const struct provenance_source source = {baseline, &fits->own[metric], &fits->columns};

	for (size_t s = 0; s < FIT_SIZES; s++) {
		/* The judged step itself is one of the night's, and none of the others. */
		size_t others = apart_n[s] - (kind == FIT_BESIDE && apart_n[s] > 0);

		provenance_fill(&source, s == FIT_SIZED ? &model->sized : &model->unsized,
				s == FIT_SIZED, others, &fits->provenances[metric][kind][s]);
	}
}

static int32_t *numbers_of(const struct fit_row *night, size_t night_n)
{
	int32_t *numbers = xcalloc(night_n + 1, sizeof(*numbers));
	struct night last = {0};

	for (size_t i = 0; i < night_n; i++)
		numbers[i] = night_number(night[i].obs.end_unix_us, &last);
	return numbers;
}

void fits_make(const struct baseline *baseline, const struct fit_row *night, size_t night_n,
	       struct model_cache *cache, const struct model_params *params,
	       struct model_workspace *workspace, struct fits *ret_fits)
{
	struct fit_part parts[2 + MODEL_LENDERS_MAX];
	struct fit_cells cells;

	*ret_fits = (struct fits){.night_n = night_n};
	choose_measures(baseline, ret_fits->measures);
	ret_fits->night_numbers = numbers_of(night, night_n);
	/* The night's models are those of tomorrow's history. */
	if (night_n > 0 && baseline->lender_n == 0)
		ret_fits->carryover = baseline->carryover;
	parts[0] = part_of(&baseline->own);
	parts[1] = (struct fit_part){night, night_n};
	for (size_t i = 0; i < baseline->lender_n; i++)
		parts[2 + i] = part_of(&baseline->lenders[i]);
	fit_attributes_choose(parts, 2 + baseline->lender_n, &ret_fits->columns);
	ret_fits->lender_n = baseline->lender_n;
	cells_read(baseline, parts, &ret_fits->columns, &cells);
	for (size_t m = 0; m < METRIC_COUNT; m++) {
		struct fit_data data;

		ret_fits->night_rows[m] = xreallocarray(NULL, night_n + 1, sizeof(size_t));
		data_fill(&cells, (enum metric)m, ret_fits->measures[m], &data,
			  ret_fits->night_rows[m]);
		data_fit(&data, baseline, (enum metric)m, cache != NULL ? &cache->models[m] : NULL,
			 params, workspace, &ret_fits->models[m]);
		ret_fits->own[m] = data.own;
		ret_fits->lent[m] = data.lent;
		fill_provenances(ret_fits, baseline, (enum metric)m, FIT_ALL,
				 (size_t[FIT_SIZES]){0});
	}
	cells_release(&cells);
}

void fits_make_rss(const struct baseline *baseline, const struct fits *alone,
		   const struct model_params *params, struct model_workspace *workspace,
		   struct model *ret_model)
{
	const struct fit_part parts[2] = {part_of(&baseline->own), {NULL, 0}};
	struct fit_cells cells;
	struct fit_data data;

	cells_read(baseline, parts, &alone->columns, &cells);
	data_fill(&cells, METRIC_MEMORY, MEASURE_RSS, &data, NULL);
	cells_release(&cells);
	data_fit(&data, baseline, METRIC_MEMORY, NULL, params, workspace, ret_model);
	matrix_release(&data.own);
	lent_release(data.lent, data.lender_n);
}

void fits_judge_night(struct fits *fits, const struct baseline *baseline,
		      const struct model_params *params, enum metric metric,
		      struct model_workspace *workspace, struct model_judgement *judgements)
{
	const struct model_history history = matrix_history(&fits->own[metric]);
	const struct model_night steps = {fits->night_n, fits->night_rows[metric],
					  fits->night_numbers};
	struct model_history lenders[MODEL_LENDERS_MAX];
	size_t apart_n[FIT_SIZES] = {0};
	bool has_apart = false;

	lent_histories(fits->lent[metric], fits->lender_n, lenders);
	model_judge_night(params, &fits->models[metric], &history, &steps, lenders, fits->lender_n,
			  workspace, judgements, &fits->apart[metric]);
	for (size_t i = 0; i < fits->night_n; i++) {
		size_t row = fits->night_rows[metric][i];

		if (row != SIZE_MAX && judgements[i].is_apart)
			apart_n[isnan(history.input_bytes[row]) ? FIT_UNSIZED : FIT_SIZED]++;
		has_apart = has_apart || judgements[i].is_apart;
	}
	if (!has_apart)
		return;
	fill_provenances(fits, baseline, metric, FIT_REST, apart_n);
	fill_provenances(fits, baseline, metric, FIT_BESIDE, apart_n);
}

const struct provenance *fits_provenance(const struct fits *fits, enum metric metric,
					 const struct model_judgement *judgement)
{
	for (size_t s = 0; s < FIT_SIZES && judgement->fit != NULL; s++) {
		const struct provenance *of[FIT_KINDS] = {
			[FIT_ALL] = &fits->provenances[metric][FIT_ALL][s],
			[FIT_REST] = &fits->provenances[metric][FIT_REST][s],
			[FIT_BESIDE] = &fits->provenances[metric][FIT_BESIDE][s],
		};

		if (of[FIT_ALL]->fit == judgement->fit)
			return of[FIT_ALL];
		if (of[FIT_REST]->fit == judgement->fit)
			return of[judgement->is_apart ? FIT_BESIDE : FIT_REST];
	}
	return NULL;
}

void fits_remember(struct fits *fits, const struct model_params *params)
{
	for (size_t m = 0; m < METRIC_COUNT && fits->carryover != NULL; m++) {
		const struct model_history history = matrix_history(&fits->own[m]);

		carryover_keep_model(&fits->carryover->models[m], &fits->models[m],
				     model_cache_print(params, (enum metric)m, &history),
				     history.n);
	}
}

void fits_forget_models(struct fits *fits)
{
	for (size_t m = 0; m < METRIC_COUNT; m++) {
		model_release(&fits->models[m]);
		model_release(&fits->apart[m]);
		lent_release(fits->lent[m], fits->lender_n);
		fits->lent[m] = NULL;
		matrix_release(&fits->own[m]);
		fits->own[m] = (struct matrix){.n = 0};
		free(fits->night_rows[m]);
		fits->night_rows[m] = NULL;
	}
	free(fits->night_numbers);
	fits->night_numbers = NULL;
}

void fits_release(struct fits *fits)
{
	fits_forget_models(fits);
	for (size_t m = 0; m < METRIC_COUNT; m++)
		for (size_t k = 0; k < FIT_KINDS; k++)
			for (size_t s = 0; s < FIT_SIZES; s++)
				provenance_release(&fits->provenances[m][k][s]);
}
