/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whose spans wait is asked of what no sender chooses.  Of a trace that the plugin gave to a step,
 * it is the step's user: nobody else knows its id.  Of all others it is who the receiver saw.
 */
#include "span_crowd.h"

#include <stdlib.h>
#include <string.h>

#include "joboutliers/record.h"
#include "open_store.h"
#include "span.h"
#include "step/step.h"
#include "transaction.h"
#include "util/alloc.h"

/* 1 and more: the user of the step of this trace; 0: there is none. */
#define OWNER                                                                                      \
	"coalesce((SELECT t.user_id + 1 FROM step AS t WHERE t.trace_id = s.trace_id"              \
	" AND t.source = ?1 LIMIT 1), 0)"

static const char parties_sql[] =
	"SELECT owner, CASE WHEN owner = 0 THEN sender ELSE '' END AS who, count(*) FROM"
	" (SELECT " OWNER " AS owner, coalesce(sender, '') AS sender FROM span AS s"
	" WHERE step IS NULL) AS waiting GROUP BY 1, 2 ORDER BY 3";

static const char drop_sql[] =
	"DELETE FROM span WHERE (trace_id, span_id) IN (SELECT trace_id, span_id FROM span AS s"
	" WHERE step IS NULL AND " OWNER " = ?2 AND (?2 > 0 OR coalesce(sender, '') = ?3)"
	" ORDER BY added_unix_us, trace_id, span_id LIMIT ?4)";

struct party {
	int64_t owner, count;
	char sender[STORE_SPAN_SENDER_SIZE];
};

/* By count; *ret_list is the caller's to free. */
static int read_parties(struct store *store, struct party **ret_list, size_t *ret_count,
			struct jo_err *err)
{
	size_t count = 0, capacity = 0;
	struct party *list = NULL;
	struct db_stmt stmt;
	int rc = db_prepare(store->db, parties_sql, DB_ONCE, &stmt, err);

	if (rc < 0)
		return rc;
	db_bind_int(&stmt, STEP_SOURCE_PLUGIN);
	while ((rc = db_step(&stmt, err)) > 0) {
		list = xgrow(list, count, &capacity, sizeof(*list));
		list[count].owner = db_column_int(&stmt);
		jo_record_set_string(list[count].sender, sizeof(list[count].sender),
				     db_column_text(&stmt));
		list[count++].count = db_column_int(&stmt);
	}
	db_release(&stmt);
	if (rc < 0)
		free(list);
	*ret_list = rc < 0 ? NULL : list;
	*ret_count = rc < 0 ? 0 : count;
	return rc;
}

/* How many each may have, so that all of this kind have STORE_SPANS_WAITING_MAX: who has fewer
 * leaves the rest to the others. */
static int64_t share_of(const struct party *list, size_t count, bool is_owned)
{
	int64_t room = STORE_SPANS_WAITING_MAX, left = 0;

	for (size_t i = 0; i < count; i++)
		left += (list[i].owner > 0) == is_owned;
	for (size_t i = 0; i < count; i++) {
		if ((list[i].owner > 0) != is_owned)
			continue;
		if (list[i].count > room / left)
			return room / left;
		room -= list[i].count;
		left--;
	}
	return STORE_SPANS_WAITING_MAX;
}

static int drop(struct store *store, const struct party *party, int64_t count, struct jo_err *err)
{
	struct db_stmt stmt;
	int rc = db_prepare(store->db, drop_sql, DB_ONCE, &stmt, err);

	if (rc < 0)
		return rc;
	db_bind_int(&stmt, STEP_SOURCE_PLUGIN);
	db_bind_int(&stmt, party->owner);
	db_bind_text(&stmt, party->sender);
	db_bind_int(&stmt, count);
	return db_change_once(&stmt, err);
}

int span_crowd_thin(struct store *store, struct store_spans_settled *settled, struct jo_err *err)
{
	struct party *list = NULL;
	size_t count = 0;
	int64_t waiting = 0, shares[2];
	int rc = db_query_int(store->db, "SELECT count(*) FROM span WHERE step IS NULL", &waiting,
			      err);

	if (rc < 0 || waiting <= STORE_SPANS_WAITING_MAX)
		return rc < 0 ? rc : 0;
	rc = read_parties(store, &list, &count, err);
	for (int is_owned = 0; is_owned <= 1; is_owned++)
		shares[is_owned] = share_of(list, count, is_owned);
	for (size_t i = 0; rc >= 0 && i < count; i++) {
		const struct party *party = &list[i];
		int64_t share = shares[party->owner > 0];

		if (party->count <= share)
			continue;
		rc = drop(store, party, party->count - share, err);
		if (rc > 0)
			settled->dropped_count += rc;
		/* The last has most. */
		memcpy(settled->dropped_of, party->owner > 0 ? "a user" : party->sender,
		       party->owner > 0 ? sizeof("a user") : sizeof(party->sender));
	}
	free(list);
	return rc < 0 ? rc : 0;
}
