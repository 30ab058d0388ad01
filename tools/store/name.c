/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names kept once: users, nodes, classes and so on come again in every row, as
 * two bytes instead of twenty.  They are never removed, so an id that was seen
 * stays right, unless the transaction that added it was rolled back.
 */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "util/alloc.h"
#include "util/hash.h"

static struct name_slot *slot_of(struct store *store, const char *text)
{
	uint32_t hash = hash_text32(text);

	return &store->names[(hash ^ hash >> 16) % NAME_CACHE_SLOTS];
}

static int look_up(struct store *store, const char *text, int64_t *ret_id, struct jo_err *err)
{
	struct db_stmt *stmt;
	int rc;

	rc = store_use(store, STMT_NAME_ID, &stmt, err);
	if (rc < 0)
		return rc;
	db_bind_text(stmt, text);
	rc = db_step(stmt, err);
	*ret_id = rc > 0 ? db_column_int(stmt) : -1;
	db_reset(stmt);
	return rc;
}

static int add(struct store *store, const char *text, int64_t *ret_id, struct jo_err *err)
{
	struct db_stmt *stmt;
	int rc;

	rc = store_use(store, STMT_NAME_ADD, &stmt, err);
	if (rc < 0)
		return rc;
	db_bind_text(stmt, text);
	rc = db_run(stmt, err);
	if (rc == 0)
		*ret_id = sqlite3_last_insert_rowid(store->db);
	return rc;
}

int name_find(struct store *store, const char *text, int64_t *ret_id, struct jo_err *err)
{
	int rc;

	if (*text == '\0') {
		*ret_id = 0;
		return 0;
	}
	rc = look_up(store, text, ret_id, err);
	return rc < 0 ? rc : 0;
}

int name_id(struct store *store, const char *text, int64_t *ret_id, struct jo_err *err)
{
	struct name_slot *slot = slot_of(store, text);
	int64_t id;
	int rc;

	if (*text == '\0') {
		*ret_id = 0;
		return 0;
	}
	if (slot->text != NULL && strcmp(slot->text, text) == 0) {
		*ret_id = slot->id;
		return 0;
	}
	rc = look_up(store, text, &id, err);
	if (rc == 0)
		rc = add(store, text, &id, err);
	if (rc < 0)
		return rc;
	free(slot->text);
	slot->text = xstrdup(text);
	slot->id = id;
	*ret_id = id;
	return 0;
}

void name_forget(struct store *store)
{
	for (size_t i = 0; i < NAME_CACHE_SLOTS; i++) {
		free(store->names[i].text);
		store->names[i] = (struct name_slot){0};
	}
}

const char *store_name(struct store *store, int64_t id)
{
	struct db_stmt *stmt;

	if (store_use(store, STMT_NAME_TEXT, &stmt, NULL) < 0)
		return "";
	db_bind_int(stmt, id);
	/* The statement is reset by the next call, which is what keeps the text until then. */
	return db_step(stmt, NULL) > 0 ? db_column_text(stmt) : "";
}
