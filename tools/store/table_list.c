/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SQLite tells what its tables are by queries; the other engines' are made of the same text. */
#include "table_list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"
#include "util/strbuf.h"

static void free_table(void *data)
{
	struct table *table = data;

	free(table->name);
	free(table->columns);
	free(table->key);
	free(table);
}

/* The word that a column's type is in the schema's files. */
static enum db_type type_of(const char *word)
{
	static const struct {
		const char *word;
		enum db_type type;
	} types[] = {{"INTEGER", DB_INTEGER}, {"REAL", DB_REAL}, {"TEXT", DB_TEXT}};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(word, types[i].word) == 0)
			return types[i].type;
	return DB_BLOB;
}

/* Take one column: its name, its type, and its place in the key, from 1, or 0. */
static int take_column(struct db_stmt *stmt, struct table *table, struct strbuf *columns,
		       char *key[static TABLE_KEYS_MAX], struct jo_err *err)
{
	const char *name = db_column_text(stmt);
	enum db_type type = type_of(db_column_text(stmt));
	int64_t place = db_column_int(stmt);

	if (table->count == TABLE_COLUMNS_MAX || place > TABLE_KEYS_MAX)
		return jo_err_set(err, -E2BIG, "table %s has too many columns", table->name);
	strbuf_add_part(columns, "%s", name);
	if (place > 0) {
		key[place - 1] = xstrdup(name);
		table->key_columns[place - 1] = table->count;
		table->key_count++;
	}
	table->types[table->count++] = type;
	return 0;
}

static int read_columns(struct db *model, struct table *table, struct jo_err *err)
{
	char *names[TABLE_KEYS_MAX] = {NULL};
	struct strbuf columns, key;
	struct db_stmt stmt;
	int rc = db_prepare(model, "SELECT name, type, pk FROM pragma_table_info(?) ORDER BY cid",
			    DB_ONCE, &stmt, err);

	if (rc < 0)
		return rc;
	strbuf_init(&columns);
	strbuf_init(&key);
	db_bind_text(&stmt, table->name);
	while ((rc = db_step(&stmt, err)) > 0) {
		rc = take_column(&stmt, table, &columns, names, err);
		if (rc < 0)
			break;
	}
	db_release(&stmt);
	for (size_t i = 0; i < TABLE_KEYS_MAX; i++) {
		if (names[i] != NULL)
			strbuf_add_part(&key, "%s", names[i]);
		free(names[i]);
	}
	table->columns = strbuf_detach(&columns);
	table->key = strbuf_detach(&key);
	return rc;
}

static int read_names(struct db *model, const char *last, GPtrArray *tables, struct jo_err *err)
{
	struct db_stmt stmt;
	int rc = db_prepare(model,
			    "SELECT name FROM sqlite_master WHERE type = 'table'"
			    " AND name NOT LIKE 'sqlite_%' ORDER BY name = ?, name",
			    DB_ONCE, &stmt, err);

	if (rc < 0)
		return rc;
	db_bind_text(&stmt, last);
	while ((rc = db_step(&stmt, err)) > 0) {
		struct table *table = xcalloc(1, sizeof(*table));

		table->name = xstrdup(db_column_text(&stmt));
		g_ptr_array_add(tables, table);
	}
	db_release(&stmt);
	return rc;
}

int table_list_read(struct db *model, const char *last, GPtrArray **ret_tables, struct jo_err *err)
{
	GPtrArray *tables = g_ptr_array_new_with_free_func(free_table);
	int rc = read_names(model, last, tables, err);

	for (guint i = 0; rc == 0 && i < tables->len; i++)
		rc = read_columns(model, tables->pdata[i], err);
	if (rc < 0)
		g_ptr_array_free(tables, true);
	else
		*ret_tables = tables;
	return rc;
}
