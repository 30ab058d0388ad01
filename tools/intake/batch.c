/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fills the store's transactions. */
#include "intake/batch.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

void batch_init(struct batch *batch, struct store *store, const struct source *source,
		const struct intake_calls *calls, int64_t now_unix_us)
{
	*batch = (struct batch){.store = store,
				.calls = calls,
				.now_unix_us = now_unix_us,
				.only_fills = source->only_fills};
}

void batch_release(struct batch *batch)
{
	if (batch->is_open)
		store_rollback(batch->store);
	batch->is_open = false;
}

/* The uid's name on this host: 0, or -ENOENT where it has none. */
static int name_of(const struct batch *batch, int64_t uid, char name[USER_NAME_SIZE],
		   struct jo_err *err)
{
	return batch->calls->user_of(batch->calls->context, uid, name, err);
}

/*
 * The uid is Slurm's own knowledge, the name is what the job's environment says.
 * So the uid's name goes before it; where the uid has none, the word is believed
 * as long as it is nobody else's.
 */
static int set_user(const struct batch *batch, struct jo_record *record, struct jo_err *err)
{
	const struct intake_calls *calls = batch->calls;
	char name[USER_NAME_SIZE] = "";
	int64_t uid = record->uid;
	int rc = name_of(batch, uid, name, err);

	if (rc == -ENOENT) {
		if (record->user[0] == '\0')
			return 0;
		rc = calls->uid_of(calls->context, record->user, &uid, err);
		if (rc == -ENOENT || (rc == 0 && uid == record->uid))
			return 0;
	}
	if (rc == 0)
		jo_record_set_string(record->user, sizeof(record->user), name);
	return rc;
}

/* A file may be of another cluster, whose users have other uids: the name is whose it is, and the
 * uid is kept where it is of that name here. */
static int check_uid(const struct batch *batch, struct jo_record *record, struct jo_err *err)
{
	char name[USER_NAME_SIZE] = "";
	int rc = name_of(batch, record->uid, name, err);

	if (rc == -ENOENT || (rc == 0 && strcmp(record->user, name) != 0)) {
		record->uid = JO_MISSING;
		rc = 0;
	}
	return rc;
}

int batch_put(struct batch *batch, struct jo_record *record, enum step_source source,
	      enum step_state state, struct jo_err *err)
{
	int rc = 0;

	if (record->uid != JO_MISSING && batch->calls->user_of != NULL)
		rc = source == STEP_SOURCE_PLUGIN || record->user[0] == '\0'
			     ? set_user(batch, record, err)
			     : check_uid(batch, record, err);
	assert(batch->count < SOURCE_BLOCK_RECORDS);
	if (rc == 0)
		batch->inputs[batch->count++] = (struct store_input){record, NULL, source, state};
	return rc;
}

int batch_begin(struct batch *batch, struct jo_err *err)
{
	int rc = batch->is_open ? 0 : store_begin(batch->store, err);

	if (rc == 0)
		batch->is_open = true;
	return rc;
}

int batch_span(struct batch *batch, const struct store_span *span, struct jo_err *err)
{
	int rc = batch_begin(batch, err);

	if (rc == 0)
		rc = store_span_add(batch->store, span, batch->now_unix_us, err);
	if (rc < 0)
		return rc;
	if (rc > 0)
		batch->pending.new_count++;
	else
		batch->pending.duplicate_count++;
	batch->pending_count++;
	return 0;
}

int batch_flush(struct batch *batch, struct jo_err *err)
{
	int rc;

	if (batch->count == 0)
		return 0;
	rc = batch_begin(batch, err);
	if (rc < 0)
		return rc;
	rc = (batch->only_fills ? store_fill : store_add)(batch->store, batch->inputs, batch->count,
							  batch->now_unix_us, &batch->pending, err);
	batch->pending_count += (int64_t)batch->count;
	batch->count = 0;
	return rc;
}

int batch_commit(struct batch *batch, struct jo_err *err)
{
	struct store_added *total = &batch->stats.added;
	int rc;

	rc = batch_flush(batch, err);
	if (rc < 0 || !batch->is_open)
		return rc;
	rc = store_commit(batch->store, err);
	if (rc < 0)
		return rc;
	total->new_count += batch->pending.new_count;
	total->changed_count += batch->pending.changed_count;
	total->duplicate_count += batch->pending.duplicate_count;
	batch->pending = (struct store_added){0};
	batch->pending_count = 0;
	batch->is_open = false;
	return 0;
}
