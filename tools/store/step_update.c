/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps that the table has already, and what one more record says that is not known of them. */
#include "step_update.h"

#include <stdlib.h>

#include "fresh.h"
#include "statements.h"
#include "util/alloc.h"

void known_release(struct known_lives *lives)
{
	for (size_t i = 0; i < lives->count; i++) {
		free(lives->list[i].nodes);
		free(lives->list[i].is_changed);
	}
	free(lives->list);
	*lives = (struct known_lives){0};
}

struct known_step *known_new(struct known_lives *lives)
{
	struct known_step *known;

	lives->list = xreallocarray(lives->list, lives->count + 1, sizeof(*lives->list));
	known = &lives->list[lives->count++];
	*known = (struct known_step){.step.id = JO_MISSING, .life = JO_MISSING};
	return known;
}

static void known_append(struct known_step *known, const struct row *node, bool is_changed)
{
	if (known->count == known->capacity) {
		known->capacity = grown_capacity(known->capacity);
		known->nodes = xreallocarray(known->nodes, known->capacity, sizeof(*known->nodes));
		known->is_changed = xreallocarray(known->is_changed, known->capacity,
						  sizeof(*known->is_changed));
	}
	known->nodes[known->count] = *node;
	known->is_changed[known->count] = is_changed;
	known->count++;
}

static int read_nodes(struct store *store, struct known_step *known, struct jo_err *err)
{
	struct db_stmt *stmt;
	struct row node;
	int rc;

	known->old_group_id = known->step.cells[COL_group_id].number;
	known->old_end_unix_us = known->step.cells[COL_end_unix_us].number;
	known->was_single = known->step.cells[COL_node_seen_count].number == 1;
	if (known->was_single) {
		known_append(known, &known->step, false);
		return 0;
	}
	rc = store_use(store, STMT_STEP_NODES, &stmt, err);
	if (rc < 0)
		return rc;
	db_bind_int(stmt, known->step.id);
	while ((rc = db_step(stmt, err)) > 0) {
		rc = row_read(store, stmt, true, &node, err);
		if (rc < 0)
			break;
		known_append(known, &node, false);
	}
	db_reset(stmt);
	return rc;
}

static int compare_lives(const void *a, const void *b)
{
	int64_t x = ((const struct known_step *)a)->life, y = ((const struct known_step *)b)->life;

	return (x > y) - (x < y);
}

/* Of all that were read; the newest life comes first. */
static int read_all_nodes(struct store *store, struct known_lives *lives, struct jo_err *err)
{
	int rc = 0;

	if (lives->count > 1)
		qsort(lives->list, lives->count, sizeof(*lives->list), compare_lives);
	for (size_t i = 0; rc == 0 && i < lives->count; i++)
		rc = read_nodes(store, &lives->list[i], err);
	return rc;
}

/* The steps that the statement, whose values are bound, finds. */
static int read_steps(struct store *store, struct db_stmt *stmt, struct known_lives *lives,
		      struct jo_err *err)
{
	struct known_step *known;
	int rc;

	while ((rc = db_step(stmt, err)) > 0) {
		known = known_new(lives);
		known->life = db_column_int(stmt);
		rc = row_read(store, stmt, false, &known->step, err);
		if (rc < 0)
			break;
	}
	db_reset(stmt);
	return rc < 0 ? rc : read_all_nodes(store, lives, err);
}

int known_read(struct store *store, const struct row *row, struct id_range within,
	       struct known_lives *lives, struct jo_err *err)
{
	struct db_stmt *stmt;
	int rc = store_use(store, STMT_STEP_BY_KEY, &stmt, err);

	if (rc < 0)
		return rc;
	row_bind_key(stmt, row);
	id_range_bind(stmt, within);
	return read_steps(store, stmt, lives, err);
}

/* Those of the list that are within the range; their nodes are left to be read. */
static int read_range(struct store *store, const char *list, size_t count, struct id_range range,
		      struct known_lives *lives, struct jo_err *err)
{
	struct known_step *known;
	struct db_stmt *stmt;
	int64_t index;
	int rc = store_use(store, STMT_STEPS_BY_KEYS, &stmt, err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, list);
	id_range_bind(stmt, range);
	while ((rc = db_step(stmt, err)) > 0) {
		index = db_column_int(stmt);
		if (index < 0 || (size_t)index >= count)
			continue;
		known = known_new(&lives[index]);
		known->life = db_column_int(stmt);
		rc = row_read(store, stmt, false, &known->step, err);
		if (rc < 0)
			break;
	}
	db_reset(stmt);
	return rc;
}

int known_read_list(struct store *store, const struct row *rows, size_t count,
		    const struct fresh_places *places, struct known_lives *ret_lives,
		    struct jo_err *err)
{
	struct strbuf list;
	int rc = 0;

	strbuf_init(&list);
	for (size_t i = 0; rc == 0 && i < places->range_count; i++)
		if (fresh_list(rows, count, places, places->ranges[i], FRESH_IS_THERE, &list))
			rc = read_range(store, list.text, count, places->ranges[i], ret_lives, err);
	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = read_all_nodes(store, &ret_lives[i], err);
	strbuf_release(&list);
	return rc;
}

int known_read_runs(struct store *store, const struct row *row, struct id_range within,
		    struct known_lives *lives, struct jo_err *err)
{
	struct db_stmt *stmt;
	int rc = store_use(store, STMT_STEP_OF_RUNS, &stmt, err);

	if (rc < 0)
		return rc;
	db_bind_int(stmt, row->cells[COL_job_id].number);
	db_bind_int(stmt, row->cells[COL_cluster_id].number);
	db_bind_int(stmt, row->cells[COL_array_task_id].number);
	db_bind_int(stmt, row->cells[COL_step_id].number);
	id_range_bind(stmt, within);
	return read_steps(store, stmt, lives, err);
}

/* ---- which step a record is of ---- */

static struct row *find_node(struct known_step *known, const struct row *row, size_t *ret_index)
{
	for (size_t i = 0; i < known->count; i++)
		if (known->nodes[i].cells[COL_node_id].number == row->cells[COL_node_id].number) {
			*ret_index = i;
			return &known->nodes[i];
		}
	return NULL;
}

static bool has_ended(const struct row *node)
{
	return node->cells[COL_node_ended_count].number == 1;
}

/* Whether the node ended before the other row of it began, by the same clock. */
static bool is_over_before(const struct row *node, const struct row *other)
{
	int64_t end_unix_us = row_end(node);

	return end_unix_us != JO_MISSING && other->cells[COL_start_unix_us].number > end_unix_us;
}

/* What one node's plugin told can be of one step; both know their start. */
static bool can_be_one(const struct row *node, const struct row *row)
{
	if (!has_ended(node) && !has_ended(row))
		return node->cells[COL_start_unix_us].number ==
		       row->cells[COL_start_unix_us].number;
	return !is_over_before(node, row) && !is_over_before(row, node);
}

static bool is_of_plugin(const struct row *row)
{
	return row->cells[COL_source].number == STEP_SOURCE_PLUGIN;
}

/* Slurm says whose a step is; what names it besides may be what its user says, and no user's
 * record may change another's step. */
static bool is_of_one_user(const struct row *a, const struct row *b)
{
	return row_is_missing(a, COL_uid) || row_is_missing(b, COL_uid) ||
	       row_cell_equals(a, b, COL_uid);
}

/* How far the starts are apart; false when they are not of one step. */
static bool is_same_life(struct known_step *known, const struct row *row, int64_t *ret_gap_us)
{
	int64_t start_unix_us = row->cells[COL_start_unix_us].number, gap_us;
	int64_t node_count = known->step.cells[COL_node_count].number;
	const struct row *node;
	size_t i;

	if (is_of_plugin(row) && is_of_plugin(&known->step) && !is_of_one_user(row, &known->step))
		return false;
	/* A made number is of one job, whatever is taken for its start each time it is read. */
	if ((!is_of_plugin(row) && row->cells[COL_job_id].number >= STEP_JOB_MADE_FIRST) ||
	    row_is_missing(row, COL_start_unix_us) ||
	    row_is_missing(&known->step, COL_start_unix_us)) {
		*ret_gap_us = 0;
		return true;
	}
	node = find_node(known, row, &i);
	if (is_of_plugin(row) && is_of_plugin(&known->step)) {
		if (node == NULL && node_count != JO_MISSING && known->count > 0 &&
		    (int64_t)known->count >= node_count)
			return false;
		if (node != NULL && !row_is_missing(node, COL_start_unix_us) &&
		    !can_be_one(node, row))
			return false;
	}
	if (node == NULL || row_is_missing(node, COL_start_unix_us))
		node = &known->step;
	if (__builtin_sub_overflow(start_unix_us, node->cells[COL_start_unix_us].number, &gap_us) ||
	    gap_us < -KNOWN_LIFE_GAP_US || gap_us > KNOWN_LIFE_GAP_US)
		return false;
	*ret_gap_us = gap_us < 0 ? -gap_us : gap_us;
	return true;
}

struct known_step *known_find(const struct known_lives *lives, const struct row *row)
{
	struct known_step *found = NULL;
	int64_t gap_us, found_gap_us = INT64_MAX;

	for (size_t i = 0; i < lives->count; i++)
		if (is_same_life(&lives->list[i], row, &gap_us) && gap_us < found_gap_us) {
			found = &lives->list[i];
			found_gap_us = gap_us;
		}
	return found;
}

/* ---- what a record adds ---- */

static bool says_the_same(const struct known_step *known, const struct row *node,
			  const struct row *row)
{
	for (int i = 0; i < COL_COUNT; i++) {
		const struct row *old = column_is_of_node(&step_columns[i]) ? node : &known->step;

		if (step_columns[i].rule != RULE_MADE && i != COL_ingest_unix_us &&
		    !row_cell_equals(old, row, i))
			return false;
	}
	return known->step.cells[COL_state].number == row->cells[COL_state].number ||
	       row->cells[COL_state].number == STEP_STATE_NONE;
}

/* The step's own columns: an end knows them best, a start fills gaps, an import's only row is all.
 */
static void take_identity(struct known_step *known, const struct row *row)
{
	bool is_import = !is_of_plugin(row);

	for (int i = 0; i < COL_COUNT; i++) {
		if (step_columns[i].rule != RULE_STEP || i == COL_ingest_unix_us)
			continue;
		if ((is_import && known->count == 1) || row_is_missing(&known->step, i) ||
		    (has_ended(row) && !row_is_missing(row, i)))
			known->step.cells[i] = row->cells[i];
	}
	known->step.cells[COL_state] = row->cells[COL_state];
}

/* A better source begins the step anew, under its old id. */
static int replace_all(struct store *store, struct known_step *known, const struct row *row,
		       struct jo_err *err)
{
	int64_t id = known->step.id;
	struct db_stmt *stmt;
	int rc;

	rc = store_use(store, STMT_STEP_NODES_DROP, &stmt, err);
	if (rc < 0)
		return rc;
	db_bind_int(stmt, id);
	rc = db_run(stmt, err);
	if (rc < 0)
		return rc;
	known->step = *row;
	known->step.id = id;
	known->count = 0;
	known->was_single = true;
	known_append(known, row, true);
	return 0;
}

/* Slurm's clock may be another than the node's, and tells whole seconds. */
#define FILL_SLACK_US (INT64_C(60) * 1000000)

/* Of a time that is the difference of two such. */
#define FILL_ROUNDING_US (INT64_C(2) * 1000000)

/* Slurm sees a step begin before its nodes do, and end after them; else it is of another run. */
static bool is_within(const struct row *node, const struct row *row)
{
	int64_t begin_us, end_us;

	return !row_is_missing(node, COL_start_unix_us) && row_end(node) != JO_MISSING &&
	       row_end(row) != JO_MISSING &&
	       !__builtin_sub_overflow(row->cells[COL_start_unix_us].number, FILL_SLACK_US,
				       &begin_us) &&
	       !__builtin_add_overflow(row_end(row), FILL_SLACK_US, &end_us) &&
	       node->cells[COL_start_unix_us].number >= begin_us && row_end(node) <= end_us;
}

/*
 * How long a step was suspended, which Slurm tells no plugin and not every kernel
 * counts: it is taken off the run time of those of its nodes that do not know it,
 * once all of them have ended.
 */
static int fill_suspended(struct known_step *known, const struct row *row)
{
	int64_t suspended_us = row->cells[COL_suspended_us].number;
	int64_t node_count = known->step.cells[COL_node_count].number;
	int is_news = 0;

	if (suspended_us == JO_MISSING || suspended_us == 0 || (int64_t)known->count < node_count)
		return 0;
	for (size_t i = 0; i < known->count; i++)
		if (!is_within(&known->nodes[i], row))
			return 0;
	for (size_t i = 0; i < known->count; i++) {
		union cell *cells = known->nodes[i].cells;
		int64_t wall_us = cells[COL_wall_us].number;
		int64_t taken_us = suspended_us < wall_us ? suspended_us : wall_us;

		/* A node that ended long before was not there to be suspended. */
		if (cells[COL_suspended_us].number != JO_MISSING ||
		    suspended_us - taken_us > FILL_ROUNDING_US)
			continue;
		cells[COL_wall_us].number -= taken_us;
		cells[COL_suspended_us].number = taken_us;
		known->is_changed[i] = true;
		is_news = 1;
	}
	return is_news;
}

int known_apply(struct store *store, struct known_step *known, const struct row *row,
		struct jo_err *err)
{
	int64_t source = row->cells[COL_source].number;
	int rank = step_source_rank((enum step_source)source);
	int known_rank = step_source_rank((enum step_source)known->step.cells[COL_source].number);
	struct row *node;
	size_t i;
	int rc;

	if (known->count == 0) {
		known->step = *row;
		known_append(known, row, true);
		return 1;
	}
	if (rank < known_rank)
		return fill_suspended(known, row);
	if (rank > known_rank) {
		rc = replace_all(store, known, row, err);
		return rc < 0 ? rc : 1;
	}
	node = find_node(known, row, &i);
	if (node == NULL) {
		known_append(known, row, true);
	} else {
		if (source == STEP_SOURCE_PLUGIN ? has_ended(node) || !has_ended(row)
						 : says_the_same(known, node, row))
			return 0;
		*node = *row;
		known->is_changed[i] = true;
	}
	take_identity(known, row);
	return 1;
}
