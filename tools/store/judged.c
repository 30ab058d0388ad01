/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads steps and their verdicts together. */
#include "judged.h"

#include <math.h>
#include <stdlib.h>

#include "cursor.h"
#include "joboutliers/record.h"
#include "open_store.h"
#include "step/measure.h"
#include "step_select.h"
#include "util/alloc.h"
#include "verdict_pack.h"
#include "verdict_select.h"

/* Those that ended come by an index in their order, and are not sorted for the few that did not,
 * which come behind them. */
struct store_judged {
	struct store *store;
	struct store_cursor *cursor, *unended; /* the latter NULL where there is nothing to split */
};

/* Whether what is selected may be much and comes as an index has it: jobs that are named are found,
 * and are few. */
static bool is_list(const struct store_selection *selection)
{
	return selection->order <= STORE_BY_END_NEWEST && selection->job_count == 0 &&
	       selection->limit == JO_MISSING;
}

static int open_part(struct store *store, const struct store_selection *selection,
		     enum store_ending ending, const struct verdict_wanted *wanted,
		     struct store_cursor **ret_cursor, struct jo_err *err)
{
	struct store_selection part = *selection;
	struct query query;
	int rc;

	part.ending = ending;
	query_init(&query);
	query.use = is_list(&part) ? DB_LISTED : DB_CURSOR;
	rc = query_verdicts(&query, store, &part, wanted, err);
	if (rc == 0)
		rc = query_open(&query, store, CURSOR_JUDGED, ret_cursor, err);
	if (rc == 0)
		(*ret_cursor)->columns = selection->columns;
	query_release(&query);
	return rc;
}

int store_judged_open(struct store *store, const struct store_selection *selection,
		      const struct store_judged_choice *choice, struct store_judged **ret_judged,
		      struct jo_err *err)
{
	struct verdict_wanted wanted = {0};
	struct store_judged *judged = xcalloc(1, sizeof(*judged));
	bool is_split = selection->order == STORE_BY_END && selection->limit == JO_MISSING &&
			selection->ending == STORE_ANY;
	int rc;

	if (choice != NULL)
		wanted.kinds = verdict_kinds(choice->verdict_mask, choice->least_level);
	wanted.want_without = wanted.kinds == 0;
	wanted.want_history =
		choice != NULL && (choice->verdict_mask & 1U << VERDICT_UNJUDGED) != 0;
	judged->store = store;
	rc = open_part(store, selection, is_split ? STORE_ENDED : selection->ending, &wanted,
		       &judged->cursor, err);
	if (rc == 0 && is_split)
		rc = open_part(store, selection, STORE_UNENDED, &wanted, &judged->unended, err);
	if (rc < 0) {
		store_judged_close(judged);
		return rc;
	}
	*ret_judged = judged;
	return 0;
}

/* The next row of either. */
static int next_row(struct store_judged *judged, struct jo_err *err)
{
	int rc = cursor_step(judged->cursor, CURSOR_JUDGED, err);

	if (rc != 0 || judged->unended == NULL)
		return rc;
	store_cursor_close(judged->cursor);
	judged->cursor = judged->unended;
	judged->unended = NULL;
	return cursor_step(judged->cursor, CURSOR_JUDGED, err);
}

/* What is said of a step that is history, as if it were stored. */
static void tell_history(struct judged_step *row)
{
	for (int m = 0; m < METRIC_COUNT; m++) {
		enum measure measure = measure_default((enum metric)m);
		double value = figure_of(&row->step, measure).amount;

		if (metric_infos[m].is_optional && !(value > 0))
			continue;
		row->has_verdict[m] = true;
		row->verdicts[m] = (struct step_verdict){
			.step_id = row->step.id,
			.metric = (enum metric)m,
			.measure = measure,
			.verdict = VERDICT_UNJUDGED,
			.reason = reason_word(REASON_HISTORY),
			.value = value,
			.expected = NAN,
			.low = NAN,
			.high = NAN,
			.ratio = NAN,
			.p_value = 1,
			.alpha = NAN,
			.near_count = JO_MISSING,
			.like_count = JO_MISSING,
			.group = "",
			.regime_start_unix_us = JO_MISSING,
			.regime_ratio = NAN,
			.borrowed_from = "",
			.attrs_used = "",
			.judged_unix_us = JO_MISSING,
		};
	}
}

int store_judged_next(struct store_judged *judged, struct judged_step *ret_row, struct jo_err *err)
{
	struct step_verdict verdicts[METRIC_COUNT];
	struct judged_step row = {.has_verdict = {false}};
	int rc = next_row(judged, err);

	if (rc <= 0)
		return rc;
	rc = step_read(judged->store, &judged->cursor->stmt, judged->cursor->columns, &row.step,
		       err);
	if (rc == 0)
		rc = verdicts_read(&judged->cursor->stmt, judged->store->verdict_texts, &row.step,
				   verdicts, err);
	for (int i = 0; i < rc; i++) {
		row.has_verdict[verdicts[i].metric] = true;
		row.verdicts[verdicts[i].metric] = verdicts[i];
	}
	if (rc < 0)
		return rc;
	if (rc == 0 && db_column_int(&judged->cursor->stmt) == 1)
		tell_history(&row);
	*ret_row = row;
	return 1;
}

void store_judged_close(struct store_judged *judged)
{
	if (judged == NULL)
		return;
	store_cursor_close(judged->unended);
	store_cursor_close(judged->cursor);
	free(judged);
}
