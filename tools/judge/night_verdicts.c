/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asks the models, chooses between them, and holds back where the value itself is in doubt. */
#include "night_verdicts.h"

#include <math.h>
#include <stdlib.h>

#include "joboutliers/units.h"
#include "util/alloc.h"

/* Excess memory that processes, or files read and written, must account for at least. */
#define EXPLAINED_SHARE 0.5

/* Two runs of the same are not equally long: how much further out than an expected step is still
 * the like of it. */
#define EXPECTED_SLACK 1.1

static double bytes_or_nan(int64_t bytes)
{
	return bytes == JO_MISSING ? NAN : (double)bytes;
}

/* What is needed to judge one night of a group. */
struct bench {
	const struct baseline *baseline;
	const struct fits *alone;
	struct fits *night;
	const struct model_params *params;
	struct model_workspace *workspace;
	bool has_rss; /* rss was fitted: it is seldom needed */
	struct model rss;
};

static void ask(const struct model *model, const struct model_params *params,
		const struct fit_row *row, double value, bool is_censored,
		struct model_judgement *ret_judgement)
{
	struct model_attribute attributes[FIT_ATTRIBUTES_MAX];
	struct model_step step = {
		.input_bytes = bytes_or_nan(row->obs.input_bytes),
		.value = value,
		.is_censored = is_censored,
		.attributes = attributes,
		.attribute_n = fit_attributes_of(row, attributes),
	};

	model_judge(params, model, &step, ret_judgement);
}

/* What the largest process of such a step is expected to hold, NaN for unknown. */
static double expected_rss_bytes(struct bench *bench, const struct fit_row *row)
{
	struct model_judgement rss;

	if (!bench->has_rss)
		fits_make_rss(bench->baseline, bench->alone, bench->params, bench->workspace,
			      &bench->rss);
	bench->has_rss = true;
	ask(&bench->rss, bench->params, row, bytes_or_nan(row->obs.max_rss_bytes), false, &rss);
	return rss.expected;
}

/*
 * A peak far above what is expected may be cached files.  It is believed when
 * the processes account for a good part of the excess, or when the step read
 * and wrote too little to fill it.  Where RSS was not recorded there is only
 * the peak to go by.
 */
static bool may_be_cache(struct bench *bench, const struct fit_row *row,
			 const struct model_judgement *peak, double peak_bytes)
{
	double largest_bytes = bytes_or_nan(row->obs.max_rss_bytes);
	double process_bytes = usable_process_bytes(&row->obs);
	double file_bytes = bytes_or_nan(row->read_bytes) + bytes_or_nan(row->write_bytes);
	double excess_bytes = peak_bytes - peak->expected;
	double expected_bytes;

	if (isnan(process_bytes) || file_bytes < EXPLAINED_SHARE * excess_bytes)
		return false;
	expected_bytes = expected_rss_bytes(bench, row);
	if (isnan(expected_bytes))
		return process_bytes < EXPLAINED_SHARE * peak_bytes;
	return process_bytes * (1 - expected_bytes / largest_bytes) <
	       EXPLAINED_SHARE * excess_bytes;
}

/*
 * Whether an earlier step of the group that its owner called normal was as far
 * out as this one.  Both are measured by the level of today, so one from before
 * the level moved says nothing.
 */
static bool is_expected(const struct bench *bench, const struct fit_row *row, enum metric metric,
			const struct model_judgement *judgement,
			const struct provenance *provenance)
{
	const struct baseline_part *own = &bench->baseline->own;

	for (size_t i = 0; i < own->history.count; i++) {
		const struct fit_row *past = &own->rows[i];
		struct model_judgement of_past;
		double value;

		if (!past->obs.is_expected ||
		    (past->obs.input_bytes == JO_MISSING) != (row->obs.input_bytes == JO_MISSING) ||
		    (provenance != NULL &&
		     past->obs.end_unix_us < provenance->regime_start_unix_us) ||
		    usable_value(&past->obs, metric, bench->alone->measures[metric], &value) <
			    USABLE_AT_LEAST)
			continue;
		ask(&bench->alone->models[metric], bench->params, past, value, false, &of_past);
		if (judgement->log_ratio <= of_past.log_ratio + log(EXPECTED_SLACK))
			return true;
	}
	return false;
}

static void hold_back(struct judge_verdict *verdict, const char *reason)
{
	verdict->verdict = verdict->watch = VERDICT_UNJUDGED;
	verdict->level = VERDICT_LEVEL_NONE;
	verdict->reason = reason;
	verdict->score = 0;
	verdict->p_value = 1;
	verdict->near_count = verdict->like_count = JO_MISSING;
}

/* From the model's judgement to the verdict, with our own doubts. */
static void make_verdict(struct bench *bench, const struct fit_row *row, enum metric metric,
			 const struct model_judgement *judgement,
			 const struct provenance *provenance, struct judge_verdict *ret_verdict)
{
	double value;
	enum usable_kind kind =
		usable_value(&row->obs, metric, bench->alone->measures[metric], &value);

	*ret_verdict = (struct judge_verdict){
		.measure = bench->alone->measures[metric],
		.verdict = judgement->verdict,
		.watch = judgement->watch,
		.level = judgement->level,
		.reason = reason_word(judgement->reason),
		.value = metric_stored(metric, value),
		.expected = metric_stored(metric, judgement->expected),
		.low = metric_stored(metric, judgement->low),
		.high = metric_stored(metric, judgement->high),
		.ratio = judgement->ratio,
		.score = judgement->score,
		.p_value = judgement->p_value,
		.near_count = judgement->near_n > 0 ? (int64_t)judgement->near_n : JO_MISSING,
		.like_count = judgement->near_n > 0 ? (int64_t)judgement->like_n : JO_MISSING,
		.provenance = provenance,
	};
	if (kind == USABLE_NOT_FINISHED)
		hold_back(ret_verdict, reason_word(REASON_NOT_FINISHED));
	else if (kind == USABLE_CACHE)
		hold_back(ret_verdict, reason_word(REASON_PAGE_CACHE));
	else if (metric == METRIC_MEMORY && judgement->watch == VERDICT_HIGH &&
		 bench->alone->measures[metric] == MEASURE_PEAK &&
		 may_be_cache(bench, row, judgement, value))
		hold_back(ret_verdict, reason_word(REASON_PAGE_CACHE));
	else if (judgement->watch == VERDICT_HIGH &&
		 is_expected(bench, row, metric, judgement, provenance)) {
		ret_verdict->verdict = ret_verdict->watch = VERDICT_NORMAL;
		ret_verdict->level = VERDICT_LEVEL_NONE;
		ret_verdict->reason = reason_word(REASON_EXPECTED);
	}
}

/* Ask the history alone. */
static void ask_alone(const struct bench *bench, const struct fit_row *row, enum metric metric,
		      struct model_judgement *ret_judgement)
{
	double value;
	enum usable_kind kind =
		usable_value(&row->obs, metric, bench->alone->measures[metric], &value);

	ask(&bench->alone->models[metric], bench->params, row, value, kind == USABLE_AT_LEAST,
	    ret_judgement);
}

static void judge_metric(struct bench *bench, const struct fit_row *rows, size_t count,
			 enum metric metric, struct judge_result *results)
{
	struct model_judgement *judgements = xcalloc(count, sizeof(judgements[0]));

	for (size_t i = 0; i < count; i++)
		ask_alone(bench, &rows[i], metric, &judgements[i]);
	fits_judge_night(bench->night, bench->baseline, bench->params, metric, bench->workspace,
			 judgements);
	for (size_t i = 0; i < count; i++) {
		const struct provenance *provenance =
			fits_provenance(bench->night, metric, &judgements[i]);

		if (provenance == NULL)
			provenance = fits_provenance(bench->alone, metric, &judgements[i]);
		make_verdict(bench, &rows[i], metric, &judgements[i], provenance,
			     &results[i].verdicts[metric]);
	}
	free(judgements);
}

void night_verdicts_make(const struct baseline *baseline, const struct fits *alone,
			 const struct fit_row *rows, size_t count,
			 const struct model_params *params, struct model_workspace *workspace,
			 struct judge_result *results, struct fits *ret_night)
{
	struct bench bench = {
		.baseline = baseline,
		.alone = alone,
		.night = ret_night,
		.params = params,
		.workspace = workspace,
	};

	fits_make(baseline, rows, count, NULL, params, workspace, ret_night);
	for (size_t m = 0; m < METRIC_COUNT; m++)
		judge_metric(&bench, rows, count, (enum metric)m, results);
	if (bench.has_rss)
		model_release(&bench.rss);
	fits_remember(ret_night, params);
	fits_forget_models(ret_night);
}

void night_verdicts_make_alone(const struct baseline *baseline, const struct fits *alone,
			       const struct fit_row *row, const struct model_params *params,
			       struct model_workspace *workspace, struct judge_result *result)
{
	struct bench bench = {
		.baseline = baseline,
		.alone = alone,
		.params = params,
		.workspace = workspace,
	};

	for (size_t m = 0; m < METRIC_COUNT; m++) {
		enum metric metric = (enum metric)m;
		struct model_judgement judgement;

		ask_alone(&bench, row, metric, &judgement);
		make_verdict(&bench, row, metric, &judgement,
			     fits_provenance(alone, metric, &judgement), &result->verdicts[m]);
	}
	if (bench.has_rss)
		model_release(&bench.rss);
}

void night_verdicts_to_store(const struct judge_result *result, enum metric metric,
			     const struct model_params *params, struct step_verdict *ret_verdict)
{
	const struct judge_verdict *verdict = &result->verdicts[metric];
	const struct provenance *provenance = verdict->provenance;

	*ret_verdict = (struct step_verdict){
		.step_id = result->id,
		.metric = metric,
		.measure = verdict->measure,
		.verdict = verdict->verdict,
		.reason = verdict->reason,
		.value = verdict->value,
		.expected = verdict->expected,
		.low = verdict->low,
		.high = verdict->high,
		.ratio = verdict->ratio,
		.score = verdict->score,
		.p_value = verdict->p_value,
		.alpha = params->alpha,
		.level = verdict->level,
		.near_count = verdict->near_count,
		.like_count = verdict->like_count,
		.group = "",
		.regime_start_unix_us = JO_MISSING,
		.regime_ratio = NAN,
		.borrowed_from = "",
		.attrs_used = "",
		.model_version = MODEL_FORMAT_VERSION,
	};
	if (provenance == NULL)
		return;
	ret_verdict->group = provenance->group;
	ret_verdict->is_sized = provenance->is_sized;
	ret_verdict->night_count = (int64_t)provenance->night_n;
	ret_verdict->apart_count = (int64_t)provenance->apart_n;
	ret_verdict->history_count = (int64_t)provenance->history_n;
	ret_verdict->censored_count = (int64_t)provenance->censored_n;
	ret_verdict->regime_start_unix_us = provenance->regime_start_unix_us;
	ret_verdict->regime_ratio = provenance->regime_ratio;
	ret_verdict->borrowed_count = (int64_t)provenance->borrowed_n;
	ret_verdict->borrowed_from = provenance->borrowed_from;
	ret_verdict->attrs_used = provenance->attrs_used;
}
