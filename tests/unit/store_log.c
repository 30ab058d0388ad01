/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SQLite's write-ahead log stays bounded: nothing that the store hands out keeps it from being
 * copied back into the database. */
#include "store_fixture.h"

#include <sqlite3.h>
#include <sys/stat.h>

#define BLOB_BYTES ((size_t)4 << 20)
#define BLOBS 40 /* more than twice what the log may hold */

/* The 64 MB at which a commit copies the log back, with room for the commit that comes to it. */
#define LOG_BYTES_MAX ((int64_t)64 << 20 | (int64_t)16 << 20)

/* Whether another connection can copy the whole log back, which is when nobody reads. */
static bool nobody_reads(const char *name)
{
	char path[200];
	sqlite3 *db;
	int in_log = -1, copied = -2;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	must(sqlite3_open(path, &db) == SQLITE_OK, "open");
	must(sqlite3_exec(db, "INSERT OR REPLACE INTO blob VALUES ('other', 1, x'')", NULL, NULL,
			  NULL) == SQLITE_OK,
	     sqlite3_errmsg(db));
	(void)sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_TRUNCATE, &in_log, &copied);
	(void)sqlite3_close(db);
	return in_log == copied;
}

static void every_call(void)
{
	struct store *store = open_new("calls");
	struct store_model model;
	struct store_node node;
	struct step_verdict verdict;
	struct store_group group;
	struct store_message message;
	struct store_history history = {0};
	struct jo_record record = record_of(JO_RECORD_NODE, JO_MISSING, JO_MISSING, "n1");
	struct store_added added;
	const void *data;
	int64_t version, time_unix_us, count;
	struct store_selection all;
	size_t size;

	add(store, &record, &added);
	add_job(store, 1, "ann", T0);
	put_model(store, 1, "bytes");
	must(store_blob_put(store, "site", 1, "bytes", 5, &err) == 0, "put a blob");
	ok(nobody_reads("calls"), "nothing is left open by writing");

	is_int(store_model_get(store, 1, METRIC_WALL, &model, &err), 1, "a model");
	ok(nobody_reads("calls"), "is not read any more when it is handed out");
	ok(model.size == 5 && memcmp(model.data, "bytes", 5) == 0, "and is whole");
	is_int(store_blob_get(store, "site", &version, &data, &size, &err), 1, "a blob");
	ok(nobody_reads("calls"), "neither");
	ok(size == 5 && memcmp(data, "bytes", 5) == 0, "and is whole");
	ok(memcmp(model.data, "bytes", 5) == 0, "beside the model");
	is_str(store_name(store, 1), "c1", "a name");
	ok(nobody_reads("calls"), "neither");
	is_int(store_node_at(store, "c1", "n1", T0, &node, &err), 1, "a node");
	ok(nobody_reads("calls"), "neither");
	is_int(store_history_read(store, 1, T0 + HOUR, 10, &history, &err), 0, "a history");
	store_history_release(&history);
	is_int(store_unjudged_oldest(store, JO_MISSING, &time_unix_us, &err), 1, "the oldest unjudged");
	store_selection_init(&all);
	is_int(store_steps_count(store, &all, &count, &err), 0, "a count");
	is_int(count_verdicts(store, 1, &verdict), 0, "no verdicts");
	is_int(list_groups(store, &group), 1, "a group");
	is_int(store_message_claim(store, 0, T0, &message, &err), 0, "no message");
	ok(nobody_reads("calls"), "and what was closed is closed");
	store_close(store);
}

static void many_models(void)
{
	struct store *store = open_new("many");
	struct store_model model = {.group_id = 1, .metric = METRIC_WALL, .size = BLOB_BYTES};
	struct store_model found;
	char path[200], *bytes = calloc(1, BLOB_BYTES);
	int64_t log_bytes_max = 0;
	struct stat st;

	must(bytes != NULL, "memory");
	model.data = bytes;
	(void)snprintf(path, sizeof(path), "%s/many-wal", folder);
	for (int i = 0; i < BLOBS; i++) {
		bytes[0] = (char)i;
		must(store_model_put(store, &model, &err) == 0 &&
			     store_model_get(store, 1, METRIC_WALL, &found, &err) == 1 &&
			     stat(path, &st) == 0,
		     "put and get");
		if (st.st_size > log_bytes_max)
			log_bytes_max = st.st_size;
	}
	ok(log_bytes_max > 0 && log_bytes_max < LOG_BYTES_MAX, "the log had at most %lld bytes",
	   (long long)log_bytes_max);
	free(bytes);
	store_close(store);
}

/* ---- what a prune writes ---- */

#define MANY_STEPS 15000 /* in one transaction */
#define MANY_GROUPS 3000
#define BATCH 250

/* Steps of all groups in turn, as nights have them. */
static void add_many(struct store *store)
{
	struct jo_record *records = calloc(BATCH, sizeof(*records));
	struct store_input inputs[BATCH];
	struct store_added added = {0};

	must(records != NULL && store_begin(store, &err) == 0, "begin");
	for (int64_t job = 0; job < MANY_STEPS; job++) {
		struct jo_record *record = &records[job % BATCH];

		*record = record_of(JO_RECORD_END, job + 1, 0, "n1");
		record->start_unix_us = T0 + job * S;
		(void)snprintf(record->class_name, sizeof(record->class_name), "class%d",
			       (int)(job * 1009 % MANY_GROUPS));
		inputs[job % BATCH] =
			(struct store_input){record, NULL, STEP_SOURCE_PLUGIN, STEP_STATE_NONE};
		if (job % BATCH == BATCH - 1)
			must(store_add(store, inputs, BATCH, T0, &added, &err) == 0, "add");
	}
	must(store_commit(store, &err) == 0 && added.new_count == MANY_STEPS, "commit");
	free(records);
}

/* The steps of a time are of all groups, and so on most pages of the groups' indexes: each
 * transaction would write these again. */
static void prune_pages(void)
{
	struct store *store = open_new("pages");
	char path[200];
	struct stat database, log;
	int64_t count;

	add_many(store);
	ok(nobody_reads("pages"), "what was added is in the database");
	must(prune(store, T0 + 100 * HOUR, &count) == 0, err.text);
	is_int(count, MANY_STEPS, "and removed again");
	(void)snprintf(path, sizeof(path), "%s/pages", folder);
	must(stat(path, &database) == 0, path);
	(void)snprintf(path, sizeof(path), "%s/pages-wal", folder);
	must(stat(path, &log) == 0, path);
	ok(log.st_size > 0 && log.st_size * 4 < database.st_size * 5,
	   "of %lld bytes few are written twice: %lld bytes in the log",
	   (long long)database.st_size, (long long)log.st_size);
	store_close(store);
}

int main(void)
{
	begin_tests();
	every_call();
	many_models();
	prune_pages();
	return end_tests();
}
