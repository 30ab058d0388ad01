/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the store's histories to fitted models. */
#include "baseline.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "context.h"
#include "group.h"
#include "util/alloc.h"

/* Newest steps read of one lender: the shape of a class needs no more. */
#define LENT_MAX 150

static void part_release(struct baseline_part *part)
{
	store_history_release(&part->history);
	free(part->rows);
	free(part->name);
}

static int part_read(struct store *store, struct nodes *nodes, const struct store_group *group,
		     int64_t before_unix_us, size_t limit, struct baseline_part *part,
		     struct jo_err *err)
{
	int rc = store_history_read(store, group->id, before_unix_us, limit, &part->history, err);

	if (rc < 0)
		return rc;
	part->group_id = group->id;
	part->name = group_format(group);
	part->rows = xreallocarray(NULL, part->history.count + 1, sizeof(part->rows[0]));
	for (size_t i = 0; i < part->history.count; i++) {
		struct judge_row *row = &part->rows[i];

		row->obs = part->history.list[i];
		row->node_model = nodes_model_of_id(nodes, group->cluster, row->obs.node_name_id);
		row->user = NAN;
	}
	return 0;
}

/* Whether borrowed steps could change what the model says of the group. */
static bool is_young(const struct model_params *params, const struct baseline_part *own)
{
	size_t completed[BASELINE_SIZES] = {0};

	for (size_t i = 0; i < own->history.count; i++)
		if (own->rows[i].obs.state == STORE_STATE_COMPLETED)
			completed[own->rows[i].obs.input_bytes == JO_MISSING]++;
	for (size_t i = 0; i < BASELINE_SIZES; i++)
		if (completed[i] >= params->borrow_min && completed[i] < params->own_enough)
			return true;
	return false;
}

static int read_lenders(struct store *store, struct nodes *nodes, struct baseline *baseline,
			struct jo_err *err)
{
	struct store_group *list = NULL;
	size_t count = 0;
	int rc;

	if (baseline->group.class_name[0] == '\0')
		return 0;
	rc = group_find_lenders(store, &baseline->group, &list, &count, err);
	if (rc < 0)
		return rc;
	baseline->lenders = xcalloc(MODEL_LENDERS_MAX, sizeof(baseline->lenders[0]));
	for (size_t i = 0; i < count && baseline->lender_n < MODEL_LENDERS_MAX; i++) {
		struct baseline_part *part = &baseline->lenders[baseline->lender_n];

		rc = part_read(store, nodes, &list[i], baseline->before_unix_us, LENT_MAX, part,
			       err);
		if (rc < 0)
			break;
		if (part->history.count > 0) {
			baseline->lender_n++;
		} else {
			part_release(part);
			memset(part, 0, sizeof(*part));
		}
	}
	group_list_free(list, count);
	return rc;
}

int baseline_read_own(struct store *store, struct nodes *nodes, const struct model_params *params,
		      const struct store_group *group, int64_t before_unix_us,
		      struct baseline *ret_baseline, struct jo_err *err)
{
	struct baseline baseline = {.before_unix_us = before_unix_us};
	int rc;

	group_copy(group, &baseline.group);
	rc = part_read(store, nodes, group, before_unix_us, params->history_max, &baseline.own,
		       err);
	if (rc < 0) {
		baseline_release(&baseline);
		return rc;
	}
	*ret_baseline = baseline;
	return 0;
}

int baseline_read(struct store *store, struct nodes *nodes, const struct model_params *params,
		  const struct store_group *group, int64_t before_unix_us,
		  struct baseline *ret_baseline, struct jo_err *err)
{
	struct baseline baseline;
	int rc;

	rc = baseline_read_own(store, nodes, params, group, before_unix_us, &baseline, err);
	if (rc < 0)
		return rc;
	if (is_young(params, &baseline.own))
		rc = read_lenders(store, nodes, &baseline, err);
	if (rc < 0) {
		baseline_release(&baseline);
		return rc;
	}
	*ret_baseline = baseline;
	return 0;
}

void baseline_forget_history(struct baseline *baseline)
{
	part_release(&baseline->own);
	baseline->own = (struct baseline_part){.name = NULL};
	for (size_t i = 0; i < baseline->lender_n; i++)
		part_release(&baseline->lenders[i]);
	free(baseline->lenders);
	baseline->lenders = NULL;
	baseline->lender_n = 0;
}

void baseline_release(struct baseline *baseline)
{
	baseline_forget_history(baseline);
	group_release(&baseline->group);
	if (!baseline->is_fitted)
		return;
	for (size_t m = 0; m < MODEL_METRICS; m++) {
		model_release(&baseline->models[m]);
		for (size_t s = 0; s < BASELINE_SIZES; s++)
			context_release(&baseline->contexts[m][s]);
	}
}

/* A part's usable rows as the model wants them. */
struct matrix {
	size_t n;
	double *input_bytes, *value;
	bool *is_censored;
	int64_t *end_unix_us;
	double *cells; /* column after column */
	struct model_column columns[MODEL_COLUMNS_MAX];
};

static void matrix_release(struct matrix *matrix)
{
	free(matrix->input_bytes);
	free(matrix->value);
	free(matrix->is_censored);
	free(matrix->end_unix_us);
	free(matrix->cells);
}

static void matrix_fill(struct matrix *matrix, const struct baseline_part *part,
			const struct columns *columns, enum model_metric metric,
			enum usable_basis basis)
{
	size_t room = part->history.count + 1; /* never nothing: an array of 0 is no array */
	double values[MODEL_COLUMNS_MAX];

	matrix->n = 0;
	matrix->input_bytes = xreallocarray(NULL, room, sizeof(double));
	matrix->value = xreallocarray(NULL, room, sizeof(double));
	matrix->is_censored = xreallocarray(NULL, room, sizeof(bool));
	matrix->end_unix_us = xreallocarray(NULL, room, sizeof(int64_t));
	matrix->cells = xreallocarray(NULL, room, MODEL_COLUMNS_MAX * sizeof(double));
	for (size_t i = 0; i < part->history.count; i++) {
		const struct judge_row *row = &part->rows[i];
		double value;
		enum usable_kind kind = usable_value(&row->obs, metric, basis, &value);
		size_t at = matrix->n;

		if (kind < USABLE_AT_LEAST)
			continue;
		matrix->value[at] = value;
		matrix->is_censored[at] = kind == USABLE_AT_LEAST;
		matrix->input_bytes[at] =
			row->obs.input_bytes == JO_MISSING ? NAN : (double)row->obs.input_bytes;
		matrix->end_unix_us[at] = row->obs.end_unix_us;
		columns_values(columns, row, values);
		for (size_t c = 0; c < columns->count; c++)
			matrix->cells[c * room + at] = values[c];
		matrix->n++;
	}
	for (size_t c = 0; c < columns->count; c++)
		matrix->columns[c] = (struct model_column){
			.id = columns->list[c].id,
			.kind = columns->list[c].kind,
			.value = &matrix->cells[c * room],
		};
}

static struct model_history matrix_history(const struct matrix *matrix,
					   const struct columns *columns)
{
	return (struct model_history){
		.n = matrix->n,
		.input_bytes = matrix->input_bytes,
		.value = matrix->value,
		.is_censored = matrix->is_censored,
		.columns = matrix->columns,
		.column_n = columns->count,
	};
}

static void fit_metric(const struct baseline *baseline, const struct model_params *params,
		       enum model_metric metric, enum usable_basis basis,
		       struct model_workspace *workspace, struct model *ret_model,
		       struct baseline_context contexts[BASELINE_SIZES])
{
	struct model_history histories[1 + MODEL_LENDERS_MAX];
	struct matrix *matrices = xcalloc(1 + baseline->lender_n, sizeof(matrices[0]));

	for (size_t i = 0; i <= baseline->lender_n; i++) {
		const struct baseline_part *part =
			i == 0 ? &baseline->own : &baseline->lenders[i - 1];

		matrix_fill(&matrices[i], part, &baseline->columns, metric, basis);
		histories[i] = matrix_history(&matrices[i], &baseline->columns);
	}
	model_fit(params, metric, &histories[0], histories + 1, baseline->lender_n, workspace,
		  ret_model);
	if (contexts != NULL) {
		context_fill(&contexts[BASELINE_SIZED], baseline, &ret_model->sized, &histories[0],
			     matrices[0].end_unix_us);
		context_fill(&contexts[BASELINE_UNSIZED], baseline, &ret_model->unsized,
			     &histories[0], matrices[0].end_unix_us);
	}
	for (size_t i = 0; i <= baseline->lender_n; i++)
		matrix_release(&matrices[i]);
	free(matrices);
}

static enum usable_basis choose_basis(const struct baseline *baseline)
{
	const struct store_history *history = &baseline->own.history;

	if (history->count == 0 && baseline->lender_n > 0)
		history = &baseline->lenders[0].history;
	return usable_basis_choose(history->list, history->count);
}

void baseline_fit(struct baseline *baseline, const struct model_params *params,
		  struct model_workspace *workspace)
{
	struct column_part parts[1 + MODEL_LENDERS_MAX];

	parts[0] = (struct column_part){baseline->own.rows, baseline->own.history.count};
	for (size_t i = 0; i < baseline->lender_n; i++)
		parts[1 + i] = (struct column_part){baseline->lenders[i].rows,
						    baseline->lenders[i].history.count};
	columns_choose(parts, 1 + baseline->lender_n, &baseline->columns);
	baseline->basis = choose_basis(baseline);
	for (size_t m = 0; m < MODEL_METRICS; m++)
		fit_metric(baseline, params, (enum model_metric)m, baseline->basis, workspace,
			   &baseline->models[m], baseline->contexts[m]);
	baseline->is_fitted = true;
}

void baseline_fit_rss(const struct baseline *baseline, const struct model_params *params,
		      struct model_workspace *workspace, struct model *ret_model)
{
	fit_metric(baseline, params, MODEL_MEMORY, USABLE_RSS, workspace, ret_model, NULL);
}
