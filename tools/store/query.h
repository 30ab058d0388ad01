/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Queries put together from conditions, with every value bound.  Private to store/. */
#ifndef STORE_QUERY_H
#define STORE_QUERY_H

#include "util/arena.h"
#include "cursor_kinds.h"
#include "step_selection.h"
#include "util/strbuf.h"

struct store;

#define QUERY_VALUES_MAX 48 /* more than all conditions of all selections together */

/* Whether a step of the trace runs, or ended at '?' or since. */
#define QUERY_TRACE_IS_BUSY(trace)                                                                 \
	"EXISTS (SELECT 1 FROM step AS t WHERE t.trace_id = " trace                                \
	" AND (t.state = 1 OR t.end_unix_us >= ?))"

/* A value to be bound. */
struct query_value {
	const char *text; /* NULL: the number */
	int64_t number;
};

/* The text so far, with a '?' for each of the values. */
struct query {
	struct strbuf sql;
	enum db_use use; /* of its cursor: DB_CURSOR, or DB_LISTED */
	struct query_value values[QUERY_VALUES_MAX];
	size_t count;
	struct arena_block *lists;
};

/* An empty query, to be released. */
void query_init(struct query *query);

/* Give back what it holds. */
void query_release(struct query *query);

/* Add a condition " AND ... ?" on a number, unless that is JO_MISSING. */
void query_int(struct query *query, const char *condition, int64_t value);

/* Add a condition that the column is one of the set bits' numbers, unless mask is 0. */
void query_mask(struct query *query, const char *column, unsigned mask);

/* Add a condition " AND ... IN DB_LIST" on the ids of names, unless there are none; a name that the
 * store has never seen matches nothing. */
int query_names(struct query *query, struct store *store, const char *condition,
		const struct store_words *words, struct jo_err *err);

/* Add a condition " AND ... IN DB_LIST" on texts, unless there are none. */
void query_texts(struct query *query, const char *condition, const struct store_words *words);

/* Add a condition on a list of another kind, a JSON array, which is released. */
void query_list(struct query *query, const char *condition, struct strbuf *list);

/* Bind the last value once more, where a condition has another '?'. */
void query_again(struct query *query);

/* Open a cursor for it, which keeps copies of the values. */
int query_open(struct query *query, struct store *store, enum cursor_kind kind,
	       struct store_cursor **ret_cursor, struct jo_err *err);

#endif
