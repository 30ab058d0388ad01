/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Verdicts, kept beside the step they are about. */
#include "verdicts.h"

#include <stdlib.h>

#include "open_store.h"
#include "statements.h"
#include "step_select.h"
#include "util/alloc.h"
#include "verdict_pack.h"
#include "verdict_queue.h"
#include "verdict_select.h"

/* ---- writing ---- */

/* One row for all that was judged in turn alike. */
static int judging_id(struct store *store, const struct step_verdict *verdict, int64_t *ret_id,
		      struct jo_err *err)
{
	struct judging *last = &store->judging;
	struct db_stmt *stmt;
	int rc;

	if (last->id != 0 && last->night == verdict->night &&
	    last->judged_unix_us == verdict->judged_unix_us && last->alpha == verdict->alpha &&
	    last->model_version == verdict->model_version) {
		*ret_id = last->id;
		return 0;
	}
	rc = store_use(store, STMT_JUDGING_ADD, &stmt, err);
	if (rc < 0)
		return rc;
	db_bind_int(stmt, verdict->night);
	db_bind_int(stmt, verdict->judged_unix_us);
	db_bind_real(stmt, verdict->alpha);
	db_bind_int(stmt, verdict->model_version);
	rc = db_insert(stmt, ret_id, err);
	if (rc < 0)
		return rc;
	*last = (struct judging){*ret_id, verdict->night, verdict->judged_unix_us, verdict->alpha,
				 verdict->model_version};
	return 0;
}

int store_verdicts_put(struct store *store, const struct step_verdict *verdicts, size_t count,
		       int64_t change_unix_us, struct jo_err *err)
{
	struct strbuf bytes;
	unsigned kinds;
	int64_t judging;
	int rc;

	strbuf_init(&bytes);
	rc = verdict_pack(store->verdict_texts, verdicts, count, &bytes, &kinds, err);
	if (rc == 0)
		rc = judging_id(store, &verdicts[0], &judging, err);
	if (rc == 0)
		rc = verdict_queue_add(store, verdicts[0].step_id, change_unix_us, judging, kinds,
				       &bytes, err);
	strbuf_release(&bytes);
	return rc;
}

/* ---- reading ---- */

void store_verdict_selection_init(struct store_verdict_selection *selection)
{
	*selection = (struct store_verdict_selection){0};
	store_selection_init(&selection->steps);
}

/* What a cursor has of its row, and which of it is wanted. */
struct pending {
	unsigned verdict_mask, metric_mask;
	struct step step;
	struct step_verdict verdicts[METRIC_COUNT];
	int next, count;
};

int store_verdicts_open(struct store *store, const struct store_verdict_selection *selection,
			struct store_cursor **ret_cursor, struct jo_err *err)
{
	const struct verdict_wanted wanted = {
		.kinds = verdict_kinds(selection->verdict_mask, VERDICT_LEVEL_NONE)};
	struct store_cursor *cursor;
	struct pending *pending;
	struct query query;
	int rc;

	query_init(&query);
	rc = query_verdicts(&query, store, &selection->steps, &wanted, err);
	if (rc == 0)
		rc = query_open(&query, store, CURSOR_VERDICTS, &cursor, err);
	query_release(&query);
	if (rc < 0)
		return rc;
	pending = xcalloc(1, sizeof(*pending));
	pending->verdict_mask = selection->verdict_mask;
	pending->metric_mask = selection->metric_mask;
	cursor->extra = pending;
	cursor->columns = selection->steps.columns;
	*ret_cursor = cursor;
	return 0;
}

static bool is_wanted(const struct pending *pending, const struct step_verdict *verdict)
{
	return (pending->verdict_mask == 0 ||
		(pending->verdict_mask & 1U << verdict->verdict) != 0) &&
	       (pending->metric_mask == 0 || (pending->metric_mask & 1U << verdict->metric) != 0);
}

int store_verdicts_next(struct store_cursor *cursor, struct step *ret_step,
			struct step_verdict *ret_verdict, struct jo_err *err)
{
	struct pending *pending = cursor->extra;
	int rc;

	for (;;) {
		while (pending->next < pending->count) {
			const struct step_verdict *verdict = &pending->verdicts[pending->next++];

			if (!is_wanted(pending, verdict))
				continue;
			*ret_step = pending->step;
			*ret_verdict = *verdict;
			return 1;
		}
		rc = cursor_step(cursor, CURSOR_VERDICTS, err);
		if (rc <= 0)
			return rc;
		rc = step_read(cursor->store, &cursor->stmt, cursor->columns, &pending->step, err);
		if (rc == 0)
			rc = verdicts_read(&cursor->stmt, cursor->store->verdict_texts,
					   &pending->step, pending->verdicts, err);
		if (rc < 0)
			return rc;
		pending->next = 0;
		pending->count = rc;
	}
}
