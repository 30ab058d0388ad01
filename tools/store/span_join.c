/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Trace by trace: chains of parents up to a step, what of it is kept, and what it declares. */
#include "span.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "group.h"
#include "joboutliers/attr.h"
#include "joboutliers/record.h"
#include "merge.h"
#include "open_store.h"
#include "row.h"
#include "span_crowd.h"
#include "statements.h"
#include "step/step.h"
#include "transaction.h"
#include "util/alloc.h"
#include "waiting.h"

/* Of one trace, the longest: more are of no program that a person looks at. */
#define TRACE_SPANS_MAX 20000

/* Of one trace, with a job's steps: an array has a trace for each task. */
#define TRACE_STEPS_MAX 1000

#define NO_STEP ((size_t)-1)

struct trace_step {
	int64_t id, start_unix_us, end_unix_us;
	char span_id[JO_SPAN_ID_SIZE];
	bool is_plugins;
};

struct trace_span {
	char id[JO_SPAN_ID_SIZE], parent_id[JO_SPAN_ID_SIZE];
	int64_t old_step; /* JO_MISSING: none yet */
	int64_t start_unix_us, wall_us, received_unix_us;
	bool is_error, is_settled, is_refused, is_kept;
	bool is_top; /* right below the step */
	size_t step; /* of the trace; NO_STEP */
};

struct trace {
	const char *id;
	struct trace_step *steps;
	size_t step_count;
	struct trace_span *spans; /* by id */
	size_t span_count;
};

/* ---- read ---- */

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct trace_span *)a)->id, ((const struct trace_span *)b)->id);
}

static void copy_id(char id[JO_SPAN_ID_SIZE], const char *text)
{
	size_t len = strnlen(text, JO_SPAN_ID_SIZE - 1);

	memcpy(id, text, len);
	id[len] = '\0';
}

static int read_steps(struct store *store, struct trace *trace, struct jo_err *err)
{
	struct db_stmt *stmt;
	int rc = store_use(store, STMT_TRACE_STEPS, &stmt, err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, trace->id);
	db_bind_int(stmt, TRACE_STEPS_MAX);
	trace->steps = xcalloc(TRACE_STEPS_MAX, sizeof(*trace->steps));
	while (trace->step_count < TRACE_STEPS_MAX && (rc = db_step(stmt, err)) > 0) {
		struct trace_step *step = &trace->steps[trace->step_count++];

		step->id = db_column_int(stmt);
		copy_id(step->span_id, db_column_text(stmt));
		step->start_unix_us = db_column_us(stmt);
		step->end_unix_us = db_column_us(stmt);
		step->is_plugins = db_column_int(stmt) == STEP_SOURCE_PLUGIN;
		rc = db_row_check(stmt, err);
		if (rc < 0)
			break;
	}
	db_reset(stmt);
	return rc < 0 ? rc : 0;
}

static int read_spans(struct store *store, struct trace *trace, struct jo_err *err)
{
	size_t capacity = 0;
	struct db_stmt *stmt;
	int rc = store_use(store, STMT_TRACE_SPANS, &stmt, err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, trace->id);
	db_bind_int(stmt, TRACE_SPANS_MAX);
	while ((rc = db_step(stmt, err)) > 0) {
		struct trace_span *span;

		trace->spans =
			xgrow(trace->spans, trace->span_count, &capacity, sizeof(*trace->spans));
		span = &trace->spans[trace->span_count++];
		*span = (struct trace_span){.step = NO_STEP};
		copy_id(span->id, db_column_text(stmt));
		copy_id(span->parent_id, db_column_text(stmt));
		span->old_step = db_column_int(stmt);
		span->start_unix_us = db_column_us(stmt);
		span->wall_us = db_column_us(stmt);
		span->is_error = db_column_int(stmt) == 1;
		span->received_unix_us = db_column_us(stmt);
		rc = db_row_check(stmt, err);
		if (rc < 0)
			break;
	}
	db_reset(stmt);
	if (trace->span_count > 0)
		qsort(trace->spans, trace->span_count, sizeof(*trace->spans), by_id);
	return rc;
}

/* ---- chains ---- */

static struct trace_span *find_span(const struct trace *trace, const char *id)
{
	struct trace_span key;

	if (id[0] == '\0' || trace->span_count == 0)
		return NULL;
	copy_id(key.id, id);
	return bsearch(&key, trace->spans, trace->span_count, sizeof(key), by_id);
}

/* Of two steps of one span the plugin's: an id that a sender chose takes nothing from it. */
static size_t find_step(const struct trace *trace, const char *span_id)
{
	size_t found = NO_STEP;

	for (size_t i = 0; span_id[0] != '\0' && i < trace->step_count; i++)
		if (strcmp(trace->steps[i].span_id, span_id) == 0 &&
		    (found == NO_STEP || trace->steps[i].is_plugins))
			found = i;
	return found;
}

/* Go up from a span to the first step, and let all on the way know which it is. */
static void settle_span(struct trace *trace, struct trace_span *span)
{
	struct trace_span *at = span;
	size_t step = NO_STEP, way = 0;

	/* A circle of parents ends after as many spans as there are. */
	while (!at->is_settled && way <= trace->span_count) {
		struct trace_span *parent;

		step = find_step(trace, at->parent_id);
		parent = step == NO_STEP ? find_span(trace, at->parent_id) : NULL;
		at->is_top = step != NO_STEP;
		way++;
		if (parent == NULL)
			break;
		at = parent;
	}
	if (at->is_settled)
		step = at->step;
	for (at = span; way > 0; way--) {
		at->is_settled = true;
		at->step = step;
		at = find_span(trace, at->parent_id);
		if (at == NULL)
			break;
	}
}

/* Whether the span can be of the time of its step, and came before anybody else knew the step's
 * ids. */
static bool is_of_time(const struct trace_span *span, const struct trace_step *step)
{
	int64_t end_unix_us;

	if (__builtin_add_overflow(span->start_unix_us, span->wall_us, &end_unix_us))
		return false;
	return span->start_unix_us >= step->start_unix_us - STORE_SPAN_SLACK_US &&
	       end_unix_us <= step->end_unix_us + STORE_SPAN_SLACK_US &&
	       (span->received_unix_us == JO_MISSING ||
		span->received_unix_us <= step->end_unix_us + STORE_SPAN_GRACE_US);
}

/* ---- what is kept ---- */

static int by_worth(const void *a, const void *b)
{
	const struct trace_span *x = *(struct trace_span *const *)a,
				*y = *(struct trace_span *const *)b;

	if (x->is_error != y->is_error)
		return y->is_error - x->is_error;
	if (x->wall_us != y->wall_us)
		return x->wall_us < y->wall_us ? 1 : -1;
	return strcmp(x->id, y->id);
}

/* Whether it is the span, or above it in its step, and nobody has decided to keep it. */
static bool is_above(const struct trace_span *above, const struct trace_span *span)
{
	return above != NULL && above->step == span->step && !above->is_refused && !above->is_kept;
}

/* The one above it in its step. */
static struct trace_span *above_of(const struct trace *trace, const struct trace_span *span)
{
	return span->is_top ? NULL : find_span(trace, span->parent_id);
}

/* Keep the span and those above it, when there is room for all of them; returns how much it took.
 */
static size_t keep(struct trace *trace, struct trace_span *span, size_t room)
{
	struct trace_span *above = span;
	size_t wanted = 0;

	for (; is_above(above, span) && wanted <= room; above = above_of(trace, above))
		wanted++;
	if (wanted > room)
		return 0;
	for (above = span; is_above(above, span); above = above_of(trace, above))
		above->is_kept = true;
	return wanted;
}

static void choose(struct trace *trace, size_t step)
{
	struct trace_span **list = xcalloc(trace->span_count + 1, sizeof(struct trace_span *));
	size_t count = 0, room = STORE_SPANS_MAX;

	for (size_t i = 0; i < trace->span_count; i++)
		if (trace->spans[i].step == step && !trace->spans[i].is_refused)
			list[count++] = &trace->spans[i];
	qsort(list, count, sizeof(struct trace_span *), by_worth);
	for (size_t i = 0; i < count && room > 0; i++)
		room -= keep(trace, list[i], room);
	free(list);
}

/* ---- what is declared ---- */

struct declared {
	struct jo_attrs attrs;
	int64_t input_bytes, input_source;
	struct row step; /* as far as it is to be judged again */
};

static int read_declared(struct store *store, enum store_statement which, int64_t step_id,
			 const char *trace_id, const char *span_id, struct declared *ret_declared,
			 struct jo_err *err)
{
	static const int columns[] = {COL_group_id, COL_end_unix_us, COL_ingest_unix_us,
				      COL_is_script};
	struct db_stmt *stmt;
	int rc = store_use(store, which, &stmt, err);

	if (rc < 0)
		return rc;
	db_bind_int(stmt, step_id);
	if (which == STMT_SPAN_DECLARED) {
		db_bind_text(stmt, trace_id);
		db_bind_text(stmt, span_id);
	}
	*ret_declared = (struct declared){.input_bytes = JO_MISSING};
	rc = db_step(stmt, err);
	if (rc > 0) {
		if (jo_attrs_parse(db_column_text(stmt), &ret_declared->attrs, NULL) < 0)
			ret_declared->attrs.count = 0;
		ret_declared->input_bytes = db_column_int(stmt);
		ret_declared->input_source = db_column_enum(stmt, JO_INPUT_READ + 1);
		ret_declared->step.id = step_id;
		for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
			ret_declared->step.cells[columns[i]].number = db_column_int(stmt);
		rc = db_row_check(stmt, err) < 0 ? -EBADMSG : 1;
	}
	db_reset(stmt);
	return rc;
}

/* Add what the span says to what the step has; whether that is anything. */
static bool take_over(struct declared *step, const struct declared *span)
{
	bool is_changed = false;

	for (size_t i = 0; i < span->attrs.count; i++)
		if (jo_attrs_get(&step->attrs, span->attrs.list[i].key) == NULL &&
		    jo_attrs_set(&step->attrs, span->attrs.list[i].key, span->attrs.list[i].value,
				 NULL) == 0)
			is_changed = true;
	if (span->input_bytes != JO_MISSING &&
	    merge_input_is_better(JO_INPUT_PROGRAM, (int)step->input_source)) {
		step->input_bytes = span->input_bytes;
		step->input_source = JO_INPUT_PROGRAM;
		is_changed = true;
	}
	return is_changed;
}

static int put_declared(struct store *store, enum store_statement which, int64_t step_id,
			const struct declared *declared, struct jo_err *err)
{
	struct db_stmt *stmt;
	int rc = store_use(store, which, &stmt, err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, row_attrs_text(store, &declared->attrs));
	db_bind_int(stmt, declared->input_bytes);
	db_bind_int(stmt, declared->input_source);
	db_bind_int(stmt, step_id);
	return db_run(stmt, err);
}

/* The step of a program that told its own span has what that says, of several such the longest. */
static int declare(struct store *store, const struct trace *trace, const struct trace_step *step,
		   struct jo_err *err)
{
	const struct trace_span *root = NULL;
	struct declared own, said;
	int rc;

	for (size_t i = 0; i < trace->span_count; i++)
		if (trace->spans[i].is_kept &&
		    strcmp(trace->spans[i].parent_id, step->span_id) == 0 &&
		    (root == NULL || trace->spans[i].wall_us > root->wall_us))
			root = &trace->spans[i];
	if (root == NULL || !step->is_plugins)
		return 0;
	rc = read_declared(store, STMT_SPAN_DECLARED, step->id, trace->id, root->id, &said, err);
	if (rc > 0)
		rc = read_declared(store, STMT_STEP_DECLARED, step->id, NULL, NULL, &own, err);
	if (rc <= 0 || !take_over(&own, &said))
		return rc < 0 ? rc : 0;
	/* Where each node has a row, what a step declared is in its first node's. */
	rc = put_declared(store, STMT_STEP_DECLARE, step->id, &own, err);
	if (rc == 0)
		rc = put_declared(store, STMT_STEP_NODE_DECLARE, step->id, &own, err);
	if (rc == 0)
		rc = waiting_change(store, &own.step, err);
	if (rc == 0)
		group_touch(store, own.step.cells[COL_group_id].number,
			    own.step.cells[COL_end_unix_us].number);
	arena_reset(&store->texts);
	return rc;
}

/* ---- written ---- */

static int change_span(struct store *store, const struct trace *trace,
		       const struct trace_span *span, struct jo_err *err)
{
	struct db_stmt *stmt;
	int rc = store_use(store, span->is_kept ? STMT_SPAN_STEP : STMT_SPAN_DROP, &stmt, err);

	if (rc < 0)
		return rc;
	if (span->is_kept)
		db_bind_int(stmt, trace->steps[span->step].id);
	db_bind_text(stmt, trace->id);
	db_bind_text(stmt, span->id);
	return db_run(stmt, err);
}

static int write_trace(struct store *store, const struct trace *trace, struct jo_err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < trace->span_count; i++) {
		const struct trace_span *span = &trace->spans[i];

		if (span->step == NO_STEP || (span->is_kept && span->old_step != JO_MISSING))
			continue;
		rc = change_span(store, trace, span, err);
	}
	return rc;
}

static int settle_trace(struct store *store, const char *trace_id,
			struct store_spans_settled *settled, struct jo_err *err)
{
	struct trace trace = {.id = trace_id};
	int rc = read_steps(store, &trace, err);

	if (rc == 0 && trace.step_count > 0)
		rc = read_spans(store, &trace, err);
	for (size_t i = 0; i < trace.span_count; i++)
		settle_span(&trace, &trace.spans[i]);
	for (size_t i = 0; i < trace.span_count; i++) {
		struct trace_span *span = &trace.spans[i];

		span->is_refused =
			span->step != NO_STEP && !is_of_time(span, &trace.steps[span->step]);
		settled->refused_count += span->is_refused;
	}
	for (size_t i = 0; i < trace.step_count; i++)
		choose(&trace, i);
	if (rc == 0)
		rc = write_trace(store, &trace, err);
	for (size_t i = 0; rc == 0 && i < trace.step_count; i++)
		rc = declare(store, &trace, &trace.steps[i], err);
	free(trace.steps);
	free(trace.spans);
	return rc;
}

/* The traces of spans that wait and of a step that has ended; *ret_ids is the caller's to free. */
static int read_traces(struct store *store, char (**ret_ids)[JO_TRACE_ID_SIZE], size_t *ret_count,
		       struct jo_err *err)
{
	char(*ids)[JO_TRACE_ID_SIZE] = NULL;
	size_t count = 0, capacity = 0;
	struct db_stmt stmt;
	int rc =
		db_prepare(store->db,
			   "SELECT DISTINCT trace_id FROM span AS s WHERE step IS NULL AND EXISTS ("
			   "SELECT 1 FROM step WHERE trace_id = s.trace_id"
			   " AND end_unix_us IS NOT NULL)",
			   DB_ONCE, &stmt, err);

	if (rc < 0)
		return rc;
	while ((rc = db_step(&stmt, err)) > 0) {
		ids = xgrow(ids, count, &capacity, sizeof(*ids));
		jo_record_set_string(ids[count++], JO_TRACE_ID_SIZE, db_column_text(&stmt));
	}
	db_release(&stmt);
	if (rc < 0)
		free(ids);
	*ret_ids = rc < 0 ? NULL : ids;
	*ret_count = rc < 0 ? 0 : count;
	return rc;
}

/* What waits for too long. */
static int drop_old(struct store *store, int64_t now_unix_us, struct store_spans_settled *settled,
		    struct jo_err *err)
{
	struct db_stmt stmt;
	int rc = db_prepare(store->db, "DELETE FROM span WHERE step IS NULL AND added_unix_us < ?",
			    DB_ONCE, &stmt, err);

	if (rc < 0)
		return rc;
	db_bind_int(&stmt, now_unix_us - STORE_SPAN_WAIT_US);
	rc = db_change_once(&stmt, err);
	if (rc > 0)
		settled->dropped_count += rc;
	return rc < 0 ? rc : 0;
}

int store_spans_settle(struct store *store, int64_t now_unix_us,
		       struct store_spans_settled *ret_settled, struct jo_err *err)
{
	char(*ids)[JO_TRACE_ID_SIZE] = NULL;
	size_t count = 0;
	int rc = store_begin(store, err);

	*ret_settled = (struct store_spans_settled){0};
	if (rc < 0)
		return rc;
	rc = read_traces(store, &ids, &count, err);
	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = settle_trace(store, ids[i], ret_settled, err);
	if (rc == 0)
		rc = drop_old(store, now_unix_us, ret_settled, err);
	if (rc == 0)
		rc = span_crowd_thin(store, ret_settled, err);
	if (rc == 0)
		rc = store_commit(store, err);
	if (rc < 0)
		store_rollback(store);
	free(ids);
	return rc;
}
