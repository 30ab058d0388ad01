/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows of the step tables, between records, statements and each other.  Private to store/. */
#ifndef STORE_ROW_H
#define STORE_ROW_H

#include <stdbool.h>

#include "driver.h"
#include "input.h"
#include "step/columns.h"

struct store;

union cell {
	int64_t number;   /* JO_MISSING for NULL; a name's id, 0 for none */
	const char *text; /* NULL for NULL; owned by the store's arena */
};

/* A row of step, or of step_node with the other cells unset. */
struct row {
	int64_t id; /* JO_MISSING: not in the table yet */
	union cell cells[COL_COUNT];
	const char *profile; /* that the record brings, and its own; NULL: none */
};

/* Whether the column's cell is a text: names are numbers in the database. */
static inline bool column_is_text(const struct step_column *column)
{
	return column->kind == COLUMN_TEXT || column->kind == COLUMN_ATTRS;
}

/* A time span as the database keeps it: JO_MISSING for one that no clock tells, such as a sum
 * beyond JO_US_MAX. */
int64_t row_duration(int64_t us);

/* One record as the row of a step that has this node alone; state and group are left open.  Texts
 * go to store->texts. */
int row_from_record(struct store *store, const struct store_input *input, int64_t now_unix_us,
		    struct row *ret_row, struct jo_err *err);

/* Bind all columns of step, or of step_node but for the step. */
void row_bind(struct db_stmt *stmt, const struct row *row, bool is_node);

/* Bind what a step's key is made of: job, cluster, array task, restart, step. */
void row_bind_key(struct db_stmt *stmt, const struct row *row);

/* Read the id and then the columns, in the order of row_bind; texts go to store->texts. */
int row_read(struct store *store, struct db_stmt *stmt, bool is_node, struct row *ret_row,
	     struct jo_err *err);

/* When it ended by the clock that told its start; JO_MISSING where it has not, or nobody knows. */
int64_t row_end(const struct row *row);

/* Whether the row knows nothing in this column. */
bool row_is_missing(const struct row *row, int column);

/* Whether both rows have the same in this column. */
bool row_cell_equals(const struct row *a, const struct row *b, int column);

/* "KEY=VALUE,KEY=VALUE" by key, so that equal sets are equal texts; NULL for none.  Good until
 * store->texts is reset. */
const char *row_attrs_text(struct store *store, const struct jo_attrs *attrs);

#endif
