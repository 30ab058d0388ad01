/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A batch begins behind the last key of the one before, which the key's index finds. */
#include "table_rows.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "util/alloc.h"
#include "util/strbuf.h"

/* Rows of a batch: enough that finding its beginning costs nothing beside it; with the largest that
 * there are, profiles of 24 kB, what they take is some 25 MB. */
#define BATCH 1000

/* ---- keys ---- */

void table_key_release(struct table_key *key)
{
	for (size_t i = 0; i < TABLE_KEYS_MAX; i++)
		free(key->texts[i]);
	*key = (struct table_key){0};
}

static void set(struct table_key *key, size_t i, const struct db_value *value)
{
	free(key->texts[i]);
	key->texts[i] = NULL;
	key->values[i] = *value;
	if (value->data != NULL)
		key->values[i].data = key->texts[i] = xstrndup(value->data, value->size);
}

void table_key_set(struct table_key *key, const struct table *table, const struct db_value *row)
{
	for (size_t i = 0; i < table->key_count; i++)
		set(key, i, &row[table->key_columns[i]]);
	key->is_set = true;
}

static void add_value(struct strbuf *text, const struct db_value *value)
{
	switch (value->type) {
	case DB_INTEGER:
		strbuf_addf(text, "%" PRId64, value->integer);
		break;
	case DB_TEXT:
		strbuf_adds(text, value->data);
		break;
	default: /* none of our keys */
		strbuf_addc(text, '?');
		break;
	}
}

char *table_key_text(const struct table_key *key, const struct table *table)
{
	struct strbuf text;

	strbuf_init(&text);
	strbuf_addf(&text, "(%s) = (", table->key);
	for (size_t i = 0; i < table->key_count; i++) {
		strbuf_adds(&text, i == 0 ? "" : ", ");
		add_value(&text, &key->values[i]);
	}
	strbuf_addc(&text, ')');
	return strbuf_detach(&text);
}

void table_key_bind(const struct table_key *key, const struct table *table, struct db_stmt *stmt)
{
	for (size_t i = 0; i < table->key_count; i++)
		db_bind_value(stmt, &key->values[i], table->types[table->key_columns[i]]);
}

char *table_key_behind(const struct table *table)
{
	struct strbuf text;

	strbuf_init(&text);
	strbuf_addf(&text, "(%s) > (", table->key);
	for (size_t i = 0; i < table->key_count; i++)
		strbuf_adds(&text, i == 0 ? "?" : ", ?");
	strbuf_addc(&text, ')');
	return strbuf_detach(&text);
}

/* ---- rows ---- */

void table_rows_init(struct table_rows *rows, struct db *db, const struct table *table,
		     const struct table_key *behind)
{
	*rows = (struct table_rows){.db = db, .table = table};
	if (behind == NULL || !behind->is_set)
		return;
	for (size_t i = 0; i < table->key_count; i++)
		set(&rows->key, i, &behind->values[i]);
	rows->key.is_set = true;
}

void table_rows_release(struct table_rows *rows)
{
	db_release(&rows->stmt);
	table_key_release(&rows->key);
}

static int prepare(struct table_rows *rows, struct jo_err *err)
{
	const struct table *table = rows->table;
	char *behind = rows->key.is_set ? table_key_behind(table) : xstrdup("true");
	char *sql = xasprintf("SELECT %s FROM %s WHERE %s ORDER BY %s LIMIT %d", table->columns,
			      table->name, behind, table->key, BATCH);
	int rc;

	db_release(&rows->stmt);
	rc = db_prepare(rows->db, sql, DB_KEPT, &rows->stmt, err);
	rows->is_behind = rows->key.is_set;
	free(behind);
	free(sql);
	return rc;
}

static int begin_batch(struct table_rows *rows, struct jo_err *err)
{
	int rc = 0;

	if (rows->stmt.handle == NULL || rows->is_behind != rows->key.is_set)
		rc = prepare(rows, err);
	if (rc < 0)
		return rc;
	db_reset(&rows->stmt);
	if (rows->is_behind)
		table_key_bind(&rows->key, rows->table, &rows->stmt);
	rows->count = 0;
	return 0;
}

static int read_row(struct table_rows *rows, struct jo_err *err)
{
	const struct table *table = rows->table;
	bool is_good = true;
	char *text;
	int rc;

	for (size_t i = 0; i < table->count; i++) {
		db_column_value(&rows->stmt, &rows->values[i]);
		if (rows->values[i].type != DB_NULL && rows->values[i].type != table->types[i])
			is_good = false;
	}
	table_key_set(&rows->key, table, rows->values);
	rows->count++;
	if (is_good)
		return 1;
	text = table_key_text(&rows->key, table);
	rc = jo_err_set(err, -EBADMSG,
			"database %s: table %s, row of %s: a column holds a value that it cannot "
			"have; was it edited by hand?",
			db_name(rows->db), table->name, text);
	free(text);
	return rc;
}

int table_rows_next(struct table_rows *rows, struct jo_err *err)
{
	int rc = 0;

	if (rows->is_end)
		return 0;
	if (rows->stmt.handle == NULL || rows->count == BATCH)
		rc = begin_batch(rows, err);
	if (rc == 0)
		rc = db_step(&rows->stmt, err);
	rows->is_end = rc == 0;
	return rc > 0 ? read_row(rows, err) : rc;
}
