/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asks the model, and holds back where the value itself is in doubt. */
#include "verdict.h"

#include <math.h>

/* Excess memory that processes, or files read and written, must account for at least. */
#define EXPLAINED_SHARE 0.5

#define US_PER_S 1e6

/* Reasons beside the model's own. */
static const char not_finished[] = "not-finished"; /* ended by the machine, or nobody knows how */
static const char page_cache[] = "page-cache";     /* the memory may be no more than cached files */

static double bytes_or_nan(int64_t bytes)
{
	return bytes == JO_MISSING ? NAN : (double)bytes;
}

static void ask(const struct model *model, const struct model_params *params,
		const struct verdict_step *step, double value, bool is_censored,
		struct model_judgement *ret_judgement)
{
	struct model_attribute attributes[COLUMN_ATTRIBUTES_MAX];
	const struct store_obs *obs = &step->row.obs;
	struct model_step model_step = {
		.input_bytes = bytes_or_nan(obs->input_bytes),
		.value = value,
		.is_censored = is_censored,
		.attributes = attributes,
		.attribute_n = columns_attributes(&step->row, attributes),
	};

	model_judge(params, model, &model_step, ret_judgement);
}

/*
 * A peak far above what is expected may be cached files.  It is believed when
 * the processes account for a good part of the excess, or when the step read
 * and wrote too little to fill it.  Where RSS was not recorded there is only
 * the peak to go by.
 */
static bool may_be_cache(const struct baseline *baseline, const struct model_params *params,
			 const struct verdict_step *step, const struct model_judgement *peak,
			 double peak_bytes, struct model_workspace *workspace)
{
	const struct store_obs *obs = &step->row.obs;
	double largest_bytes = bytes_or_nan(obs->max_rss_bytes);
	double process_bytes = usable_process_bytes(obs);
	double file_bytes = bytes_or_nan(step->read_bytes) + bytes_or_nan(step->write_bytes);
	double excess_bytes = peak_bytes - peak->expected;
	struct model_judgement rss;
	struct model model;

	if (isnan(process_bytes) || file_bytes < EXPLAINED_SHARE * excess_bytes)
		return false;
	baseline_fit_rss(baseline, params, workspace, &model);
	ask(&model, params, step, largest_bytes, false, &rss);
	model_release(&model);
	if (isnan(rss.expected))
		return process_bytes < EXPLAINED_SHARE * peak_bytes;
	return process_bytes * (1 - rss.expected / largest_bytes) < EXPLAINED_SHARE * excess_bytes;
}

static void hold_back(struct judge_verdict *verdict, const char *reason)
{
	verdict->verdict = verdict->watch = MODEL_UNJUDGED;
	verdict->reason = reason;
	verdict->score = 0;
	verdict->p_value = 1;
}

static const struct baseline_context *
context_of(const struct baseline *baseline, enum model_metric metric, const struct model_fit *fit)
{
	for (size_t i = 0; i < BASELINE_SIZES; i++)
		if (fit != NULL && baseline->contexts[metric][i].fit == fit)
			return &baseline->contexts[metric][i];
	return NULL;
}

static void judge_metric(const struct baseline *baseline, const struct model_params *params,
			 const struct verdict_step *step, enum model_metric metric,
			 struct model_workspace *workspace, struct judge_verdict *ret_verdict)
{
	struct model_judgement judgement;
	double value;
	enum usable_kind kind = usable_value(&step->row.obs, metric, baseline->basis, &value);

	ask(&baseline->models[metric], params, step, value, kind == USABLE_AT_LEAST, &judgement);
	*ret_verdict = (struct judge_verdict){
		.verdict = judgement.verdict,
		.watch = judgement.watch,
		.reason = model_reason_word(judgement.reason),
		.value = value,
		.expected = judgement.expected,
		.low = judgement.low,
		.high = judgement.high,
		.ratio = judgement.ratio,
		.score = judgement.score,
		.p_value = judgement.p_value,
		.threshold_ratio = exp(judgement.log_threshold),
		.context = context_of(baseline, metric, judgement.fit),
	};
	if (kind == USABLE_NOT_FINISHED)
		hold_back(ret_verdict, not_finished);
	else if (kind == USABLE_CACHE)
		hold_back(ret_verdict, page_cache);
	else if (metric == MODEL_MEMORY && judgement.watch == MODEL_HIGH &&
		 baseline->basis == USABLE_PEAK &&
		 may_be_cache(baseline, params, step, &judgement, value, workspace))
		hold_back(ret_verdict, page_cache);
}

void verdict_make(const struct baseline *baseline, const struct model_params *params,
		  const struct verdict_step *step, struct model_workspace *workspace,
		  struct judge_verdict ret_verdicts[MODEL_METRICS])
{
	for (size_t m = 0; m < MODEL_METRICS; m++)
		judge_metric(baseline, params, step, (enum model_metric)m, workspace,
			     &ret_verdicts[m]);
}

static const enum store_verdict_kind kind_in_store[MODEL_VERDICTS] = {
	[MODEL_NORMAL] = STORE_NORMAL,
	[MODEL_HIGH] = STORE_HIGH,
	[MODEL_LOW] = STORE_LOW,
	[MODEL_UNJUDGED] = STORE_UNJUDGED,
};

void verdict_to_store(const struct judge_result *result, enum model_metric metric,
		      const struct model_params *params, struct store_verdict *ret_verdict)
{
	const struct judge_verdict *verdict = &result->verdicts[metric];
	const struct baseline_context *context = verdict->context;
	double unit = metric == MODEL_WALL ? US_PER_S : 1;

	*ret_verdict = (struct store_verdict){
		.step_id = result->id,
		.metric = metric == MODEL_WALL ? STORE_WALL : STORE_MEMORY,
		.verdict = kind_in_store[verdict->verdict],
		.reason = verdict->reason,
		.value = verdict->value * unit,
		.expected = verdict->expected * unit,
		.low = verdict->low * unit,
		.high = verdict->high * unit,
		.ratio = verdict->ratio,
		.score = verdict->score,
		.p_value = verdict->p_value,
		.threshold_ratio = verdict->threshold_ratio,
		.level = params->alpha,
		.group_id = result->group_id,
		.regime_start_unix_us = JO_MISSING,
		.borrowed_from = "",
		.attrs_used = "",
		.detail = "",
		.model_version = MODEL_FORMAT_VERSION,
	};
	if (context == NULL)
		return;
	ret_verdict->history_count = (int64_t)context->history_n;
	ret_verdict->censored_count = (int64_t)context->censored_n;
	ret_verdict->regime_start_unix_us = context->regime_start_unix_us;
	ret_verdict->borrowed_count = (int64_t)context->borrowed_n;
	ret_verdict->borrowed_from = context->borrowed_from;
	ret_verdict->attrs_used = context->attrs_used;
	ret_verdict->detail = context->detail;
}
