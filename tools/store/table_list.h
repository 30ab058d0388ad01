/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables of the newest schema, with their columns and keys.  Private to store/. */
#ifndef STORE_TABLE_LIST_H
#define STORE_TABLE_LIST_H

#include <glib.h>

#include "driver.h"

#define TABLE_COLUMNS_MAX 128 /* more than a step has */
#define TABLE_KEYS_MAX 8      /* columns of a primary key */

struct table {
	char *name;
	char *columns;                         /* "a, b, ..." */
	enum db_type types[TABLE_COLUMNS_MAX]; /* of their values that are not NULL */
	size_t count;
	char *key;                          /* "a, b": what rows are ordered by */
	size_t key_columns[TABLE_KEYS_MAX]; /* which of the columns these are */
	size_t key_count;
};

/* Learn them from an empty database of SQLite's with that schema: struct table, which the array
 * owns, with the one of the name last at its end. */
int table_list_read(struct db *model, const char *last, GPtrArray **ret_tables, struct jo_err *err);

#endif
