/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A batch's steps are few, and those of one job fewer: each is looked at. */
#include "fresh.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "open_store.h"
#include "statements.h"
#include "util/alloc.h"
#include "waiting.h"

void fresh_release(struct fresh_steps *fresh)
{
	free(fresh->list);
}

static bool may_have_failed(const struct row *row)
{
	return row->cells[COL_exit_status].number != 0 || row->cells[COL_term_signal].number != 0;
}

/* The list's row of a step: where it stands, and its key. */
static void add_key(struct strbuf *list, size_t index, const struct row *row)
{
	strbuf_addf(list, "[%zu,%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%d]",
		    index, row->cells[COL_job_id].number, row->cells[COL_cluster_id].number,
		    row->cells[COL_array_task_id].number, row->cells[COL_restart_count].number,
		    row->cells[COL_step_id].number, may_have_failed(row));
}

void fresh_places_release(struct fresh_places *places)
{
	free(places->list);
	free(places->ranges);
}

bool fresh_list(const struct row *rows, size_t count, const struct fresh_places *places,
		struct id_range range, unsigned beside, struct strbuf *list)
{
	strbuf_reset(list);
	for (size_t i = 0; i < count; i++) {
		const struct fresh_place *place = &places->list[i];

		if ((place->beside & beside) != beside || !id_range_meets(place->within, range))
			continue;
		db_list_next(list);
		add_key(list, i, &rows[i]);
	}
	if (list->len == 0)
		return false;
	db_list_end(list);
	return true;
}

/* Where the rows of the job begin; they are sorted by job. */
static size_t rows_of(const struct row *rows, size_t count, int64_t job_id)
{
	size_t begin = 0, end = count;

	while (begin < end) {
		size_t middle = begin + (end - begin) / 2;

		if (rows[middle].cells[COL_job_id].number < job_id)
			begin = middle + 1;
		else
			end = middle;
	}
	return begin;
}

/* Note of each row whether the range has any step of its job, which most new ones' are not. */
static int look_for_jobs(struct store *store, const struct row *rows, size_t count,
			 struct id_range range, struct fresh_places *places, struct strbuf *list,
			 struct jo_err *err)
{
	struct db_stmt *stmt;
	int rc = store_use(store, STMT_JOBS_THERE, &stmt, err);

	if (rc < 0)
		return rc;
	strbuf_reset(list);
	for (size_t i = 0; i < count; i++) {
		int64_t job_id = rows[i].cells[COL_job_id].number;

		if (i > 0 && rows[i - 1].cells[COL_job_id].number == job_id)
			continue;
		db_list_next(list);
		strbuf_addf(list, "%" PRId64, job_id);
	}
	db_list_end(list);
	db_bind_text(stmt, list->text);
	id_range_bind(stmt, range);
	id_range_bind(stmt, range);
	while ((rc = db_step(stmt, err)) > 0) {
		int64_t job_id = db_column_int(stmt);

		for (size_t i = rows_of(rows, count, job_id);
		     i < count && rows[i].cells[COL_job_id].number == job_id; i++)
			id_range_add(&places->list[i].within, range);
	}
	db_reset(stmt);
	return rc;
}

static int look_beside(struct store *store, const struct row *rows, size_t count,
		       struct id_range range, struct fresh_places *places, struct strbuf *list,
		       struct jo_err *err)
{
	struct db_stmt *stmt;
	int rc;

	if (!fresh_list(rows, count, places, range, 0, list))
		return 0;
	rc = store_use(store, STMT_STEPS_BESIDE, &stmt, err);
	if (rc < 0)
		return rc;
	for (int i = 0; i < 4; i++) /* each of the bits, and relatives of two kinds */
		id_range_bind(stmt, range);
	db_bind_text(stmt, list->text);
	while ((rc = db_step(stmt, err)) > 0) {
		int64_t index = db_column_int(stmt), beside = db_column_int(stmt);

		if (index >= 0 && (size_t)index < count)
			places->list[index].beside |= (unsigned)beside;
	}
	db_reset(stmt);
	return rc;
}

int fresh_look(struct store *store, const struct row *rows, size_t count, bool only_where,
	       struct fresh_places *ret_places, struct jo_err *err)
{
	struct strbuf list;
	int rc;

	ret_places->list = xcalloc(count + 1, sizeof(*ret_places->list));
	for (size_t i = 0; i < count; i++)
		ret_places->list[i].within = id_range_none;
	strbuf_init(&list);
	rc = job_months_find(store, rows, count, &ret_places->ranges, &ret_places->range_count,
			     err);
	for (size_t i = 0; rc == 0 && i < ret_places->range_count; i++)
		rc = look_for_jobs(store, rows, count, ret_places->ranges[i], ret_places, &list,
				   err);
	for (size_t i = 0; rc == 0 && !only_where && i < ret_places->range_count; i++)
		rc = look_beside(store, rows, count, ret_places->ranges[i], ret_places, &list, err);
	strbuf_release(&list);
	return rc;
}

void fresh_begin_job(struct fresh_steps *fresh)
{
	fresh->job_begin = fresh->count;
	fresh->is_touched = false;
}

static bool has_same(const struct row *a, const struct row *b, int column)
{
	return a->cells[column].number == b->cells[column].number;
}

bool fresh_is_same_run(const struct row *a, const struct row *b)
{
	return has_same(a, b, COL_job_id) && has_same(a, b, COL_cluster_id) &&
	       has_same(a, b, COL_array_task_id) && has_same(a, b, COL_restart_count);
}

void fresh_widen(const struct fresh_steps *fresh, struct id_range *range)
{
	for (size_t i = fresh->job_begin; i < fresh->count; i++)
		id_range_add(range,
			     (struct id_range){fresh->list[i].step.id, fresh->list[i].step.id});
}

bool fresh_has(const struct fresh_steps *fresh, const struct row *row)
{
	for (size_t i = fresh->job_begin; i < fresh->count; i++)
		if (has_same(&fresh->list[i].step, row, COL_step_id) &&
		    fresh_is_same_run(&fresh->list[i].step, row))
			return true;
	return false;
}

/* Where those of the job begin that are in memory alone. */
static size_t waiting_begin(const struct fresh_steps *fresh)
{
	return fresh->sent_count > fresh->job_begin ? fresh->sent_count : fresh->job_begin;
}

bool fresh_is_waiting(const struct fresh_steps *fresh)
{
	return fresh->count > waiting_begin(fresh);
}

bool fresh_is_stale(const struct fresh_steps *fresh)
{
	return fresh->is_touched || fresh->sent_count > fresh->job_begin;
}

struct fresh_step *fresh_waiting(struct fresh_steps *fresh, size_t *ret_count)
{
	size_t begin = waiting_begin(fresh);

	*ret_count = fresh->count - begin;
	return *ret_count > 0 ? fresh->list + begin : NULL;
}

void fresh_add(struct fresh_steps *fresh, const struct row *step, int64_t life)
{
	fresh->list = xgrow(fresh->list, fresh->count, &fresh->capacity, sizeof(*fresh->list));
	fresh->list[fresh->count++] = (struct fresh_step){*step, life};
}

int fresh_send(struct fresh_steps *fresh, struct jo_err *err)
{
	struct db_stmt *stmt;
	int rc = 0;

	for (size_t i = fresh->sent_count; rc == 0 && i < fresh->count; i++) {
		const struct fresh_step *one = &fresh->list[i];

		rc = store_use(fresh->store, STMT_STEP_ADD, &stmt, err);
		if (rc < 0)
			break;
		db_bind_int(stmt, one->life);
		db_bind_int(stmt, one->step.id);
		row_bind(stmt, &one->step, false);
		rc = db_put(stmt, err);
	}
	for (size_t i = fresh->sent_count; rc == 0 && i < fresh->count; i++)
		rc = waiting_add(fresh->store, &fresh->list[i].step, err);
	fresh->sent_count = fresh->count;
	return rc;
}
