/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opening and closing, and the database as a whole. */
#include "store.h"

#include <stdlib.h>

#include "copy_mark.h"
#include "cursor_kinds.h"
#include "group.h"
#include "job_months.h"
#include "name.h"
#include "name_text.h"
#include "open_store.h"
#include "schema.h"
#include "statements.h"
#include "util/alloc.h"
#include "verdict_queue.h"
#include "verdict_text.h"
#include "waiting.h"

int store_open(const char *path, const struct store_options *options, struct store **ret_store,
	       struct jo_err *err)
{
	struct store *store;
	struct db *db;
	int rc;

	rc = db_open(path, options, &db, err);
	if (rc < 0)
		return rc;
	store = xcalloc(1, sizeof(*store));
	store->db = db;
	store->mode = options->mode;
	store->statements = statements_new();
	store->names = name_cache_new();
	store->name_texts = name_texts_new();
	store->nodes = node_descriptions_new();
	store->idle = cursor_idle_new();
	store->verdict_texts = verdict_texts_new(db);
	store->verdict_queue = verdict_queue_new();
	store->waiting_notes = waiting_notes_new();
	store->job_months = job_months_new();
	store->groups.key_count = KEYMAP_KEY_MAX; /* the columns that make a group */
	store->touched.key_count = 1;             /* the group */
	store->touched_nodes.key_count = 2;       /* cluster and node */
	rc = copy_mark_refuse(db, err);
	if (rc == 0)
		rc = schema_open(db, options->mode, err);
	if (rc == 0)
		rc = group_load_rule(store, err);
	if (rc == 0)
		rc = readers_copy_load(store, err);
	if (rc == 0) {
		*ret_store = store;
		store = NULL;
	}
	store_close(store);
	return rc;
}

void store_close(struct store *store)
{
	if (store == NULL)
		return;
	statements_free(store->statements);
	cursor_idle_free(store->idle);
	verdict_texts_free(store->verdict_texts);
	verdict_queue_free(store->verdict_queue);
	waiting_notes_free(store->waiting_notes);
	job_months_free(store->job_months);
	db_close(store->db);
	name_cache_free(store->names);
	name_texts_free(store->name_texts);
	node_descriptions_free(store->nodes);
	keymap_release(&store->groups);
	keymap_release(&store->touched);
	keymap_release(&store->touched_nodes);
	arena_release(&store->texts);
	arena_release(&store->held_message);
	arena_release(&store->held_model);
	arena_release(&store->held_blob);
	free(store);
}

const char *store_path(const struct store *store)
{
	return db_name(store->db);
}

int store_check(struct store *store, struct jo_err *err)
{
	return db_check(store->db, err);
}

int store_counts(struct store *store, struct store_counts *ret_counts, struct jo_err *err)
{
	struct store_counts counts;
	const struct {
		const char *sql;
		int64_t *value;
	} queries[] = {
		{"SELECT count(*) FROM step", &counts.step_count},
		{"SELECT count(*) FROM step WHERE state = 1", &counts.running_count},
		{"SELECT count(*) FROM waiting", &counts.unjudged_count},
		{WAITING_PAST_COUNT, &counts.history_count},
		{"SELECT count(*) FROM step_group WHERE class_is_declared < 2",
		 &counts.group_count},
		{"SELECT count(*) FROM span WHERE step IS NOT NULL", &counts.span_count},
		{"SELECT count(*) FROM span WHERE step IS NULL", &counts.waiting_span_count},
	};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < sizeof(queries) / sizeof(queries[0]); i++)
		rc = db_query_int(store->db, queries[i].sql, queries[i].value, err);
	if (rc == 0)
		rc = db_size(store->db, &counts.file_bytes, err);
	if (rc == 0)
		*ret_counts = counts;
	return rc;
}

int store_has_name(struct store *store, const char *name, bool *ret_has_name, struct jo_err *err)
{
	int64_t id;
	int rc = name_find(store, name, &id, err);

	if (rc == 0)
		*ret_has_name = id > 0;
	return rc;
}

int store_readers_set(struct store *store, const struct store_readers *readers, struct jo_err *err)
{
	return db_readers_set(store->db, readers, err);
}

bool store_is_own_only(const struct store *store)
{
	return db_is_own_only(store->db);
}

bool store_is_shared(const char *path)
{
	return db_is_shared(path);
}

bool store_is_keeper(const char *path)
{
	return db_is_keeper(path);
}

bool store_place_check(const char *path, store_tell_fn *tell, void *context)
{
	return db_place_check(path, tell, context);
}

bool store_readers_check(const char *path, const struct store_readers *readers, store_tell_fn *tell,
			 void *context)
{
	return db_readers_check(path, readers, tell, context);
}
