/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows to residuals, and what attributes excuse. */
#include "series.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/attribute.h"
#include "util/stat.h"
#include "step/night.h"
#include "util/alloc.h"

/* What is declared and known of a step, read once: it is asked for again and again. */
struct known {
	struct model_attribute list[FIT_ATTRIBUTES_MAX];
	size_t count;
};

struct series {
	enum metric metric;
	enum measure measure;
	const struct model_params *params;
	struct nights *nights;
	const struct fit_row **rows; /* of the points */
	struct drift_point *points;
	struct known *known; /* of the points, when attributes matter */
	size_t n;
};

static bool is_sized(const struct fit_row *row)
{
	return row->obs.input_bytes != JO_MISSING;
}

/* hidden: which attributes the model is not told, bit 1 << number of its covariate. */
static bool is_hidden(const struct model_fit *fit, unsigned hidden, uint64_t id)
{
	for (uint32_t c = 0; c < fit->covariate_n; c++)
		if ((hidden & 1u << c) != 0 && fit->covariates[c].id == id)
			return true;
	return false;
}

/* log(value) less what the model expects; NaN: it cannot say.  known may be NULL. */
static double residual_of(const struct series *series, const struct model *model,
			  const struct fit_row *row, const struct known *known, unsigned hidden)
{
	const struct model_fit *fit = is_sized(row) ? &model->sized : &model->unsized;
	struct model_attribute attributes[FIT_ATTRIBUTES_MAX];
	struct model_step step = {
		.input_bytes = is_sized(row) ? (double)row->obs.input_bytes : NAN,
		.attributes = attributes,
	};

	if (usable_value(&row->obs, series->metric, series->measure, &step.value) != USABLE_VALUE)
		return NAN;
	for (size_t i = 0; known != NULL && i < known->count; i++)
		if (!is_hidden(fit, hidden, known->list[i].id))
			attributes[step.attribute_n++] = known->list[i];
	return log(step.value / model_expected(series->params, model, &step));
}

static void add_rows(struct series *series, const struct model *model, const struct fit_row *rows,
		     size_t count, bool want_sized)
{
	for (size_t i = 0; i < count; i++) {
		const struct store_obs *obs = &rows[i].obs;
		double residual;

		if (is_sized(&rows[i]) != want_sized)
			continue;
		residual = residual_of(series, model, &rows[i], NULL, 0);
		if (!isfinite(residual))
			continue;
		series->rows[series->n] = &rows[i];
		series->points[series->n++] = (struct drift_point){
			.residual = residual,
			.start_unix_us =
				obs->end_unix_us - (obs->wall_us == JO_MISSING ? 0 : obs->wall_us),
			.end_unix_us = obs->end_unix_us,
			.night = nights_number(series->nights, obs->end_unix_us),
		};
	}
}

static size_t count_sized(const struct fit_row *rows, size_t count)
{
	size_t sized_n = 0;

	for (size_t i = 0; i < count; i++)
		sized_n += is_sized(&rows[i]);
	return sized_n;
}

/* Keep point i for those from `from` on, of which it has the place in time. */
static void keep(struct series *series, size_t from, size_t i, size_t *kept)
{
	struct drift_point point = series->points[i];

	point.start_unix_us = series->points[from].start_unix_us;
	point.end_unix_us = series->points[from].end_unix_us;
	series->rows[*kept] = series->rows[i];
	series->points[(*kept)++] = point;
}

/* Leave of each night no more than so many, evenly: thousands say no more of its level. */
static void thin(struct series *series, size_t max)
{
	size_t kept = 0;

	for (size_t i = 0, end; i < series->n; i = end) {
		size_t from = i, count;

		for (end = i + 1;
		     end < series->n && series->points[end].night == series->points[i].night; end++)
			;
		count = end - i;
		for (size_t k = 0; k < count; k++) {
			if (count > max && (k + 1) * max / count == k * max / count)
				continue;
			keep(series, from, i + k, &kept);
			from = i + k + 1;
		}
	}
	series->n = kept;
}

static void forget_oldest(struct series *series, size_t max)
{
	size_t drop = series->n > max ? series->n - max : 0;

	series->n -= drop;
	memmove(series->rows, series->rows + drop, series->n * sizeof(*series->rows));
	memmove(series->points, series->points + drop, series->n * sizeof(*series->points));
}

static void know_attributes(struct series *series)
{
	series->known = xcalloc(series->n, sizeof(*series->known));
	for (size_t i = 0; i < series->n; i++)
		series->known[i].count = fit_attributes_of(series->rows[i], series->known[i].list);
}

static double value_of(const struct known *known, uint64_t id)
{
	for (size_t i = 0; i < known->count; i++)
		if (known->list[i].id == id)
			return known->list[i].value;
	return NAN;
}

/* The covariates of which most points of the drift have values that nobody knew before. */
static unsigned new_covariates(const struct series *series, const struct model_fit *fit,
			       const struct drift *drift)
{
	double *values = xcalloc(series->n, sizeof(*values));
	unsigned mask = 0;

	for (uint32_t c = 0; c < fit->covariate_n; c++) {
		size_t new_n = 0;

		for (size_t i = 0; i < series->n; i++)
			values[i] = value_of(&series->known[i], fit->covariates[c].id);
		for (size_t i = 0; i < drift->since_n; i++)
			new_n += !attribute_is_known(fit->covariates[c].kind, values, drift->first,
						     values[drift->first + i]);
		if (2 * new_n > drift->since_n)
			mask |= 1u << c;
	}
	free(values);
	return mask;
}

/* The median residual of points [from, to) by the model and their attributes; NaN: it cannot say.
 */
static double level_by(const struct series *series, const struct model *model, unsigned hidden,
		       size_t from, size_t to)
{
	double *scratch = xcalloc(to - from, sizeof(*scratch)), level = NAN;
	size_t n = 0;

	for (size_t i = from; i < to; i++) {
		scratch[n] = residual_of(series, model, series->rows[i], &series->known[i], hidden);
		n += isfinite(scratch[n]);
	}
	if (2 * n >= to - from)
		level = stat_median(scratch, n);
	free(scratch);
	return level;
}

static size_t count_before(const struct fit_row *rows, size_t count, int64_t end_unix_us)
{
	size_t n = 0;

	while (n < count && rows[n].obs.end_unix_us < end_unix_us)
		n++;
	return n;
}

/*
 * What is left of a drift when what was known before it is taken into account.
 * Returns whether that is a drift still.
 */
static bool is_news(const struct series *series, const struct baseline *baseline,
		    const struct fits *alone, const struct fit_row *night, size_t night_n,
		    struct model_workspace *workspace, struct drift *drift)
{
	const struct fit_part parts[2] = {
		{baseline->own.rows,
		 count_before(baseline->own.rows, baseline->own.history.count, drift->end_unix_us)},
		{night, count_before(night, night_n, drift->end_unix_us)},
	};
	const struct model_fit *fit;
	struct model_history history;
	struct matrix_cells cells;
	struct matrix matrix;
	struct model model;
	unsigned hidden;
	double shift;

	if (drift->is_gradual)
		return true;
	matrix_cells_read(parts, 2, &alone->columns, &cells);
	matrix_fill(&cells, series->metric, series->measure, &matrix, NULL);
	matrix_cells_release(&cells);
	history = matrix_history(&matrix);
	model_fit(series->params, series->metric, &history, NULL, 0, workspace, &model);
	fit = is_sized(series->rows[0]) ? &model.sized : &model.unsized;
	hidden = new_covariates(series, fit, drift);
	shift = level_by(series, &model, hidden, drift->first, drift->first + drift->since_n) -
		level_by(series, &model, hidden, drift->first - drift->before_n, drift->first);
	model_release(&model);
	matrix_release(&matrix);
	if (isnan(shift))
		return true;
	if (shift * drift->log_ratio <= 0 || fabs(shift) < log(DRIFT_RATIO))
		return false;
	drift->log_ratio = shift;
	return true;
}

/* Look again, with residuals by other attributes. */
static bool look_again(struct series *series, const struct model *model, unsigned hidden,
		       struct drift *drift)
{
	for (size_t i = 0; i < series->n; i++) {
		double residual =
			residual_of(series, model, series->rows[i], &series->known[i], hidden);

		if (isfinite(residual))
			series->points[i].residual = residual;
	}
	return drift_detect(series->points, series->n, drift);
}

static bool look(struct series *series, const struct baseline *baseline, const struct fits *alone,
		 const struct fit_row *night, size_t night_n, const struct model_fit *fit,
		 struct model_workspace *workspace, struct drift *ret_drift)
{
	const struct model *model = &alone->models[series->metric];
	bool is_found = drift_detect(series->points, series->n, ret_drift);

	if (fit->covariate_n == 0)
		return is_found;
	know_attributes(series);
	is_found =
		is_found && is_news(series, baseline, alone, night, night_n, workspace, ret_drift);
	/* None is hidden, then each alone; that of one alone is all, which was looked at. */
	for (uint32_t c = 0; c <= (fit->covariate_n > 1 ? fit->covariate_n : 0); c++) {
		unsigned hidden = c == 0 ? 0 : 1u << (c - 1);
		struct drift drift;

		if (!look_again(series, model, hidden, &drift) ||
		    (is_found && drift.end_unix_us <= ret_drift->end_unix_us))
			continue;
		if (hidden != 0 &&
		    !is_news(series, baseline, alone, night, night_n, workspace, &drift))
			continue;
		*ret_drift = drift;
		is_found = true;
	}
	return is_found;
}

void drift_series_find(const struct baseline *baseline, const struct fits *alone,
		       const struct fit_row *night, size_t night_n, enum metric metric,
		       const struct model_params *params, struct nights *nights,
		       struct model_workspace *workspace, struct drift_series_result *ret_drift)
{
	const struct baseline_part *own = &baseline->own, *older = &baseline->older;
	size_t count = own->history.count + night_n;
	size_t sized_n = count_sized(own->rows, own->history.count) + count_sized(night, night_n);
	const struct model *model = &alone->models[metric];
	bool want_sized = 2 * sized_n >= count;
	const struct model_fit *fit = want_sized ? &model->sized : &model->unsized;
	struct series series = {
		.metric = metric,
		.measure = alone->measures[metric],
		.params = params,
		.nights = nights,
	};

	*ret_drift = (struct drift_series_result){.measure = series.measure};
	if (fit->source == MODEL_NOTHING)
		return;
	count += older->history.count;
	series.rows = xcalloc(count + 1, sizeof(struct fit_row *));
	series.points = xcalloc(count + 1, sizeof(*series.points));
	add_rows(&series, model, older->rows, older->history.count, want_sized);
	add_rows(&series, model, own->rows, own->history.count, want_sized);
	add_rows(&series, model, night, night_n, want_sized);
	thin(&series, BASELINE_PER_NIGHT);
	forget_oldest(&series, params->history_max);
	ret_drift->is_looked_at = series.n >= DRIFT_STEPS_BEFORE + DRIFT_STEPS_SINCE;
	if (ret_drift->is_looked_at) {
		ret_drift->from_unix_us = series.points[0].end_unix_us;
		ret_drift->to_unix_us = series.points[series.n - 1].end_unix_us;
		ret_drift->is_found = look(&series, baseline, alone, night, night_n, fit, workspace,
					   &ret_drift->drift);
	}
	free(series.rows);
	free(series.points);
	free(series.known);
}
