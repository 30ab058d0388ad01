/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cursors of all kinds: a statement, and what its rows are. */
#include <assert.h>
#include <stdlib.h>

#include "internal.h"
#include "util/alloc.h"

int cursor_open(struct store *store, enum cursor_kind kind, const char *sql,
		struct store_cursor **ret_cursor, struct jo_err *err)
{
	struct store_cursor cursor = {.kind = kind};
	int rc;

	rc = db_prepare(store, sql, false, &cursor.stmt, err);
	if (rc < 0)
		return rc;
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
	db_release(&cursor->stmt);
	free(cursor);
}
