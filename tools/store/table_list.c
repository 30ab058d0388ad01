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

/* A table that has more columns than there is room for is not read by halves. */
static int too_many(const struct table *table, struct jo_err *err)
{
	return jo_err_set(err, -E2BIG, "table %s has too many columns", table->name);
}

static int read_columns(struct db *model, struct table *table, struct jo_err *err)
{
	struct db_stmt stmt;
	struct strbuf names;
	int rc = db_prepare(model, "SELECT name, type FROM pragma_table_info(?) ORDER BY cid",
			    DB_ONCE, &stmt, err);

	if (rc < 0)
		return rc;
	strbuf_init(&names);
	db_bind_text(&stmt, table->name);
	while ((rc = db_step(&stmt, err)) > 0) {
		if (table->count == TABLE_COLUMNS_MAX) {
			rc = too_many(table, err);
			break;
		}
		strbuf_add_part(&names, "%s", db_column_text(&stmt));
		table->types[table->count++] = type_of(db_column_text(&stmt));
	}
	db_release(&stmt);
	table->columns = strbuf_detach(&names);
	return rc;
}

static int read_key(struct db *model, struct table *table, struct jo_err *err)
{
	struct db_stmt stmt;
	struct strbuf names;
	int rc = db_prepare(model,
			    "SELECT name, cid FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk",
			    DB_ONCE, &stmt, err);

	if (rc < 0)
		return rc;
	strbuf_init(&names);
	db_bind_text(&stmt, table->name);
	while ((rc = db_step(&stmt, err)) > 0) {
		if (table->key_count == TABLE_KEYS_MAX) {
			rc = too_many(table, err);
			break;
		}
		strbuf_add_part(&names, "%s", db_column_text(&stmt));
		table->key_columns[table->key_count++] = (size_t)db_column_int(&stmt);
	}
	db_release(&stmt);
	table->key = strbuf_detach(&names);
	return rc;
}

static int read_names(struct db *model, const char *last, GPtrArray *tables, struct jo_err *err)
{
	struct db_stmt stmt;
	int rc = db_prepare(model,
			    "SELECT name FROM sqlite_master WHERE type = 'table'"
			    " AND name NOT LIKE 'sqlite_%' ORDER BY name = ?, rowid",
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

	for (guint i = 0; rc == 0 && i < tables->len; i++) {
		rc = read_columns(model, tables->pdata[i], err);
		if (rc == 0)
			rc = read_key(model, tables->pdata[i], err);
	}
	if (rc < 0)
		g_ptr_array_free(tables, true);
	else
		*ret_tables = tables;
	return rc;
}
