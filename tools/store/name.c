/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names are never removed, so an id that was seen stays right, unless the
 * transaction that added it was rolled back.
 */
#include "name.h"

#include <stdlib.h>
#include <string.h>

#include "name_text.h"
#include "open_store.h"
#include "statements.h"
#include "util/alloc.h"

/* A site's names that are in use at a time fit; 1 MB. */
#define NAME_CACHE_SLOTS 65536

struct name_slot {
	char *text; /* NULL: free */
	int64_t id;
};

static void empty(struct name_slot *names)
{
	for (size_t i = 0; i < NAME_CACHE_SLOTS; i++) {
		free(names[i].text);
		names[i] = (struct name_slot){0};
	}
}

struct name_slot *name_cache_new(void)
{
	return xcalloc(NAME_CACHE_SLOTS, sizeof(struct name_slot));
}

void name_cache_free(struct name_slot *names)
{
	if (names == NULL)
		return;
	empty(names);
	free(names);
}

/* FNV-1a, folded. */
static struct name_slot *slot_of(struct store *store, const char *text)
{
	uint32_t hash = 2166136261U;

	for (; *text != '\0'; text++)
		hash = (hash ^ (unsigned char)*text) * 16777619U;
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
	rc = db_insert(stmt, ret_id, err);
	return rc < 0 ? rc : 0;
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
	empty(store->names);
	name_texts_forget(store->name_texts);
}
