/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Candidates by verdicts that are made in memory, night by night as check makes them. */
#include "finding/rejudge.h"

#include "joboutliers/units.h"
#include "judge/night_verdicts.h"
#include "step/night.h"
#include "util/when.h"

struct sink {
	struct store *store;
	const struct model_params *params;
	const struct finding_rules *rules;
	const struct wishes *wishes;
	struct finding_items *items;
};

static int add_verdict(struct sink *sink, const struct judge_result *result, enum metric metric,
		       struct jo_err *err)
{
	struct store_selection selection;
	struct step_verdict verdict, cpu;
	struct store_cursor *cursor;
	struct step step;
	int rc;

	night_verdicts_to_store(result, metric, sink->params, &verdict);
	store_selection_init(&selection);
	selection.id = result->id;
	rc = store_steps_open(sink->store, &selection, &cursor, err);
	if (rc < 0)
		return rc;
	rc = store_steps_next(cursor, &step, err);
	if (rc > 0 && candidates_admit(sink->rules, sink->wishes, &step, &verdict)) {
		finding_items_add(sink->items, &step, &verdict);
		night_verdicts_to_store(result, METRIC_CPU, sink->params, &cpu);
		finding_item_set_cause(&sink->items->list[sink->items->count - 1],
				       judge_has_verdict(result, METRIC_CPU) ? &cpu : NULL);
	}
	store_cursor_close(cursor);
	return rc < 0 ? rc : 0;
}

static int take_result(void *context, const struct judge_result *result, struct jo_err *err)
{
	int rc = 0;

	for (int m = 0; m < METRIC_COUNT && rc == 0; m++)
		if (result->verdicts[m].verdict == VERDICT_HIGH)
			rc = add_verdict(context, result, (enum metric)m, err);
	return rc;
}

int rejudge_candidates(struct store *store, const struct judge_options *judge_options,
		       const struct finding_rules *rules, const struct wishes *wishes,
		       int64_t from_unix_us, int64_t to_unix_us, struct finding_items *items,
		       struct jo_err *err)
{
	struct sink sink = {store, &judge_options->params, rules, wishes, items};
	struct night night = night_of(from_unix_us);
	size_t night_count = (size_t)((to_unix_us - night.from_unix_us) / JO_US_PER_DAY + 1);
	struct judge_options quiet = *judge_options;
	int rc = 0;

	quiet.progress = NULL; /* of all nights, not of each */
	for (size_t i = 0; rc == 0 && night.from_unix_us < to_unix_us; i++) {
		if (judge_options->progress != NULL)
			judge_options->progress(judge_options->progress_context, i, night_count);
		rc = judge_range(store, &quiet, NULL, night.from_unix_us, night.to_unix_us,
				 take_result, &sink, err);
		night = night_of(night.to_unix_us);
	}
	return rc;
}
