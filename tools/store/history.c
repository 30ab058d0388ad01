/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a group did before: the rows that a model is fitted on. */
#include "history.h"

#include <stdlib.h>

#include "util/arena.h"
#include "name_text.h"
#include "statements.h"
#include "util/alloc.h"

static struct store_obs *append(struct store_history *history)
{
	history->list =
		xgrow(history->list, history->count, &history->capacity, sizeof(*history->list));
	return &history->list[history->count++];
}

static void read_obs(struct db_stmt *stmt, struct store_history *history)
{
	struct store_obs *obs = append(history);
	const char *attrs;

	obs->end_unix_us = db_column_us(stmt);
	obs->input_bytes = db_column_int(stmt);
	obs->wall_us = db_column_us(stmt);
	obs->mem_peak_bytes = db_column_int(stmt);
	obs->max_rss_bytes = db_column_int(stmt);
	obs->mem_allocated_bytes = db_column_int(stmt);
	obs->mem_limit_bytes = db_column_int(stmt);
	obs->cpu_us = db_column_us(stmt);
	obs->cpu_count = db_column_int(stmt);
	obs->task_count = db_column_int(stmt);
	obs->node_count = db_column_int(stmt);
	obs->node_name_id = db_column_int(stmt);
	obs->state = (enum step_state)db_column_enum(stmt, STEP_STATE_COUNT);
	attrs = db_column_text(stmt);
	obs->attrs = *attrs != '\0' ? arena_strdup(&history->texts, attrs) : "";
	obs->is_expected = db_column_int(stmt) == 1;
}

/* The newest come first from the index; the reader wants time to run forwards. */
static void reverse(struct store_history *history, size_t from)
{
	for (size_t i = from, j = history->count; i + 1 < j; i++) {
		struct store_obs obs = history->list[i];

		history->list[i] = history->list[--j];
		history->list[j] = obs;
	}
}

/* Add the rows of a bound statement behind those that are there. */
static int take(struct db_stmt *stmt, struct store_history *history, struct jo_err *err)
{
	size_t count = history->count;
	int rc;

	while ((rc = db_step(stmt, err)) > 0) {
		read_obs(stmt, history);
		rc = db_row_check(stmt, err);
		if (rc < 0)
			break;
	}
	db_reset(stmt);
	if (rc < 0)
		history->count = count;
	reverse(history, count);
	return rc;
}

int store_history_add(struct store *store, int64_t group_id, int64_t end_from_unix_us,
		      int64_t end_before_unix_us, size_t limit, struct store_history *history,
		      struct jo_err *err)
{
	struct db_stmt *stmt;
	int rc;

	rc = store_use(store, STMT_HISTORY, &stmt, err);
	if (rc < 0)
		return rc;
	db_bind_int(stmt, group_id);
	db_bind_int(stmt, end_from_unix_us);
	db_bind_int(stmt, end_before_unix_us);
	db_bind_int(stmt, limit > INT64_MAX ? INT64_MAX : (int64_t)limit);
	return take(stmt, history, err);
}

int store_history_sample(struct store *store, int64_t group_id, int64_t end_from_unix_us,
			 int64_t end_before_unix_us, int64_t one_in, struct store_history *history,
			 struct jo_err *err)
{
	struct db_stmt *stmt;
	int rc;

	history->count = 0;
	arena_reset(&history->texts);
	rc = store_use(store, STMT_HISTORY_SAMPLE, &stmt, err);
	if (rc < 0)
		return rc;
	db_bind_int(stmt, group_id);
	db_bind_int(stmt, end_from_unix_us);
	db_bind_int(stmt, end_before_unix_us);
	db_bind_int(stmt, one_in);
	return take(stmt, history, err);
}

int store_history_read(struct store *store, int64_t group_id, int64_t end_before_unix_us,
		       size_t limit, struct store_history *history, struct jo_err *err)
{
	history->count = 0;
	arena_reset(&history->texts);
	/* JO_MISSING, the least number there is, would be no number at all. */
	return store_history_add(store, group_id, JO_MISSING + 1, end_before_unix_us, limit,
				 history, err);
}

void store_history_release(struct store_history *history)
{
	free(history->list);
	arena_release(&history->texts);
	*history = (struct store_history){0};
}

const char *store_name(struct store *store, int64_t id)
{
	const char *text = "";

	(void)name_text(store, id, &text, NULL);
	return text;
}
