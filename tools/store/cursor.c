/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cursors of all kinds. */
#include "cursor.h"

#include <assert.h>
#include <stdlib.h>

#include "cursor_kinds.h"
#include "open_store.h"
#include "util/alloc.h"

#define IDLE_MAX 8 /* more than are asked in turn for each of many groups */

/*
 * To prepare a query takes longer than to read the few rows of a group's night.
 * So what a cursor leaves is kept for the next one with the same text.
 */
struct cursor_idle {
	struct db_stmt list[IDLE_MAX];
	size_t next; /* the one that makes room */
};

struct cursor_idle *cursor_idle_new(void)
{
	return xcalloc(1, sizeof(struct cursor_idle));
}

void cursor_idle_free(struct cursor_idle *idle)
{
	if (idle == NULL)
		return;
	for (size_t i = 0; i < IDLE_MAX; i++)
		db_release(&idle->list[i]);
	free(idle);
}

static bool take_idle(struct cursor_idle *idle, const char *sql, struct db_stmt *ret_stmt)
{
	for (size_t i = 0; i < IDLE_MAX; i++) {
		if (!db_is(&idle->list[i], sql))
			continue;
		*ret_stmt = idle->list[i];
		idle->list[i] = (struct db_stmt){0};
		return true;
	}
	return false;
}

static void put_idle(struct cursor_idle *idle, struct db_stmt *stmt)
{
	struct db_stmt *slot = &idle->list[idle->next];

	idle->next = (idle->next + 1) % IDLE_MAX;
	db_release(slot);
	db_reset(stmt);
	*slot = *stmt;
}

int cursor_open(struct store *store, enum cursor_kind kind, enum db_use use, const char *sql,
		struct store_cursor **ret_cursor, struct jo_err *err)
{
	struct store_cursor cursor = {.kind = kind, .store = store};
	int rc;

	if (!take_idle(store->idle, sql, &cursor.stmt)) {
		rc = db_prepare(store->db, sql, use, &cursor.stmt, err);
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
	put_idle(cursor->store->idle, &cursor->stmt);
	free(cursor->extra);
	free(cursor);
}
