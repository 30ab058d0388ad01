/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cursors of all kinds: a statement, and what its rows are. */
#include <assert.h>
#include <stdlib.h>

#include "internal.h"
#include "util/alloc.h"

/*
 * To prepare a query takes longer than to read the few rows of a group's night.
 * So what a cursor leaves is kept for the next one with the same text.
 */
static bool take_idle(struct store *store, const char *sql, struct db_stmt *ret_stmt)
{
	for (size_t i = 0; i < IDLE_MAX; i++) {
		if (!db_is(&store->idle[i], sql))
			continue;
		*ret_stmt = store->idle[i];
		store->idle[i] = (struct db_stmt){0};
		return true;
	}
	return false;
}

static void put_idle(struct store *store, struct db_stmt *stmt)
{
	struct db_stmt *slot = &store->idle[store->idle_next];

	store->idle_next = (store->idle_next + 1) % IDLE_MAX;
	db_release(slot);
	db_reset(stmt);
	*slot = *stmt;
}

int cursor_open(struct store *store, enum cursor_kind kind, const char *sql,
		struct store_cursor **ret_cursor, struct jo_err *err)
{
	struct store_cursor cursor = {.kind = kind};
	int rc;

	if (!take_idle(store, sql, &cursor.stmt)) {
		rc = db_prepare(store, sql, true, &cursor.stmt, err);
		if (rc < 0)
			return rc;
	}
	*ret_cursor = xmalloc(sizeof(cursor));
	**ret_cursor = cursor;
	return 0;
}

int cursor_step(struct store_cursor *cursor, enum cursor_kind kind, struct jo_err *err)
{
	assert(cursor->kind == kind);
	(void)kind;
	return db_step(&cursor->stmt, err);
}

void store_cursor_close(struct store_cursor *cursor)
{
	if (cursor == NULL)
		return;
	put_idle(cursor->stmt.store, &cursor->stmt);
	free(cursor);
}
