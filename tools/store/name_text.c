/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names are never removed, so what an id stands for is remembered. */
#include "name_text.h"

#include <glib.h>
#include <stdbool.h>

#include "open_store.h"
#include "statements.h"

/* The names of a few steps.  Who wants more wants most of them, and one query of all takes a server
 * no longer than some dozens of one. */
#define SINGLE_MAX 64

struct name_texts {
	GHashTable *by_id;     /* owns its keys */
	GStringChunk *strings; /* kept to the end: who has a text knows nothing of a rollback */
	int single_count;
	bool has_all; /* that there were then */
};

struct name_texts *name_texts_new(void)
{
	struct name_texts *texts = g_new0(struct name_texts, 1);

	texts->by_id = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	texts->strings = g_string_chunk_new(4096);
	return texts;
}

void name_texts_free(struct name_texts *texts)
{
	if (texts == NULL)
		return;
	g_hash_table_destroy(texts->by_id);
	g_string_chunk_free(texts->strings);
	g_free(texts);
}

void name_texts_forget(struct name_texts *texts)
{
	g_hash_table_remove_all(texts->by_id);
	texts->single_count = 0;
	texts->has_all = false;
}

static const char *remember(struct name_texts *texts, int64_t id, const char *text)
{
	const char *kept = g_string_chunk_insert(texts->strings, text);

	(void)g_hash_table_insert(texts->by_id, g_memdup(&id, sizeof(id)), (gpointer)kept);
	return kept;
}

static int read_all(struct store *store, struct jo_err *err)
{
	struct db_stmt *stmt;
	int rc = store_use(store, STMT_NAME_TEXTS, &stmt, err);

	if (rc < 0)
		return rc;
	while ((rc = db_step(stmt, err)) > 0) {
		int64_t id = db_column_int(stmt);
		const char *text = db_column_text(stmt);

		rc = db_row_check(stmt, err);
		if (rc < 0)
			break;
		if (g_hash_table_lookup(store->name_texts->by_id, &id) == NULL)
			(void)remember(store->name_texts, id, text);
	}
	db_reset(stmt);
	store->name_texts->has_all = rc == 0;
	return rc;
}

/* Who may not see a name finds none, and is not to ask for it in each row. */
static int read_one(struct store *store, int64_t id, const char **ret_text, struct jo_err *err)
{
	struct db_stmt *stmt;
	int rc = store_use(store, STMT_NAME_TEXT, &stmt, err);

	if (rc < 0)
		return rc;
	db_bind_int(stmt, id);
	rc = db_step(stmt, err);
	if (rc >= 0) {
		const char *text = rc > 0 ? db_column_text(stmt) : "";

		rc = rc > 0 ? db_row_check(stmt, err) : 0;
		if (rc == 0)
			*ret_text = remember(store->name_texts, id, text);
	}
	db_reset(stmt);
	return rc;
}

int name_text(struct store *store, int64_t id, const char **ret_text, struct jo_err *err)
{
	struct name_texts *texts = store->name_texts;
	const char *known = id == 0 ? "" : g_hash_table_lookup(texts->by_id, &id);
	int rc = 0;

	if (known == NULL && !texts->has_all && texts->single_count++ >= SINGLE_MAX) {
		rc = read_all(store, err);
		known = g_hash_table_lookup(texts->by_id, &id);
	}
	if (rc == 0 && known == NULL)
		return read_one(store, id, ret_text, err);
	if (rc == 0)
		*ret_text = known;
	return rc;
}
