/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads a group's night, and has it judged in parts of bearable size. */
#include "task.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "night_verdicts.h"
#include "util/alloc.h"
#include "util/arena.h"

/* What a task has before it is worked on. */
static void task_free_steps(struct task *task)
{
	free(task->rows);
	arena_release(&task->texts);
	free(task->results);
	free(task->is_wanted);
}

static void task_reserve(struct task *task)
{
	if (task->count < task->capacity)
		return;
	task->capacity = grown_capacity(task->capacity);
	task->rows = xreallocarray(task->rows, task->capacity, sizeof(task->rows[0]));
	task->results = xreallocarray(task->results, task->capacity, sizeof(task->results[0]));
	task->is_wanted =
		xreallocarray(task->is_wanted, task->capacity, sizeof(task->is_wanted[0]));
}

struct fit_row task_row(const struct node_models *nodes, const struct step *step,
			struct arena_block **texts)
{
	struct fit_row row = {
		.node_model = node_models_of_name(nodes, step->cluster, step->node),
		.user = NAN,
		.read_bytes = step->read_bytes,
		.write_bytes = step->write_bytes,
		.obs = {.end_unix_us = step->end_unix_us,
			.input_bytes = step->input_bytes,
			.wall_us = step->wall_us,
			.mem_peak_bytes = step->mem_peak_bytes,
			.max_rss_bytes = step->max_rss_bytes,
			.mem_allocated_bytes = step->mem_allocated_bytes,
			.mem_limit_bytes = step->mem_limit_bytes,
			.cpu_us = step->cpu_us,
			.cpu_count = step->cpu_count,
			.task_count = step->task_count,
			.node_count = step->node_count,
			.node_name_id = JO_MISSING,
			.state = step->state,
			.attrs = step->attrs},
	};

	fit_attributes_read(&row, texts);
	row.obs.attrs = NULL;
	return row;
}

struct judge_result task_result(const struct step *step)
{
	return (struct judge_result){
		.id = step->id,
		.change_unix_us = JO_MISSING,
		.end_unix_us = step->end_unix_us,
		.job_id = step->job_id,
		.array_job_id = step->array_job_id,
		.array_task_id = step->array_task_id,
		.het_job_id = step->het_job_id,
		.het_job_offset = step->het_job_offset,
		.step_id = step->step_id,
		.restart_count = step->restart_count,
		.step_kind = step->step_kind,
	};
}

static void add_step(const struct node_models *nodes, struct task *task, const struct step *step)
{
	task_reserve(task);
	task->rows[task->count] = task_row(nodes, step, &task->texts);
	task->results[task->count] = task_result(step);
	task->is_wanted[task->count] = true;
	task->count++;
}

/* All the group's steps of the stretch: also those that are not to be judged are neighbours. */
static int read_steps(struct store *store, const struct node_models *nodes,
		      const struct store_selection *selection, int64_t group_id, struct task *task,
		      struct jo_err *err)
{
	struct store_selection all;
	struct store_cursor *cursor = NULL;
	struct step step;
	int rc;

	store_selection_init(&all);
	all.group_id = group_id;
	all.end_from_unix_us = selection->end_from_unix_us;
	all.end_to_unix_us = selection->end_to_unix_us;
	all.order = STORE_BY_END;
	rc = store_steps_open(store, &all, &cursor, err);
	if (rc < 0)
		return rc;
	while ((rc = store_steps_next(cursor, &step, err)) > 0)
		add_step(nodes, task, &step);
	store_cursor_close(cursor);
	task->wanted_n = task->count;
	return rc;
}

static int compare_changes(const void *a, const void *b)
{
	int64_t x = ((const struct store_change *)a)->step_id;
	int64_t y = ((const struct store_change *)b)->step_id;

	return (x > y) - (x < y);
}

/* Leave wanted only what waits.  Read before the steps, whose later changes are judged again. */
static void apply_changes(struct task *task, const struct store_change *changes, size_t count)
{
	task->wanted_n = 0;
	for (size_t i = 0; i < task->count; i++) {
		const struct store_change key = {.step_id = task->results[i].id};
		const struct store_change *change =
			count == 0 ? NULL
				   : bsearch(&key, changes, count, sizeof(key), compare_changes);

		task->is_wanted[i] = change != NULL;
		task->wanted_n += task->is_wanted[i];
		if (change != NULL)
			task->results[i].change_unix_us = change->change_unix_us;
	}
}

/* Leave wanted only what the user's selection has; both lists are in the same order. */
static int apply_selection(struct store *store, const struct store_selection *selection,
			   int64_t group_id, struct task *task, struct jo_err *err)
{
	struct store_selection chosen = *selection;
	struct store_cursor *cursor = NULL;
	struct step step;
	size_t at = 0;
	int rc;

	chosen.group_id = group_id;
	rc = store_steps_open(store, &chosen, &cursor, err);
	if (rc < 0)
		return rc;
	memset(task->is_wanted, 0, task->count * sizeof(task->is_wanted[0]));
	task->wanted_n = 0;
	while ((rc = store_steps_next(cursor, &step, err)) > 0) {
		while (at < task->count && task->results[at].id != step.id)
			at++;
		if (at == task->count)
			break;
		task->is_wanted[at] = true;
		task->wanted_n++;
	}
	store_cursor_close(cursor);
	return rc < 0 ? rc : 0;
}

int task_read(struct store *store, struct node_models *nodes, struct carryover *carryover,
	      const struct model_params *params, const struct store_group *group,
	      const struct store_selection *selection, bool has_selection, struct task *ret_task,
	      struct jo_err *err)
{
	struct store_change *changes = NULL;
	struct task task = {.count = 0};
	size_t change_count = 0;
	int rc = 0;

	if (selection->want_unjudged)
		rc = store_unjudged_of(store, group->id, selection->end_from_unix_us,
				       selection->end_to_unix_us, &changes, &change_count, err);
	if (rc == 0)
		rc = read_steps(store, nodes, selection, group->id, &task, err);
	if (rc == 0 && selection->want_unjudged)
		apply_changes(&task, changes, change_count);
	free(changes);
	if (rc == 0 && task.count > 0 && has_selection)
		rc = apply_selection(store, selection, group->id, &task, err);
	if (rc == 0 && task.wanted_n > 0)
		rc = baseline_read(store, nodes, carryover, params, group,
				   selection->end_from_unix_us, &task.baseline, err);
	if (rc == 0 && task.wanted_n > 0) {
		rc = model_cache_load(store, group->id, &task.cache, err);
		if (rc < 0)
			baseline_release(&task.baseline);
	}
	if (rc < 0 || task.wanted_n == 0) {
		task_free_steps(&task);
		return rc;
	}
	*ret_task = task;
	return 1;
}

void task_judge(struct task *task, const struct model_params *params, bool want_drifts,
		struct nights *nights, struct model_workspace *workspace)
{
	fits_make(&task->baseline, NULL, 0, &task->cache, params, workspace, &task->alone);
	task->part_n = (task->count + NIGHT_VERDICTS_STEPS_MAX - 1) / NIGHT_VERDICTS_STEPS_MAX;
	task->nights = xcalloc(task->part_n, sizeof(task->nights[0]));
	for (size_t i = 0; i < task->part_n; i++) {
		size_t from = i * task->count / task->part_n;
		size_t to = (i + 1) * task->count / task->part_n;

		night_verdicts_make(&task->baseline, &task->alone, &task->rows[from], to - from,
				    params, workspace, &task->results[from], &task->nights[i]);
	}
	for (size_t m = 0; m < METRIC_COUNT && want_drifts; m++)
		drift_series_find(&task->baseline, &task->alone, task->rows, task->count,
				  (enum metric)m, params, nights, workspace, &task->drifts[m]);
	fits_forget_models(&task->alone);
}

void task_release(struct task *task)
{
	for (size_t i = 0; i < task->part_n; i++)
		fits_release(&task->nights[i]);
	free(task->nights);
	fits_release(&task->alone);
	model_cache_release(&task->cache);
	baseline_release(&task->baseline);
	task_free_steps(task);
}
