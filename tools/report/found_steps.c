/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Folds findings by their steps, and reads the other verdicts on these. */
#include "report/found_steps.h"

#include "step/cause.h"

static bool is_told_after(const struct survey_finding *lead, const struct survey_finding *other)
{
	return lead->metric == METRIC_CPU && other->metric == METRIC_WALL;
}

GPtrArray *found_steps_of(const struct survey *survey)
{
	GHashTable *index_by_id = g_hash_table_new(g_int64_hash, g_int64_equal);
	GPtrArray *steps = g_ptr_array_new();

	for (guint i = 0; i < survey->findings->len; i++) {
		struct survey_finding *found =
			&g_array_index(survey->findings, struct survey_finding, i);
		gpointer index = g_hash_table_lookup(index_by_id, &found->step_id);
		gpointer *lead;

		if (index == NULL) {
			g_ptr_array_add(steps, found);
			(void)g_hash_table_insert(index_by_id, &found->step_id,
						  GUINT_TO_POINTER(steps->len));
			continue;
		}
		lead = &steps->pdata[GPOINTER_TO_UINT(index) - 1];
		if (is_told_after(*lead, found))
			*lead = found;
	}
	g_hash_table_destroy(index_by_id);
	return steps;
}

static void set_judged(const struct step *step, const struct step_verdict *verdict,
		       struct report_judged *judged)
{
	enum metric metric = verdict->metric;
	bool has_likes = verdict_has_likes(verdict->near_count, verdict->like_count);

	*judged = (struct report_judged){
		.is_judged = verdict->verdict != VERDICT_UNJUDGED,
		.is_high = verdict->verdict == VERDICT_HIGH,
		.is_certain = verdict->level == VERDICT_LEVEL_CERTAIN,
		.measure = verdict->measure,
		.ratio = verdict->ratio,
		.value = metric_shown(metric, verdict->value),
		.expected = metric_shown(metric, verdict->expected),
		.core_hours = metric_core_hours(metric, verdict->value - verdict->expected,
						step->cpu_count),
		.p_value = verdict->p_value,
		.score = verdict->score,
		.near_count = has_likes ? verdict->near_count : JO_MISSING,
		.like_count = has_likes ? verdict->like_count : JO_MISSING,
	};
}

int found_step_read(struct store *store, const struct survey_finding *found,
		    struct report_finding *finding, struct jo_err *err)
{
	struct step_verdict verdicts[METRIC_COUNT], verdict;
	bool has_verdict[METRIC_COUNT] = {false};
	struct store_verdict_selection selection;
	struct store_cursor *cursor;
	struct step step;
	int rc;

	store_verdict_selection_init(&selection);
	selection.steps.id = found->step_id;
	rc = store_verdicts_open(store, &selection, &cursor, err);
	if (rc < 0)
		return rc;
	while ((rc = store_verdicts_next(cursor, &step, &verdict, err)) > 0) {
		set_judged(&step, &verdict, &finding->judged[verdict.metric]);
		verdicts[verdict.metric] = verdict;
		has_verdict[verdict.metric] = true;
	}
	store_cursor_close(cursor);
	if (rc < 0)
		return rc;
	finding->cause = cause_of(has_verdict[METRIC_WALL] ? &verdicts[METRIC_WALL] : NULL,
				  has_verdict[METRIC_CPU] ? &verdicts[METRIC_CPU] : NULL);
	return 0;
}
