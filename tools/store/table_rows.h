/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All rows of a table in the order of its key, a batch at a time, so that neither engine keeps more
 * of them in memory.  Private to store/. */
#ifndef STORE_TABLE_ROWS_H
#define STORE_TABLE_ROWS_H

#include <stdbool.h>

#include "table_list.h"

/* Where a row stands; owns the texts. */
struct table_key {
	bool is_set; /* else before the first row */
	struct db_value values[TABLE_KEYS_MAX];
	char *texts[TABLE_KEYS_MAX];
};

/* All zero is before the first row. */
void table_key_release(struct table_key *key);

/* Make it that of a row. */
void table_key_set(struct table_key *key, const struct table *table, const struct db_value *row);

/* "step = 17, node_id = 3", for texts; the caller frees it. */
char *table_key_text(const struct table_key *key, const struct table *table);

/* Bind the values of a key, in its order. */
void table_key_bind(const struct table_key *key, const struct table *table, struct db_stmt *stmt);

/* "(a, b) > (?, ?)", for rows behind a key; the caller frees it. */
char *table_key_behind(const struct table *table);

struct table_rows {
	struct db *db;
	const struct table *table;
	struct db_stmt stmt; /* of the batch; of the first one where there is no key yet */
	bool is_behind;      /* the statement is of rows behind a key */
	bool is_end;
	size_t count;                              /* of the batch, read */
	struct table_key key;                      /* of the row that was read last */
	struct db_value values[TABLE_COLUMNS_MAX]; /* of the row, good until the next one */
};

/* Begin behind a key, or for NULL at the first row; to be released, whatever happens. */
void table_rows_init(struct table_rows *rows, struct db *db, const struct table *table,
		     const struct table_key *behind);
void table_rows_release(struct table_rows *rows);

/* 1: here is one; 0: there are no more; or a negative errno, as for a value that its column cannot
 * have. */
int table_rows_next(struct table_rows *rows, struct jo_err *err);

#endif
