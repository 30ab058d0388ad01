/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a cursor is inside: a statement, and what its rows are.  Implemented in cursor.c; private to
 * store/. */
#ifndef STORE_CURSOR_KINDS_H
#define STORE_CURSOR_KINDS_H

#include "cursor.h"
#include "driver.h"

struct store;
struct store_columns;
struct cursor_idle;

enum cursor_kind {
	CURSOR_STEPS,
	CURSOR_NODES,
	CURSOR_VERDICTS,
	CURSOR_JUDGED,
	CURSOR_GROUPS,
	CURSOR_DESCRIPTIONS,
	CURSOR_HEALTH,
	CURSOR_DRIFTS,
	CURSOR_FINDINGS,
	CURSOR_MESSAGES,
	CURSOR_MUTES,
	CURSOR_WEEKLY,
	CURSOR_DAYS,
	CURSOR_SPANS,
};

struct store_cursor {
	enum cursor_kind kind;
	struct db_stmt stmt;
	struct store *store;                 /* takes the statement when it closes */
	const struct store_columns *columns; /* of the steps that it reads; NULL: all */
	void *extra; /* its kind's own, freed when it closes; NULL for nothing */
};

/* Place for the statements of closed cursors; for store->idle. */
struct cursor_idle *cursor_idle_new(void);

/* Release them all; NULL is fine. */
void cursor_idle_free(struct cursor_idle *idle);

/* Open a cursor whose statement, of use DB_CURSOR or DB_LISTED, is ready for its first bind. */
int cursor_open(struct store *store, enum cursor_kind kind, enum db_use use, const char *sql,
		struct store_cursor **ret_cursor, struct jo_err *err);

/* As db_step, for a cursor of this kind. */
int cursor_step(struct store_cursor *cursor, enum cursor_kind kind, struct jo_err *err);

#endif
