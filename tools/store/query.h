/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Queries put together from conditions, with every value bound.  Private to store/. */
#ifndef STORE_QUERY_H
#define STORE_QUERY_H

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

/*
 * Add a condition " AND ... ?" when there is one: a number, bits of a column,
 * names, texts.  A list is one bound JSON array, so the SQL does not depend on
 * its length; a name that the store has never seen matches nothing.
 */
void query_int(struct query *query, const char *condition, int64_t value);
void query_mask(struct query *query, const char *column, unsigned mask);
int query_names(struct query *query, struct store *store, const char *condition,
		const struct store_words *words, struct jo_err *err);
void query_texts(struct query *query, const char *condition, const struct store_words *words);

/* A list of another kind, as JSON; *list is released. */
void query_list(struct query *query, const char *condition, struct strbuf *list);

/* Bind the last value once more, where a condition has another '?'. */
void query_again(struct query *query);

/* The cursor keeps copies of the values. */
int query_open(struct query *query, struct store *store, enum cursor_kind kind,
	       struct store_cursor **ret_cursor, struct jo_err *err);

#endif
