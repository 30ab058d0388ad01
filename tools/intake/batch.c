/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fills the store's transactions. */
#include "intake/batch.h"

#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

void batch_init(struct batch *batch, struct store *store, const struct intake_calls *calls,
		int64_t now_unix_us)
{
	*batch = (struct batch){.store = store, .calls = calls, .now_unix_us = now_unix_us};
	batch->records = xreallocarray(NULL, BATCH_RECORDS, sizeof(*batch->records));
	batch->inputs = xreallocarray(NULL, BATCH_RECORDS, sizeof(*batch->inputs));
}

void batch_release(struct batch *batch)
{
	if (batch->pending_count > 0)
		store_rollback(batch->store);
	free(batch->records);
	free(batch->inputs);
}

struct jo_record *batch_next(struct batch *batch)
{
	return &batch->records[batch->count];
}

/* Slurm's own knowledge of who it was goes before what the job's environment says. */
static void set_user(struct batch *batch, struct jo_record *record)
{
	const char *user = NULL;

	if (record->uid != JO_MISSING && batch->calls->user_of != NULL)
		user = batch->calls->user_of(batch->calls->context, record->uid);
	if (user != NULL)
		jo_record_set_string(record->user, sizeof(record->user), user);
}

static int add(struct batch *batch, struct jo_err *err)
{
	int rc = 0;

	if (batch->count == 0)
		return 0;
	if (batch->pending_count == 0)
		rc = store_begin(batch->store, err);
	if (rc < 0)
		return rc;
	batch->pending_count += (int64_t)batch->count;
	rc = store_add(batch->store, batch->inputs, batch->count, batch->now_unix_us,
		       &batch->pending_stats.added, err);
	batch->count = 0;
	return rc;
}

int batch_accept(struct batch *batch, enum store_source source, enum store_state state,
		 struct jo_err *err)
{
	struct jo_record *record = &batch->records[batch->count];
	int rc = 0;

	set_user(batch, record);
	batch->inputs[batch->count] = (struct store_input){record, NULL, source, state};
	if (++batch->count == BATCH_RECORDS)
		rc = add(batch, err);
	if (rc == 0 && batch->pending_count >= BATCH_TRANSACTION_RECORDS)
		rc = batch_commit(batch, err);
	return rc;
}

int batch_commit(struct batch *batch, struct jo_err *err)
{
	struct store_added *total = &batch->stats.added, *pending = &batch->pending_stats.added;
	int rc;

	rc = add(batch, err);
	if (rc == 0 && batch->pending_count > 0)
		rc = store_commit(batch->store, err);
	if (rc < 0)
		return rc;
	batch->pending_count = 0;
	total->new_count += pending->new_count;
	total->changed_count += pending->changed_count;
	total->duplicate_count += pending->duplicate_count;
	*pending = (struct store_added){0};
	return 0;
}
