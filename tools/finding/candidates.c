/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Holds verdicts against the site's floors and exclusions, and the owner's wishes. */
#include "finding/candidates.h"

#include <math.h>

static bool is_worth_a_mail(const struct finding_rules *rules, const struct step *step,
			    const struct step_verdict *verdict)
{
	double excess = verdict->value - verdict->expected;

	return !isnan(excess) && verdict->ratio >= rules->min_ratio &&
	       finding_rules_allow(rules, verdict->metric, excess,
				   metric_core_hours(verdict->metric, excess, step->cpu_count));
}

/* All but that it is certain. */
static bool may_be_told(const struct finding_rules *rules, const struct wishes *wishes,
			const struct step *step, const struct step_verdict *verdict)
{
	return verdict->verdict == VERDICT_HIGH && is_worth_a_mail(rules, step, verdict) &&
	       !excluded_has(&rules->excluded, step) && !wishes_refuse(wishes, step);
}

bool candidates_admit(const struct finding_rules *rules, const struct wishes *wishes,
		      const struct step *step, const struct step_verdict *verdict)
{
	return finding_rules_is_certain(rules, verdict) &&
	       may_be_told(rules, wishes, step, verdict);
}

/* Most steps have no item, so the verdicts on CPU time are read of those that have one. */
static int set_cause(struct store *store, struct finding_item *item, struct jo_err *err)
{
	struct store_verdict_selection selection;
	struct store_cursor *cursor;
	struct step_verdict cpu;
	struct step step;
	int rc;

	if (item->metric != METRIC_WALL)
		return 0;
	store_verdict_selection_init(&selection);
	selection.steps.id = item->step_id;
	selection.metric_mask = 1u << METRIC_CPU;
	rc = store_verdicts_open(store, &selection, &cursor, err);
	if (rc < 0)
		return rc;
	rc = store_verdicts_next(cursor, &step, &cpu, err);
	if (rc > 0)
		finding_item_set_cause(item, &cpu);
	store_cursor_close(cursor);
	return rc < 0 ? rc : 0;
}

int candidates_read(struct store *store, const struct finding_rules *rules,
		    const struct wishes *wishes, int64_t from_unix_us, int64_t to_unix_us,
		    struct finding_items *items, struct candidates_held *held, struct jo_err *err)
{
	struct store_verdict_selection selection;
	struct store_cursor *cursor;
	struct step_verdict verdict;
	struct step step;
	size_t old_count = items->count;
	int rc;

	store_verdict_selection_init(&selection);
	selection.steps.end_from_unix_us = from_unix_us;
	selection.steps.end_to_unix_us = to_unix_us;
	selection.verdict_mask = 1u << VERDICT_HIGH;
	rc = store_verdicts_open(store, &selection, &cursor, err);
	if (rc < 0)
		return rc;
	while ((rc = store_verdicts_next(cursor, &step, &verdict, err)) > 0) {
		if (candidates_admit(rules, wishes, &step, &verdict)) {
			finding_items_add(items, &step, &verdict);
		} else if (held != NULL && may_be_told(rules, wishes, &step, &verdict)) {
			bool has_likes = verdict_has_likes(verdict.near_count, verdict.like_count);

			held->alike += has_likes;
			held->unsure += !has_likes;
		}
	}
	store_cursor_close(cursor);
	for (size_t i = old_count; i < items->count && rc == 0; i++)
		rc = set_cause(store, &items->list[i], err);
	return rc;
}
