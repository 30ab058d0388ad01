/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Moves steps between those that wait to be judged and history, by their ids. */
#include "past.h"

#include <inttypes.h>
#include <stdlib.h>

#include "joboutliers/record.h"
#include "open_store.h"
#include "step/step.h"
#include "transaction.h"
#include "util/alloc.h"
#include "util/strbuf.h"

/* Ids are chosen in turn, as their steps lie: by group, as an index has them, each page of the file
 * would be written many times.  8 MB of them. */
#define CHOSEN_MAX 1000000

/* Steps in one transaction: about a second, for which a waiting ingest waits. */
#define CHUNK 50000

/* is_judged is STEP_HISTORY, 2, in the index as well. */
struct move {
	const char *choose; /* with a time, an id and a count: the ids behind it */
	const char
		*change; /* with a list of ids; what changed since they were chosen is left alone */
};

static const struct move to_history = {
	"SELECT id FROM step" DB_INDEXED_BY(
		step_unjudged) " WHERE is_judged IS NULL"
			       " AND end_unix_us IS NOT NULL AND end_unix_us < ? AND id > ?"
			       " AND NOT EXISTS (SELECT 1 FROM verdict WHERE step = step.id) ORDER "
			       "BY id LIMIT ?",
	"UPDATE step SET is_judged = 2 WHERE id IN " DB_LIST " AND is_judged IS NULL",
};

static const struct move from_history = {
	"SELECT id FROM step" DB_INDEXED_BY(
		step_past) " WHERE is_judged = 2"
			   " AND end_unix_us >= ? AND id > ? ORDER BY id LIMIT ?",
	"UPDATE step SET is_judged = NULL WHERE id IN " DB_LIST " AND is_judged = 2",
};

/* Returns how many there are, CHOSEN_MAX at most. */
static int choose(struct store *store, const struct move *move, int64_t unix_us, int64_t after_id,
		  int64_t *ids, struct jo_err *err)
{
	struct db_stmt stmt;
	int count = 0, rc = db_prepare(store->db, move->choose, DB_CURSOR, &stmt, err);

	if (rc < 0)
		return rc;
	db_bind_int(&stmt, unix_us);
	db_bind_int(&stmt, after_id);
	db_bind_int(&stmt, CHOSEN_MAX);
	while (count < CHOSEN_MAX && (rc = db_step(&stmt, err)) > 0)
		ids[count++] = db_column_int(&stmt);
	db_release(&stmt);
	return rc < 0 ? rc : count;
}

static int change_chunk(struct store *store, const struct move *move, const int64_t *ids, int count,
			struct jo_err *err)
{
	struct strbuf list;
	struct db_stmt stmt;
	int rc = store_begin(store, err);

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
		rc = db_change_once(&stmt, err);
	}
	strbuf_release(&list);
	if (rc >= 0)
		rc = store_commit(store, err);
	if (rc < 0)
		store_rollback(store);
	return rc;
}

static int move_all(struct store *store, const struct move *move, int64_t unix_us,
		    struct jo_err *err)
{
	int64_t *ids = xcalloc(CHOSEN_MAX, sizeof(*ids));
	int64_t last_id = 0;
	int count, rc = 0;

	do {
		count = choose(store, move, unix_us, last_id, ids, err);
		for (int i = 0; rc == 0 && i < count; i += CHUNK)
			rc = change_chunk(store, move, ids + i,
					  count - i < CHUNK ? count - i : CHUNK, err);
		if (count > 0)
			last_id = ids[count - 1];
	} while (rc == 0 && count == CHOSEN_MAX);
	free(ids);
	return count < 0 ? count : rc;
}

int store_past_settle(struct store *store, int64_t from_unix_us, struct jo_err *err)
{
	int rc = 0;

	if (from_unix_us != JO_MISSING)
		rc = move_all(store, &to_history, from_unix_us, err);
	else
		from_unix_us = INT64_MIN + 1; /* JO_MISSING would be bound as NULL */
	return rc < 0 ? rc : move_all(store, &from_history, from_unix_us, err);
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

int store_past_count(struct store *store, int64_t *ret_count, struct jo_err *err)
{
	return db_query_int(store->db, "SELECT count(*) FROM step WHERE is_judged = 2", ret_count,
			    err);
}
