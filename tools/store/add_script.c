/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is in memory alone is looked at there, and the database is asked where it may have any. */
#include "add_script.h"

#include "group.h"
#include "open_store.h"
#include "statements.h"
#include "waiting.h"

/* An import knows starts to the second, so a step may seem to start before its script. */
#define START_SLACK_US INT64_C(1000000)

static void bind_job(struct db_stmt *stmt, const struct row *step)
{
	db_bind_int(stmt, step->cells[COL_job_id].number);
	db_bind_int(stmt, step->cells[COL_cluster_id].number);
	db_bind_int(stmt, step->cells[COL_array_task_id].number);
	db_bind_int(stmt, step->cells[COL_restart_count].number);
	db_bind_int(stmt, STEP_FIRST_OWN_ID);
}

/* Whether one of those in memory alone was started within the times, by srun. */
static bool has_waiting_steps(struct add_batch *batch, const struct row *step, int64_t from_unix_us,
			      int64_t to_unix_us)
{
	size_t count;
	const struct fresh_step *list = fresh_waiting(&batch->fresh, &count);

	for (size_t i = 0; i < count; i++) {
		const union cell *cells = list[i].step.cells;

		if (fresh_is_same_run(&list[i].step, step) &&
		    cells[COL_step_id].number < STEP_FIRST_OWN_ID &&
		    cells[COL_start_unix_us].number >= from_unix_us &&
		    cells[COL_start_unix_us].number <= to_unix_us)
			return true;
	}
	return false;
}

static int has_sent_steps(struct add_batch *batch, const struct row *step, int64_t from_unix_us,
			  int64_t to_unix_us, struct jo_err *err)
{
	struct db_stmt *stmt;
	int rc;

	if (!add_batch_may_have(batch, FRESH_HAS_RELATIVES))
		return 0;
	rc = store_use(batch->store, STMT_HAS_STEPS, &stmt, err);
	if (rc < 0)
		return rc;
	bind_job(stmt, step);
	db_bind_int(stmt, from_unix_us);
	db_bind_int(stmt, to_unix_us);
	id_range_bind(stmt, add_batch_within(batch));
	rc = db_step(stmt, err);
	db_reset(stmt);
	return rc;
}

int add_script_set(struct add_batch *batch, struct row *step, struct jo_err *err)
{
	int64_t start_unix_us = step->cells[COL_start_unix_us].number;
	int64_t end_unix_us = step->cells[COL_end_unix_us].number;
	int64_t from_unix_us, to_unix_us;
	int rc = 1;

	step->cells[COL_is_script].number = 0;
	if (step->cells[COL_step_kind].number == JO_STEP_SRUN || start_unix_us == JO_MISSING ||
	    start_unix_us < START_SLACK_US)
		return 0;
	from_unix_us = start_unix_us - START_SLACK_US;
	to_unix_us = end_unix_us == JO_MISSING ? INT64_MAX : end_unix_us;
	if (!has_waiting_steps(batch, step, from_unix_us, to_unix_us))
		rc = has_sent_steps(batch, step, from_unix_us, to_unix_us, err);
	if (rc > 0)
		step->cells[COL_is_script].number = 1;
	return rc < 0 ? rc : 0;
}

struct script {
	int64_t id, group_id, end_unix_us;
};

/* A job has a batch step or an interactive one, of each life one. */
#define SCRIPTS_MAX 4

/* The steps that may have started this one, which is srun's, and are not known to have done so. */
static int find_scripts(struct add_batch *batch, const struct row *step,
			struct script list[static SCRIPTS_MAX], size_t *ret_count,
			struct jo_err *err)
{
	int64_t start_unix_us = step->cells[COL_start_unix_us].number;
	struct db_stmt *stmt;
	size_t count = 0;
	int rc;

	*ret_count = 0;
	if (start_unix_us == JO_MISSING || start_unix_us > INT64_MAX - START_SLACK_US)
		return 0;
	rc = store_use(batch->store, STMT_SCRIPTS_OF, &stmt, err);
	if (rc < 0)
		return rc;
	bind_job(stmt, step);
	db_bind_int(stmt, start_unix_us + START_SLACK_US);
	db_bind_int(stmt, start_unix_us);
	db_bind_int(stmt, start_unix_us);
	id_range_bind(stmt, add_batch_within(batch));
	while (count < SCRIPTS_MAX && (rc = db_step(stmt, err)) > 0) {
		list[count].id = db_column_int(stmt);
		list[count].group_id = db_column_int(stmt);
		list[count].end_unix_us = db_column_int(stmt);
		count++;
	}
	db_reset(stmt);
	*ret_count = count;
	return rc < 0 ? rc : 0;
}

static int mark_script(struct add_batch *batch, const struct script *script, struct jo_err *err)
{
	struct store *store = batch->store;
	struct row group = {.id = JO_MISSING};
	struct db_stmt *stmt;
	int64_t id;
	int rc;

	group.cells[COL_is_script].number = 1;
	rc = group_id(store, &group, &id, err);
	if (rc == 0)
		rc = store_use(store, STMT_STEP_SCRIPT, &stmt, err);
	if (rc < 0)
		return rc;
	db_bind_int(stmt, id);
	db_bind_int(stmt, script->id);
	rc = db_run(stmt, err);
	if (rc == 0)
		rc = store_use(store, STMT_VERDICTS_DROP, &stmt, err);
	if (rc < 0)
		return rc;
	db_bind_int(stmt, script->id);
	rc = db_run(stmt, err);
	add_batch_note_changed(batch, script->id);
	if (rc == 0)
		rc = waiting_drop(store, script->id, err);
	if (rc == 0 && script->end_unix_us != JO_MISSING)
		group_touch(store, script->group_id, script->end_unix_us);
	return rc;
}

/* Whether the one step may have started the other, which is srun's. */
static bool may_have_started(const struct row *script, const struct row *step)
{
	int64_t start_unix_us = step->cells[COL_start_unix_us].number;
	int64_t began_unix_us = script->cells[COL_start_unix_us].number;
	int64_t ended_unix_us = script->cells[COL_end_unix_us].number;

	return fresh_is_same_run(script, step) &&
	       script->cells[COL_step_id].number >= STEP_FIRST_OWN_ID &&
	       script->cells[COL_is_script].number == 0 && start_unix_us != JO_MISSING &&
	       start_unix_us <= INT64_MAX - START_SLACK_US && began_unix_us != JO_MISSING &&
	       began_unix_us <= start_unix_us + START_SLACK_US &&
	       (ended_unix_us == JO_MISSING || ended_unix_us >= start_unix_us);
}

/* As mark_script, of steps that are in memory alone. */
static int mark_waiting(struct add_batch *batch, const struct row *step, struct jo_err *err)
{
	size_t count;
	struct fresh_step *list = fresh_waiting(&batch->fresh, &count);
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < count; i++) {
		union cell *cells = list[i].step.cells;

		if (!may_have_started(&list[i].step, step))
			continue;
		if (cells[COL_end_unix_us].number != JO_MISSING)
			group_touch(batch->store, cells[COL_group_id].number,
				    cells[COL_end_unix_us].number);
		cells[COL_is_script].number = 1;
		rc = group_id(batch->store, &list[i].step, &cells[COL_group_id].number, err);
	}
	return rc;
}

int add_script_mark(struct add_batch *batch, const struct row *step, struct jo_err *err)
{
	struct script list[SCRIPTS_MAX];
	size_t count = 0;
	int rc;

	if (step->cells[COL_step_kind].number != JO_STEP_SRUN)
		return 0;
	rc = mark_waiting(batch, step, err);
	if (rc == 0 && add_batch_may_have(batch, FRESH_HAS_RELATIVES))
		rc = find_scripts(batch, step, list, &count, err);
	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = mark_script(batch, &list[i], err);
	return rc;
}
