/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records into steps.  Most records are the only one of a new step and cost one
 * INSERT; all others are merged with what is known of their step, once for all
 * records of the step in the batch.
 */
#include "add.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "group.h"
#include "merge.h"
#include "node_add.h"
#include "node_touch.h"
#include "open_store.h"
#include "statements.h"
#include "step_update.h"
#include "util/alloc.h"

struct batch {
	struct store *store;
	int64_t now_unix_us;
	struct store_added *added;
};

static int compare_ints(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* By step and node; of a node the start before the end, which tells more. */
static int compare_inputs(const void *a, const void *b)
{
	const struct jo_record *x = (*(const struct store_input *const *)a)->record;
	const struct jo_record *y = (*(const struct store_input *const *)b)->record;
	int order;

	if ((order = compare_ints(x->job_id, y->job_id)) != 0)
		return order;
	/* The batch step, with the largest number, before the steps inside: its start is the job's.
	 */
	if ((order = compare_ints(y->step_id, x->step_id)) != 0)
		return order;
	if ((order = compare_ints(x->array_task_id, y->array_task_id)) != 0)
		return order;
	if ((order = compare_ints(x->restart_count, y->restart_count)) != 0)
		return order;
	if ((order = strcmp(x->cluster, y->cluster)) != 0)
		return order;
	if ((order = strcmp(x->node, y->node)) != 0)
		return order;
	return compare_ints(x->kind, y->kind);
}

static bool is_same_step(const struct jo_record *a, const struct jo_record *b)
{
	return a->job_id == b->job_id && a->step_id == b->step_id &&
	       a->array_task_id == b->array_task_id && a->restart_count == b->restart_count &&
	       strcmp(a->cluster, b->cluster) == 0;
}

/* ---- the step made of its nodes, and written ---- */

static int job_start(struct store *store, const struct row *step, int64_t *ret_start_unix_us,
		     struct jo_err *err)
{
	struct db_stmt *stmt;
	int rc;

	rc = store_use(store, STMT_JOB_START, &stmt, err);
	if (rc < 0)
		return rc;
	db_bind_int(stmt, step->cells[COL_job_id].number);
	db_bind_int(stmt, step->cells[COL_cluster_id].number);
	db_bind_int(stmt, step->cells[COL_array_task_id].number);
	db_bind_int(stmt, step->cells[COL_restart_count].number);
	rc = db_step(stmt, err);
	if (rc > 0)
		*ret_start_unix_us = db_column_int(stmt);
	db_reset(stmt);
	return rc < 0 ? rc : 0;
}

/* An import tells the state; else it is derived, and the job looked up only where the step ended
 * badly. */
static int set_state(struct store *store, struct row *step, struct jo_err *err)
{
	int64_t start_unix_us = step->cells[COL_start_unix_us].number;
	int64_t job_start_unix_us = JO_MISSING;
	enum step_state state = (enum step_state)step->cells[COL_state].number;
	int rc;

	if (state == STEP_STATE_NONE || step->cells[COL_source].number == STEP_SOURCE_PLUGIN) {
		state = merge_state(step, start_unix_us);
		if (state == STEP_STATE_CANCELLED || state == STEP_STATE_FAILED) {
			rc = job_start(store, step, &job_start_unix_us, err);
			if (rc < 0)
				return rc;
			if (job_start_unix_us < start_unix_us && job_start_unix_us != JO_MISSING)
				state = merge_state(step, job_start_unix_us);
		}
	}
	step->cells[COL_state].number = (int64_t)state;
	if (state == STEP_STATE_RUNNING)
		step->cells[COL_end_unix_us].number = JO_MISSING;
	return 0;
}

static int make_step(struct store *store, struct row *step, const struct row *nodes, size_t count,
		     struct jo_err *err)
{
	int rc;

	merge_nodes(store, step, nodes, count);
	rc = set_state(store, step, err);
	if (rc < 0)
		return rc;
	return group_id(store, step, &step->cells[COL_group_id].number, err);
}

/* Returns 1 when the step was added, 0 when its key is there already. */
static int insert_step(struct store *store, struct row *step, struct jo_err *err)
{
	struct db_stmt *stmt;
	int rc;

	rc = store_use(store, STMT_STEP_ADD, &stmt, err);
	if (rc < 0)
		return rc;
	row_bind(stmt, step, false);
	rc = db_insert(stmt, &step->id, err);
	if (rc <= 0)
		return rc;
	if (step->cells[COL_end_unix_us].number != JO_MISSING)
		group_touch(store, step->cells[COL_group_id].number,
			    step->cells[COL_end_unix_us].number);
	return 1;
}

static int update_step(struct store *store, const struct known_step *known, struct jo_err *err)
{
	const struct row *step = &known->step;
	struct db_stmt *stmt;
	int rc;

	rc = store_use(store, STMT_STEP_CHANGE, &stmt, err);
	if (rc < 0)
		return rc;
	row_bind(stmt, step, false);
	db_bind_int(stmt, step->id);
	rc = db_run(stmt, err);
	if (rc < 0)
		return rc;
	if (known->old_end_unix_us != JO_MISSING)
		group_touch(store, known->old_group_id, known->old_end_unix_us);
	if (step->cells[COL_end_unix_us].number != JO_MISSING)
		group_touch(store, step->cells[COL_group_id].number,
			    step->cells[COL_end_unix_us].number);
	return 0;
}

static int write_nodes(struct store *store, const struct known_step *known, struct jo_err *err)
{
	struct db_stmt *stmt;
	int rc;

	for (size_t i = 0; known->count > 1 && i < known->count; i++) {
		if (!known->is_changed[i] && !known->was_single)
			continue;
		rc = store_use(store, STMT_STEP_NODE_PUT, &stmt, err);
		if (rc < 0)
			return rc;
		db_bind_int(stmt, known->step.id);
		row_bind(stmt, &known->nodes[i], true);
		rc = db_run(stmt, err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int write_known(const struct batch *batch, struct known_step *known, struct jo_err *err)
{
	struct row *step = &known->step;
	int rc;

	step->cells[COL_ingest_unix_us].number = batch->now_unix_us;
	step->cells[COL_judged_unix_us].number = JO_MISSING;
	rc = make_step(batch->store, step, known->nodes, known->count, err);
	if (rc < 0)
		return rc;
	if (step->id == JO_MISSING) {
		rc = insert_step(batch->store, step, err);
		known->was_single = true;
	} else {
		rc = update_step(batch->store, known, err);
	}
	return rc < 0 ? rc : write_nodes(batch->store, known, err);
}

/* ---- a batch ---- */

static int add_node(const struct batch *batch, const struct store_input *input, struct jo_err *err)
{
	struct row row;
	int rc;

	rc = row_from_record(batch->store, input, batch->now_unix_us, &row, err);
	if (rc == 0)
		rc = node_add(batch->store, input->record, &row, err);
	if (rc < 0)
		return rc;
	if (rc > 0)
		batch->added->new_count++;
	else
		batch->added->duplicate_count++;
	node_touch_add(batch->store, &row, input->record->dropped_count, batch->now_unix_us);
	return 0;
}

/* All records of one step. */
static int add_step(const struct batch *batch, const struct store_input *const *inputs,
		    size_t count, struct jo_err *err)
{
	struct store *store = batch->store;
	struct known_step known = {.step.id = JO_MISSING};
	struct row row, node;
	bool is_new, is_changed = false;
	int rc;

	rc = row_from_record(store, inputs[0], batch->now_unix_us, &row, err);
	if (rc < 0)
		return rc;
	if (count == 1) {
		node = row;
		rc = make_step(store, &row, &node, 1, err);
		if (rc == 0)
			rc = insert_step(store, &row, err);
		if (rc > 0) {
			batch->added->new_count++;
			node_touch_add(store, &row, inputs[0]->record->dropped_count,
				       batch->now_unix_us);
		}
		if (rc != 0)
			return rc < 0 ? rc : 0;
		row = node;
	}

	rc = known_read(store, &row, &known, err);
	is_new = known.step.id == JO_MISSING;
	for (size_t i = 0; rc >= 0 && i < count; i++) {
		rc = row_from_record(store, inputs[i], batch->now_unix_us, &row, err);
		if (rc == 0)
			rc = known_apply(store, &known, &row, err);
		if (rc < 0)
			break;
		node_touch_add(store, &row, inputs[i]->record->dropped_count, batch->now_unix_us);
		if (rc > 0 && is_new && !is_changed)
			batch->added->new_count++;
		else if (rc > 0)
			batch->added->changed_count++;
		else
			batch->added->duplicate_count++;
		is_changed |= rc > 0;
	}
	if (rc >= 0 && is_changed)
		rc = write_known(batch, &known, err);
	known_release(&known);
	return rc < 0 ? rc : 0;
}

int store_add(struct store *store, const struct store_input *inputs, size_t count,
	      int64_t now_unix_us, struct store_added *added, struct jo_err *err)
{
	const struct batch batch = {store, now_unix_us, added};
	const struct store_input **sorted = xreallocarray(NULL, count + 1, sizeof(*sorted));
	size_t step_count = 0;
	int rc = 0;

	assert(store->is_in_transaction);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		if (inputs[i].record->kind == JO_RECORD_NODE)
			rc = add_node(&batch, &inputs[i], err);
		else
			sorted[step_count++] = &inputs[i];
	}
	qsort(sorted, step_count, sizeof(*sorted), compare_inputs);
	for (size_t i = 0, end; rc == 0 && i < step_count; i = end) {
		for (end = i + 1; end < step_count; end++)
			if (!is_same_step(sorted[i]->record, sorted[end]->record))
				break;
		rc = add_step(&batch, sorted + i, end - i, err);
		arena_reset(&store->texts);
	}
	free(sorted);
	return rc;
}
