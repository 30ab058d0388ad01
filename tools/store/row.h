/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A row of the step tables in memory.  Private to store/. */
#ifndef STORE_ROW_H
#define STORE_ROW_H

#include "step/columns.h"

union cell {
	int64_t number;   /* JO_MISSING for NULL; a name's id, 0 for none */
	const char *text; /* NULL for NULL; owned by the store's arena */
};

/* A row of step, or of step_node with the other cells unset. */
struct row {
	int64_t id; /* JO_MISSING: not in the table yet */
	union cell cells[COL_COUNT];
};

/* Whether the column's cell is a text: names are numbers in the database. */
static inline bool column_is_text(const struct step_column *column)
{
	return column->kind == COLUMN_TEXT || column->kind == COLUMN_ATTRS;
}

#endif
