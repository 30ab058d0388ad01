/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Queries put together from conditions, with every value bound.  Private to store/. */
#ifndef STORE_SELECT_H
#define STORE_SELECT_H

#include "internal.h"
#include "util/strbuf.h"

#define QUERY_VALUES_MAX 48 /* more than all conditions of all selections together */

struct query_value {
	const char *text; /* NULL: the number */
	int64_t number;
};

struct query {
	struct strbuf sql;
	struct query_value values[QUERY_VALUES_MAX];
	size_t count;
	struct store_text_block *lists;
};

void query_init(struct query *query);
void query_release(struct query *query);

/* Add a condition " AND ... ?" when there is one: a number, bits of a column, names. */
void query_int(struct query *query, const char *condition, int64_t value);
void query_mask(struct query *query, const char *column, unsigned mask);
int query_names(struct query *query, struct store *store, const char *condition,
		const struct store_words *words, struct jo_err *err);

/* The conditions of a selection on "step AS s"; its order, then columns that break ties, and limit.
 */
int query_steps(struct query *query, struct store *store, const struct store_selection *selection,
		struct jo_err *err);
void query_order(struct query *query, const struct store_selection *selection, const char *then);

/* The cursor keeps copies of the values. */
int query_open(struct query *query, struct store *store, enum cursor_kind kind,
	       struct store_cursor **ret_cursor, struct jo_err *err);

#endif
