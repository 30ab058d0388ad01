/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Moves steps between those that wait to be judged and history, by their ids. */
#include "past.h"

#include <inttypes.h>
#include <stdlib.h>

#include "joboutliers/record.h"
#include "open_store.h"
#include "setting.h"
#include "transaction.h"
#include "util/alloc.h"
#include "util/strbuf.h"
#include "waiting.h"

/* Ids are chosen in turn, as their steps lie: by group, as an index has them, each page of the file
 * would be written many times.  8 MB of them. */
#define CHOSEN_MAX 1000000

/* Steps in one transaction: about a second, for which a waiting ingest waits. */
#define CHUNK 50000

/* JO_MISSING, the least number there is, would be no number at all. */
#define LEAST_UNIX_US (JO_MISSING + 1)

struct move {
	const char *choose; /* with times, an id and a count: the ids behind it */
	const char *change; /* with a list of ids; what changed since then is left alone */
};

/* Between two times, of which the first is the least there is. */
static const struct move to_history = {
	"SELECT step FROM waiting WHERE end_unix_us >= ? AND end_unix_us < ? AND step > ?"
	" AND NOT EXISTS (SELECT 1 FROM verdict AS v WHERE v.step = waiting.step)"
	" ORDER BY step LIMIT ?",
	"DELETE FROM waiting WHERE step IN " DB_LIST
	" AND NOT EXISTS (SELECT 1 FROM verdict AS v WHERE v.step = waiting.step)",
};

static const struct move from_history = {
	"SELECT s.id FROM step AS s WHERE s.end_unix_us >= ? AND s.end_unix_us < ? AND s.id > ?"
	" AND " WAITING_IS_PAST " ORDER BY s.id LIMIT ?",
	"INSERT INTO waiting (step, group_id, end_unix_us, change_unix_us) SELECT s.id, s.group_id,"
	" s.end_unix_us, s.ingest_unix_us FROM step AS s WHERE s.id IN " DB_LIST
	" AND " WAITING_IS_PAST,
};

/* Returns how many there are, CHOSEN_MAX at most. */
static int choose(struct store *store, const struct move *move, int64_t from_unix_us,
		  int64_t before_unix_us, int64_t after_id, int64_t *ids, struct jo_err *err)
{
	struct db_stmt stmt;
	int count = 0, rc = db_prepare(store->db, move->choose, DB_CURSOR, &stmt, err);

	if (rc < 0)
		return rc;
	db_bind_int(&stmt, from_unix_us);
	db_bind_int(&stmt, before_unix_us);
	db_bind_int(&stmt, after_id);
	db_bind_int(&stmt, CHOSEN_MAX);
	while (count < CHOSEN_MAX && (rc = db_step(&stmt, err)) > 0)
		ids[count++] = db_column_int(&stmt);
	db_release(&stmt);
	return rc < 0 ? rc : count;
}

/* Adds to *moved_n how many there were. */
static int change_chunk(struct store *store, const struct move *move, const int64_t *ids, int count,
			int64_t *moved_n, struct jo_err *err)
{
	struct strbuf list;
	struct db_stmt stmt;
	int changed_n = 0, rc = store_begin(store, err);

	if (rc < 0)
		return rc;
	strbuf_init(&list);
	for (int i = 0; i < count; i++) {
		db_list_next(&list);
		strbuf_addf(&list, "%" PRId64, ids[i]);
	}
	db_list_end(&list);
	rc = db_prepare(store->db, move->change, DB_ONCE, &stmt, err);
	if (rc == 0) {
		db_bind_text(&stmt, list.text);
		rc = changed_n = db_change_once(&stmt, err);
	}
	strbuf_release(&list);
	if (rc >= 0)
		rc = store_commit(store, err);
	if (rc < 0)
		store_rollback(store);
	else
		*moved_n += changed_n;
	return rc;
}

/* Before the first of them the time of history is set, unless that is JO_MISSING. */
static int move_all(struct store *store, const struct move *move, int64_t from_unix_us,
		    int64_t before_unix_us, int64_t history_unix_us, int64_t *ret_moved_n,
		    struct jo_err *err)
{
	int64_t *ids = xcalloc(CHOSEN_MAX, sizeof(*ids));
	int64_t last_id = 0;
	int count, rc = 0;

	*ret_moved_n = 0;
	do {
		count = choose(store, move, from_unix_us, before_unix_us, last_id, ids, err);
		if (count > 0 && last_id == 0 && history_unix_us != JO_MISSING)
			rc = setting_put(store->db, WAITING_PAST_SETTING, history_unix_us, err);
		for (int i = 0; rc >= 0 && i < count; i += CHUNK)
			rc = change_chunk(store, move, ids + i,
					  count - i < CHUNK ? count - i : CHUNK, ret_moved_n, err);
		if (count > 0)
			last_id = ids[count - 1];
	} while (rc >= 0 && count == CHOSEN_MAX);
	free(ids);
	return count < 0 ? count : rc < 0 ? rc : 0;
}

#define IS_STRAY "NOT EXISTS (SELECT 1 FROM step WHERE id = waiting.step)"

/* What waits for a step that somebody removed by hand would be in the way of every night. */
static int drop_strays(struct store *store, struct jo_err *err)
{
	int64_t stray = JO_MISSING;
	int rc = db_query_int(store->db, "SELECT step FROM waiting WHERE " IS_STRAY " LIMIT 1",
			      &stray, err);

	if (rc < 0 || stray == JO_MISSING)
		return rc;
	rc = store_begin(store, err);
	if (rc < 0)
		return rc;
	rc = db_exec(store->db, "DELETE FROM waiting WHERE " IS_STRAY, err);
	if (rc == 0)
		rc = store_commit(store, err);
	if (rc < 0)
		store_rollback(store);
	return rc;
}

/* The time goes up before the first step that ends before it is history, and down behind the last
 * that is none any more: so each that is has ended before it, whenever this is killed.  Where
 * nothing is to be settled, nothing is written, and who writes is not waited for. */
int store_past_settle(struct store *store, int64_t from_unix_us, int64_t *ret_new_count,
		      struct jo_err *err)
{
	int64_t before_unix_us, back_n;
	bool is_later;
	int rc = drop_strays(store, err);

	*ret_new_count = 0;
	if (rc == 0)
		rc = setting_get(store->db, WAITING_PAST_SETTING, &before_unix_us, err);
	if (rc < 0)
		return rc;
	is_later = before_unix_us == JO_MISSING || before_unix_us < from_unix_us;
	if (from_unix_us != JO_MISSING)
		rc = move_all(store, &to_history, LEAST_UNIX_US, from_unix_us,
			      is_later ? from_unix_us : JO_MISSING, ret_new_count, err);
	if (rc < 0 || before_unix_us == JO_MISSING || before_unix_us <= from_unix_us)
		return rc;
	rc = move_all(store, &from_history,
		      from_unix_us == JO_MISSING ? LEAST_UNIX_US : from_unix_us, before_unix_us,
		      JO_MISSING, &back_n, err);
	if (rc == 0)
		rc = setting_put(store->db, WAITING_PAST_SETTING, from_unix_us, err);
	return rc;
}

int store_past_newest(struct store *store, int64_t now_unix_us, int64_t *ret_end_unix_us,
		      struct jo_err *err)
{
	struct db_stmt stmt;
	int64_t end_unix_us = JO_MISSING;
	int rc = db_prepare(store->db, "SELECT max(end_unix_us) FROM step WHERE end_unix_us <= ?",
			    DB_ONCE, &stmt, err);

	if (rc < 0)
		return rc;
	db_bind_int(&stmt, now_unix_us);
	rc = db_step(&stmt, err);
	if (rc > 0)
		end_unix_us = db_column_us(&stmt);
	if (rc > 0)
		rc = db_row_check(&stmt, err);
	db_release(&stmt);
	if (rc < 0 || end_unix_us == JO_MISSING)
		return rc;
	*ret_end_unix_us = end_unix_us;
	return 1;
}
