/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one loop that all sources go through. */
#include "intake/intake.h"

#include "intake/batch.h"

struct taking {
	const struct source *source;
	void *reader;
	struct source_block block;
	struct batch batch;
};

static int commit(struct taking *taking, struct jo_err *err)
{
	int rc = batch_commit(&taking->batch, err);

	if (rc == 0 && taking->source->committed != NULL)
		taking->source->committed(taking->reader);
	return rc;
}

static int put_records(struct taking *taking, struct jo_err *err)
{
	struct source_block *block = &taking->block;

	int rc = 0;

	for (size_t i = 0; i < block->record_count && rc == 0; i++)
		rc = batch_put(&taking->batch, &block->records[i], taking->source->step_source,
			       block->states[i], err);
	for (size_t i = 0; i < block->span_count && rc == 0; i++)
		rc = batch_span(&taking->batch, &block->spans[i], err);
	return rc < 0 ? rc : batch_flush(&taking->batch, err);
}

/* A node whose lines cannot be read is told of in its health. */
static int note_bad(struct taking *taking, const char *node, struct jo_err *err)
{
	struct batch *batch = &taking->batch;
	int rc = batch_begin(batch, err);

	return rc < 0 ? rc : store_add_bad(batch->store, "", node, 1, batch->now_unix_us, err);
}

/* What is bad, or to be noted, is told whatever else failed: nobody else will. */
static int take_bad(struct taking *taking, int rc, struct jo_err *err)
{
	const struct intake_calls *calls = taking->batch.calls;
	const struct source_block *block = &taking->block;

	for (size_t i = 0; i < block->notes.count && calls->note != NULL; i++)
		calls->note(calls->context, block->notes.list[i]);
	for (size_t i = 0; i < block->bad_count; i++) {
		if (calls->bad != NULL)
			calls->bad(calls->context, block->bad[i].text);
		if (rc == 0 && block->bad[i].node != NULL)
			rc = note_bad(taking, block->bad[i].node, err);
	}
	return rc;
}

static int take_block(struct taking *taking, int next_rc, struct jo_err *err)
{
	const struct intake_calls *calls = taking->batch.calls;
	struct intake_stats *stats = &taking->batch.stats;
	const struct source_block *block = &taking->block;
	int rc = next_rc < 0 ? next_rc : 0;

	stats->read_count +=
		(int64_t)(block->record_count + block->span_count + block->bad_count +
			  block->skipped_count);
	stats->bad_count += (int64_t)block->bad_count;
	stats->skipped_count += (int64_t)block->skipped_count;
	if (rc == 0)
		rc = put_records(taking, err);
	rc = take_bad(taking, rc, err);
	if (rc < 0)
		return rc;
	if (calls->progress != NULL)
		calls->progress(calls->context, block->total > 0 ? block->done : stats->read_count,
				block->total);
	if (block->wants_commit || taking->batch.pending_count >= BATCH_TRANSACTION_RECORDS)
		rc = commit(taking, err);
	return rc;
}

int intake_take(const struct source *source, const struct source_request *request,
		const struct intake_calls *calls, int64_t now_unix_us,
		struct intake_stats *ret_stats, struct jo_err *err)
{
	struct taking taking = {.source = source};
	int rc, next_rc = 1, close_rc;

	batch_init(&taking.batch, request->store, source, calls, now_unix_us);
	source_block_init(&taking.block);
	rc = source->open(request, &taking.reader, err);
	if (rc < 0)
		goto out;
	while (rc == 0 && next_rc > 0) {
		source_block_clear(&taking.block);
		next_rc = source->next(taking.reader, &taking.block, err);
		rc = take_block(&taking, next_rc, err);
	}
	if (rc == 0)
		rc = commit(&taking, err);
	close_rc = source->close(taking.reader, rc == 0 ? err : NULL);
	rc = rc < 0 ? rc : close_rc;
out:
	*ret_stats = taking.batch.stats;
	source_block_release(&taking.block);
	batch_release(&taking.batch);
	return rc;
}
