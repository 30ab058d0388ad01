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

#include "add_batch.h"
#include "add_script.h"
#include "group.h"
#include "job_months.h"
#include "merge.h"
#include "node_add.h"
#include "node_touch.h"
#include "open_store.h"
#include "profile_text.h"
#include "statements.h"
#include "step_id.h"
#include "step_update.h"
#include "util/alloc.h"
#include "waiting.h"

/* Whether what was read for the batch is not what the database has of the key by now. */
static bool is_outdated(const struct add_batch *batch, const struct known_lives *lives,
			const struct row *row)
{
	bool is_outdated = batch->only_fills || batch->is_renewed || fresh_has(&batch->fresh, row);

	for (size_t i = 0; i < lives->count && !is_outdated; i++)
		is_outdated = keymap_get(&batch->changed, &lives->list[i].step.id) != NULL;
	return is_outdated;
}

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

/* As below, of steps that are in memory alone, of which none has another life there. */
static int64_t start_of_waiting(struct add_batch *batch, const struct row *step,
				int64_t from_unix_us)
{
	int64_t to_unix_us = step->cells[COL_start_unix_us].number, earliest_unix_us = JO_MISSING;
	size_t count;
	const struct fresh_step *list = fresh_waiting(&batch->fresh, &count);

	for (size_t i = 0; i < count; i++) {
		int64_t start_unix_us = list[i].step.cells[COL_start_unix_us].number;

		if (fresh_is_same_run(&list[i].step, step) && start_unix_us >= from_unix_us &&
		    start_unix_us <= to_unix_us &&
		    (earliest_unix_us == JO_MISSING || start_unix_us < earliest_unix_us))
			earliest_unix_us = start_unix_us;
	}
	return earliest_unix_us;
}

/*
 * The earliest start of a step of the job, of its own life: of each step the
 * latest before this one, and none that the job's time limit puts out of reach.
 */
static int job_start(struct add_batch *batch, const struct row *step, int64_t *ret_start_unix_us,
		     struct jo_err *err)
{
	int64_t start_unix_us = step->cells[COL_start_unix_us].number;
	int64_t limit_us = step->cells[COL_time_limit_us].number;
	int64_t earliest_unix_us;
	struct db_stmt *stmt;
	int rc;

	if (start_unix_us == JO_MISSING || limit_us == JO_MISSING ||
	    __builtin_sub_overflow(start_unix_us, KNOWN_LIFE_GAP_US, &earliest_unix_us) ||
	    __builtin_sub_overflow(earliest_unix_us, limit_us, &earliest_unix_us))
		return 0;
	if (!add_batch_may_have(batch, FRESH_HAS_RUN)) {
		*ret_start_unix_us = start_of_waiting(batch, step, earliest_unix_us);
		return 0;
	}
	rc = add_batch_send_job(batch, err);
	if (rc == 0)
		rc = store_use(batch->store, STMT_JOB_START, &stmt, err);
	if (rc < 0)
		return rc;
	db_bind_int(stmt, step->cells[COL_job_id].number);
	db_bind_int(stmt, step->cells[COL_cluster_id].number);
	db_bind_int(stmt, step->cells[COL_array_task_id].number);
	db_bind_int(stmt, step->cells[COL_restart_count].number);
	db_bind_int(stmt, earliest_unix_us);
	db_bind_int(stmt, start_unix_us);
	id_range_bind(stmt, add_batch_within(batch));
	rc = db_step(stmt, err);
	if (rc > 0)
		*ret_start_unix_us = db_column_us(stmt);
	db_reset(stmt);
	return rc < 0 ? rc : 0;
}

/* An import tells the state; else it is derived, and the job looked up only where the step ended
 * badly. */
static int set_state(struct add_batch *batch, struct row *step, struct jo_err *err)
{
	int64_t start_unix_us = step->cells[COL_start_unix_us].number;
	int64_t job_start_unix_us = JO_MISSING;
	enum step_state state = (enum step_state)step->cells[COL_state].number;
	int rc;

	if (state == STEP_STATE_NONE || step->cells[COL_source].number == STEP_SOURCE_PLUGIN) {
		state = merge_state(step, start_unix_us);
		if (state == STEP_STATE_CANCELLED || state == STEP_STATE_FAILED) {
			rc = job_start(batch, step, &job_start_unix_us, err);
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

static int make_step(struct add_batch *batch, struct row *step, const struct row *nodes,
		     size_t count, struct jo_err *err)
{
	int rc;

	merge_nodes(batch->store, step, nodes, count);
	rc = set_state(batch, step, err);
	if (rc == 0)
		rc = add_script_set(batch, step, err);
	if (rc < 0)
		return rc;
	return group_id(batch->store, step, &step->cells[COL_group_id].number, err);
}

/* ---- starts of a batch step that say that it runs for the first time ---- */

/*
 * Slurm 22.05 tells a requeued batch job's plugin that it was not restarted, but
 * its end knows better.  The start is written before the plugin's own work, the
 * end's begins after that; Slurm waits two minutes before it starts a job again.
 */
#define BEGIN_GAP_US (INT64_C(60) * 1000000)

static int bind_other_run(struct add_batch *batch, enum store_statement which,
			  const struct row *row, int64_t from_unix_us, int64_t to_unix_us,
			  struct db_stmt **ret_stmt, struct jo_err *err)
{
	int rc = store_use(batch->store, which, ret_stmt, err);

	if (rc < 0)
		return rc;
	row_bind_key(*ret_stmt, row);
	db_bind_int(*ret_stmt, row->cells[COL_node_id].number);
	db_bind_int(*ret_stmt, from_unix_us);
	db_bind_int(*ret_stmt, to_unix_us);
	id_range_bind(*ret_stmt, add_batch_within(batch));
	return 0;
}

static bool is_of_requeued(const struct row *row)
{
	return row->cells[COL_source].number == STEP_SOURCE_PLUGIN &&
	       row->cells[COL_step_kind].number == JO_STEP_BATCH &&
	       row->cells[COL_start_unix_us].number != JO_MISSING;
}

/* The step is an end's, and has just been added: what its start was taken for goes, and what that
 * stood before is the newest again. */
static int drop_mistaken_start(struct add_batch *batch, const struct row *step, struct jo_err *err)
{
	struct store *store = batch->store;
	int64_t start_unix_us = step->cells[COL_start_unix_us].number, id;
	struct row mistaken = *step;
	struct db_stmt *stmt;
	int rc;

	if (!is_of_requeued(step) || step->cells[COL_restart_count].number == 0 ||
	    step->cells[COL_node_ended_count].number != 1)
		return 0;
	rc = add_batch_send_job(batch, err);
	if (rc == 0)
		rc = bind_other_run(batch, STMT_START_BEFORE, step, start_unix_us - BEGIN_GAP_US,
				    start_unix_us, &stmt, err);
	if (rc < 0)
		return rc;
	rc = db_step(stmt, err);
	if (rc <= 0)
		return rc;
	id = db_column_int(stmt);
	mistaken.cells[COL_restart_count].number = db_column_int(stmt);
	db_reset(stmt);
	rc = store_use(store, STMT_STEP_DROP, &stmt, err);
	if (rc < 0)
		return rc;
	db_bind_int(stmt, id);
	rc = db_run(stmt, err);
	if (rc == 0)
		rc = store_use(store, STMT_STEP_NEWEST, &stmt, err);
	if (rc < 0)
		return rc;
	row_bind_key(stmt, &mistaken);
	id_range_bind(stmt, add_batch_within(batch));
	batch->is_renewed = true;
	add_batch_note_changed(batch, id);
	rc = db_run(stmt, err);
	return rc < 0 ? rc : waiting_drop(store, id, err);
}

/* Whether the start is that of a later run, whose end is known already. */
static int is_mistaken_start(struct add_batch *batch, const struct row *row, struct jo_err *err)
{
	int64_t start_unix_us = row->cells[COL_start_unix_us].number;
	struct db_stmt *stmt;
	int rc;

	if (!is_of_requeued(row) || row->cells[COL_node_ended_count].number == 1)
		return 0;
	rc = add_batch_send_job(batch, err);
	if (rc == 0)
		rc = bind_other_run(batch, STMT_END_AFTER, row, start_unix_us,
				    start_unix_us + BEGIN_GAP_US, &stmt, err);
	if (rc < 0)
		return rc;
	rc = db_step(stmt, err);
	db_reset(stmt);
	return rc;
}

/* ---- written ---- */

/* Add the step, whose key and life nobody has. */
static int insert_step(struct add_batch *batch, struct row *step, int64_t life, struct jo_err *err)
{
	struct store *store = batch->store;
	int rc = step_id_make(store, step, batch->now_unix_us, &step->id, err);

	if (rc < 0)
		return rc;
	job_months_add(store, step);
	fresh_add(&batch->fresh, step, life);
	if (step->cells[COL_end_unix_us].number != JO_MISSING)
		group_touch(store, step->cells[COL_group_id].number,
			    step->cells[COL_end_unix_us].number);
	rc = drop_mistaken_start(batch, step, err);
	return rc < 0 ? rc : add_script_mark(batch, step, err);
}

/* The step's place among those of its key: the newest is 0, and what was it moves. */
static int find_life(struct add_batch *batch, struct known_lives *lives, struct known_step *known,
		     struct jo_err *err)
{
	struct known_step *newest = NULL;
	struct db_stmt *stmt;
	int64_t count = 0;
	int rc;

	for (size_t i = 0; i < lives->count; i++) {
		if (lives->list[i].life >= count)
			count = lives->list[i].life + 1;
		if (lives->list[i].life == 0)
			newest = &lives->list[i];
	}
	known->life = newest == NULL ? 0 : count;
	if (newest == NULL || newest->step.cells[COL_start_unix_us].number >
				      known->step.cells[COL_start_unix_us].number)
		return 0;
	rc = add_batch_send_job(batch, err);
	if (rc == 0)
		rc = store_use(batch->store, STMT_STEP_LIFE, &stmt, err);
	if (rc < 0)
		return rc;
	db_bind_int(stmt, count);
	db_bind_int(stmt, newest->step.id);
	rc = db_run(stmt, err);
	add_batch_note_changed(batch, newest->step.id);
	newest->life = count;
	known->life = 0;
	return rc;
}

static int update_step(struct add_batch *batch, const struct known_step *known, struct jo_err *err)
{
	struct store *store = batch->store;
	const struct row *step = &known->step;
	struct db_stmt *stmt;
	int rc;

	rc = store_use(store, STMT_STEP_CHANGE, &stmt, err);
	if (rc < 0)
		return rc;
	row_bind(stmt, step, false);
	db_bind_int(stmt, step->id);
	rc = db_run(stmt, err);
	add_batch_note_changed(batch, step->id);
	if (rc == 0)
		rc = waiting_change(store, step, err);
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
		/* Of what was single none is there. */
		rc = known->was_single ? db_put(stmt, err) : db_run(stmt, err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int write_profiles(struct store *store, const struct known_step *known, struct jo_err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < known->count; i++)
		rc = profile_text_put(store, known->step.id, &known->nodes[i], err);
	return rc;
}

static int write_known(struct add_batch *batch, struct known_lives *lives, struct known_step *known,
		       struct jo_err *err)
{
	struct row *step = &known->step;
	int rc;

	step->cells[COL_ingest_unix_us].number = batch->now_unix_us;
	rc = make_step(batch, step, known->nodes, known->count, err);
	if (rc < 0)
		return rc;
	if (step->id == JO_MISSING) {
		rc = find_life(batch, lives, known, err);
		if (rc == 0)
			rc = insert_step(batch, step, known->life, err);
		known->was_single = true;
	} else {
		rc = update_step(batch, known, err);
	}
	if (rc >= 0)
		rc = write_nodes(batch->store, known, err);
	return rc < 0 ? rc : write_profiles(batch->store, known, err);
}

/* ---- a batch ---- */

static int add_node(const struct add_batch *batch, const struct store_input *input,
		    struct jo_err *err)
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

/* One record of a step that is known, or is one of several.  Returns 1 when it said something new.
 */
static int take_row(struct add_batch *batch, struct known_lives *lives, const struct row *row,
		    struct jo_err *err)
{
	struct known_step *known = known_find(lives, row);
	int rc = 0;

	if (known == NULL && batch->only_fills)
		rc = 1;
	else if (known == NULL && lives->count > 0)
		rc = is_mistaken_start(batch, row, err);
	if (rc < 0)
		return rc;
	if (known == NULL && rc > 0) {
		batch->added->duplicate_count++;
		return 0;
	}
	if (known == NULL)
		known = known_new(lives);
	rc = known_apply(batch->store, known, row, err);
	if (rc < 0)
		return rc;
	if (rc == 0)
		batch->added->duplicate_count++;
	else if (known->step.id == JO_MISSING && !known->is_news)
		batch->added->new_count++;
	else
		batch->added->changed_count++;
	known->is_news |= rc > 0;
	return rc;
}

/* The only record of a step that nobody knows. */
static int add_new(struct add_batch *batch, const struct store_input *input, const struct row *node,
		   struct jo_err *err)
{
	struct row step = *node;
	int rc = make_step(batch, &step, node, 1, err);

	if (rc == 0)
		rc = insert_step(batch, &step, 0, err);
	if (rc < 0)
		return rc;
	batch->added->new_count++;
	node_touch_add(batch->store, &step, input->record->dropped_count, batch->now_unix_us);
	return profile_text_put(batch->store, step.id, node, err);
}

/* Read anew what the database has of the key. */
static int read_lives(struct add_batch *batch, const struct row *row, struct known_lives *lives,
		      struct jo_err *err)
{
	int rc = add_batch_send_job(batch, err);

	known_release(lives);
	if (rc < 0)
		return rc;
	return batch->only_fills
		       ? known_read_runs(batch->store, row, add_batch_within(batch), lives, err)
		       : known_read(batch->store, row, add_batch_within(batch), lives, err);
}

/* All records with one key, of which first is the first's row, and lives what was read for the
 * batch.
 */
static int add_step(struct add_batch *batch, const struct store_input *const *inputs, size_t count,
		    const struct row *first, struct known_lives *lives, struct jo_err *err)
{
	struct store *store = batch->store;
	struct row row;
	int rc;

	if (count == 1 && !batch->only_fills && (batch->place.beside & FRESH_IS_THERE) == 0 &&
	    !fresh_has(&batch->fresh, first))
		return add_new(batch, inputs[0], first, err);

	/* Whether a run matters was asked of the first record alone. */
	batch->place.beside |= FRESH_HAS_RUN;
	rc = is_outdated(batch, lives, first) ? read_lives(batch, first, lives, err) : 0;
	for (size_t i = 0; rc >= 0 && i < count; i++) {
		rc = row_from_record(store, inputs[i], batch->now_unix_us, &row, err);
		if (rc == 0)
			rc = take_row(batch, lives, &row, err);
		if (rc >= 0 && !batch->only_fills)
			node_touch_add(store, &row, inputs[i]->record->dropped_count,
				       batch->now_unix_us);
	}
	for (size_t i = 0; rc >= 0 && i < lives->count; i++)
		if (lives->list[i].is_news)
			rc = write_known(batch, lives, &lives->list[i], err);
	return rc < 0 ? rc : 0;
}

/* Records with one key: where they stand among the sorted ones. */
struct same {
	size_t begin, end;
};

/* Part them by their keys, of which the first's rows are made; rows and list have room for all. */
static int part(struct add_batch *batch, const struct store_input *const *sorted, size_t count,
		struct same *list, struct row *rows, size_t *ret_count, struct jo_err *err)
{
	size_t same_count = 0;
	int rc = 0;

	for (size_t i = 0, end; rc == 0 && i < count; i = end) {
		for (end = i + 1; end < count; end++)
			if (!is_same_step(sorted[i]->record, sorted[end]->record))
				break;
		list[same_count] = (struct same){i, end};
		rc = row_from_record(batch->store, sorted[i], batch->now_unix_us,
				     &rows[same_count++], err);
	}
	*ret_count = same_count;
	return rc;
}

static int add_sorted(struct add_batch *batch, const struct store_input *const *sorted,
		      size_t count, struct jo_err *err)
{
	struct same *list = xreallocarray(NULL, count + 1, sizeof(*list));
	struct row *rows = xreallocarray(NULL, count + 1, sizeof(*rows));
	struct known_lives *lives = xcalloc(count + 1, sizeof(*lives));
	struct fresh_places places = {0};
	size_t same_count = 0;
	int rc = part(batch, sorted, count, list, rows, &same_count, err);

	if (rc == 0)
		rc = fresh_look(batch->store, rows, same_count, batch->only_fills, &places, err);
	if (rc == 0)
		rc = known_read_list(batch->store, rows, same_count, &places, lives, err);
	for (size_t i = 0; rc == 0 && i < same_count; i++) {
		const struct same *same = &list[i];

		if (i > 0 && sorted[same->begin]->record->job_id !=
				     sorted[same->begin - 1]->record->job_id) {
			fresh_begin_job(&batch->fresh);
			batch->is_renewed = false;
		}
		batch->place = places.list[i];
		rc = add_step(batch, sorted + same->begin, same->end - same->begin, &rows[i],
			      &lives[i], err);
	}
	if (rc == 0)
		rc = fresh_send(&batch->fresh, err);
	for (size_t i = 0; i < same_count; i++)
		known_release(&lives[i]);
	keymap_release(&batch->changed);
	free(lives);
	fresh_places_release(&places);
	free(rows);
	free(list);
	return rc;
}

static int add_all(struct add_batch *batch, const struct store_input *inputs, size_t count,
		   struct jo_err *err)
{
	struct store *store = batch->store;
	const struct store_input **sorted = xreallocarray(NULL, count + 1, sizeof(*sorted));
	size_t step_count = 0;
	int rc = 0;

	assert(store->is_in_transaction);
	batch->fresh.store = store;
	batch->changed.key_count = 1;
	for (size_t i = 0; rc == 0 && i < count; i++) {
		if (inputs[i].record->kind == JO_RECORD_NODE)
			rc = add_node(batch, &inputs[i], err);
		else
			sorted[step_count++] = &inputs[i];
	}
	qsort(sorted, step_count, sizeof(*sorted), compare_inputs);
	if (rc == 0)
		rc = add_sorted(batch, sorted, step_count, err);
	fresh_release(&batch->fresh);
	arena_reset(&store->texts);
	free(sorted);
	return rc;
}

int store_add(struct store *store, const struct store_input *inputs, size_t count,
	      int64_t now_unix_us, struct store_added *added, struct jo_err *err)
{
	struct add_batch batch = {.store = store, .now_unix_us = now_unix_us, .added = added};

	return add_all(&batch, inputs, count, err);
}

int store_fill(struct store *store, const struct store_input *inputs, size_t count,
	       int64_t now_unix_us, struct store_added *added, struct jo_err *err)
{
	struct add_batch batch = {
		.store = store, .now_unix_us = now_unix_us, .only_fills = true, .added = added};

	return add_all(&batch, inputs, count, err);
}
