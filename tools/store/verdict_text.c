/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Texts are never removed, so both ways are remembered, unless the transaction was rolled back. */
#include "verdict_text.h"

#include <errno.h>
#include <glib.h>
#include <inttypes.h>

struct verdict_texts {
	struct db *db;
	struct db_stmt find, add, read; /* prepared when first used */
	GHashTable *texts;              /* of ids; owns both */
	GHashTable *ids;                /* of texts; both are those of the other table */
};

struct verdict_texts *verdict_texts_new(struct db *db)
{
	struct verdict_texts *texts = g_new0(struct verdict_texts, 1);

	texts->db = db;
	texts->texts = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
	texts->ids = g_hash_table_new(g_str_hash, g_str_equal);
	return texts;
}

void verdict_texts_free(struct verdict_texts *texts)
{
	if (texts == NULL)
		return;
	db_release(&texts->find);
	db_release(&texts->add);
	db_release(&texts->read);
	g_hash_table_destroy(texts->ids);
	g_hash_table_destroy(texts->texts);
	g_free(texts);
}

void verdict_texts_forget(struct verdict_texts *texts)
{
	g_hash_table_remove_all(texts->ids);
	g_hash_table_remove_all(texts->texts);
}

static int use(struct verdict_texts *texts, struct db_stmt *stmt, const char *sql,
	       struct jo_err *err)
{
	int rc = stmt->handle != NULL ? 0 : db_prepare(texts->db, sql, DB_KEPT, stmt, err);

	if (rc == 0)
		db_reset(stmt);
	return rc;
}

static const char *remember(struct verdict_texts *texts, int64_t id, const char *text)
{
	int64_t *key = g_new(int64_t, 1);
	char *copy = g_strdup(text);

	*key = id;
	g_hash_table_insert(texts->texts, key, copy);
	g_hash_table_insert(texts->ids, copy, key);
	return copy;
}

static int find(struct verdict_texts *texts, const char *text, int64_t *ret_id, struct jo_err *err)
{
	struct db_stmt *stmt = &texts->find;
	int rc = use(texts, stmt, "SELECT id FROM verdict_text WHERE text = ?", err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, text);
	rc = db_step(stmt, err);
	if (rc > 0)
		*ret_id = db_column_int(stmt);
	db_reset(stmt);
	return rc;
}

static int add(struct verdict_texts *texts, const char *text, int64_t *ret_id, struct jo_err *err)
{
	struct db_stmt *stmt = &texts->add;
	int rc = use(texts, stmt, "INSERT INTO verdict_text (text) VALUES (?)", err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, text);
	return db_insert(stmt, ret_id, err);
}

int verdict_text_id(struct verdict_texts *texts, const char *text, int64_t *ret_id,
		    struct jo_err *err)
{
	const int64_t *known = g_hash_table_lookup(texts->ids, text);
	int64_t id;
	int rc;

	if (*text == '\0' || known != NULL) {
		*ret_id = known != NULL ? *known : 0;
		return 0;
	}
	rc = find(texts, text, &id, err);
	if (rc == 0)
		rc = add(texts, text, &id, err);
	if (rc < 0)
		return rc;
	(void)remember(texts, id, text);
	*ret_id = id;
	return 0;
}

int verdict_text_get(struct verdict_texts *texts, int64_t id, const char *placeholder,
		     const char **ret_text, struct jo_err *err)
{
	const char *known = id == 0 ? "" : g_hash_table_lookup(texts->texts, &id);
	struct db_stmt *stmt = &texts->read;
	int rc;

	if (known != NULL) {
		*ret_text = known;
		return 0;
	}
	rc = use(texts, stmt, "SELECT text FROM verdict_text WHERE id = ?", err);
	if (rc < 0)
		return rc;
	db_bind_int(stmt, id);
	rc = db_step(stmt, err);
	if (rc > 0)
		*ret_text = remember(texts, id, db_column_text(stmt));
	db_reset(stmt);
	if (rc == 0 && db_is_own_only(texts->db)) {
		*ret_text = remember(texts, id, placeholder);
		return 0;
	}
	if (rc == 0)
		return jo_err_set(err, -EBADMSG,
				  "database %s: damaged: a verdict has text %" PRId64
				  ", which is not there; restore it from a backup",
				  db_name(texts->db), id);
	return rc < 0 ? rc : 0;
}
