/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A list of steps is dealt with by one statement, whatever there was of them, and no step stands in
 * it twice. */
#include "verdict_queue.h"

#include <inttypes.h>
#include <stdlib.h>

#include "open_store.h"
#include "statements.h"
#include "util/alloc.h"
#include "util/strbuf.h"

/* Steps; more of them at a time are not faster. */
#define QUEUE_MAX 1000

struct queued {
	int64_t step_id, change_unix_us, judging;
	unsigned kinds;
	size_t begin, size; /* of the bytes */
};

struct verdict_queue {
	struct queued list[QUEUE_MAX];
	size_t count;
	struct strbuf bytes;
	struct keymap steps; /* those in the list */
};

struct verdict_queue *verdict_queue_new(void)
{
	struct verdict_queue *queue = xcalloc(1, sizeof(*queue));

	strbuf_init(&queue->bytes);
	queue->steps.key_count = 1;
	return queue;
}

void verdict_queue_free(struct verdict_queue *queue)
{
	if (queue == NULL)
		return;
	strbuf_release(&queue->bytes);
	keymap_release(&queue->steps);
	free(queue);
}

void verdict_queue_forget(struct store *store)
{
	struct verdict_queue *queue = store->verdict_queue;

	queue->count = 0;
	strbuf_reset(&queue->bytes);
	keymap_clear(&queue->steps);
}

/* Take back what was said of the steps of a list, which are within a range of ids. */
static int drop(struct store *store, const char *list, int64_t least_id, int64_t greatest_id,
		struct jo_err *err)
{
	struct db_stmt *stmt;
	int rc = store_use(store, STMT_VERDICTS_DROP_LIST, &stmt, err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, list);
	db_bind_int(stmt, least_id);
	db_bind_int(stmt, greatest_id);
	return db_run(stmt, err);
}

/* Let the steps of a list wait no longer, unless they changed again. */
static int end_wait(struct store *store, const char *list, struct jo_err *err)
{
	struct db_stmt *stmt;
	int rc = store_use(store, STMT_WAITING_JUDGED, &stmt, err);

	if (rc < 0)
		return rc;
	db_bind_text(stmt, list);
	return db_run(stmt, err);
}

static int put(struct store *store, const struct queued *queued, struct jo_err *err)
{
	struct db_stmt *stmt;
	int rc = store_use(store, STMT_VERDICT_PUT, &stmt, err);

	if (rc < 0)
		return rc;
	db_bind_int(stmt, queued->step_id);
	db_bind_int(stmt, queued->judging);
	db_bind_int(stmt, queued->kinds);
	db_bind_blob(stmt, store->verdict_queue->bytes.text + queued->begin, queued->size);
	return db_put(stmt, err);
}

int verdict_queue_flush(struct store *store, struct jo_err *err)
{
	struct verdict_queue *queue = store->verdict_queue;
	int64_t least_id = INT64_MAX, greatest_id = INT64_MIN;
	struct strbuf list, judged;
	int rc;

	if (queue->count == 0)
		return 0;
	strbuf_init(&list);
	strbuf_init(&judged);
	for (size_t i = 0; i < queue->count; i++) {
		const struct queued *queued = &queue->list[i];

		least_id = queued->step_id < least_id ? queued->step_id : least_id;
		greatest_id = queued->step_id > greatest_id ? queued->step_id : greatest_id;
		db_list_next(&list);
		strbuf_addf(&list, "%" PRId64, queued->step_id);
		db_list_next(&judged);
		strbuf_addf(&judged, "[%" PRId64 ",%" PRId64 "]", queued->step_id,
			    queued->change_unix_us);
	}
	db_list_end(&list);
	db_list_end(&judged);
	rc = drop(store, list.text, least_id, greatest_id, err);
	for (size_t i = 0; rc == 0 && i < queue->count; i++)
		rc = put(store, &queue->list[i], err);
	if (rc == 0)
		rc = end_wait(store, judged.text, err);
	strbuf_release(&judged);
	strbuf_release(&list);
	if (rc == 0)
		verdict_queue_forget(store);
	return rc;
}

int verdict_queue_add(struct store *store, int64_t step_id, int64_t change_unix_us, int64_t judging,
		      unsigned kinds, const struct strbuf *bytes, struct jo_err *err)
{
	struct verdict_queue *queue = store->verdict_queue;
	int rc = 0;

	if (queue->count == QUEUE_MAX || keymap_get(&queue->steps, &step_id) != NULL)
		rc = verdict_queue_flush(store, err);
	if (rc < 0)
		return rc;
	queue->list[queue->count++] = (struct queued){step_id, change_unix_us,   judging,
						      kinds,   queue->bytes.len, bytes->len};
	strbuf_add(&queue->bytes, bytes->text, bytes->len);
	(void)keymap_put(&queue->steps, &step_id);
	return store->is_in_transaction ? 0 : verdict_queue_flush(store, err);
}
