/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records on their way into the store, some thousands at a time.  Private to intake/. */
#ifndef INTAKE_BATCH_H
#define INTAKE_BATCH_H

#include "intake/intake.h"

/* Records in a transaction, which costs a sync of the disk. */
#define BATCH_TRANSACTION_RECORDS 32768 /* a second of work: the sync costs little beside it */

struct batch {
	struct store *store;
	const struct intake_calls *calls;
	int64_t now_unix_us;
	bool only_fills; /* see struct source */
	struct store_input inputs[SOURCE_BLOCK_RECORDS];
	size_t count;
	bool is_open;               /* a transaction is */
	int64_t pending_count;      /* records in it */
	struct intake_stats stats;  /* .added: what is committed */
	struct store_added pending; /* what will be */
};

/* An empty batch of the source's for the store; the calls are the caller's, until batch_release. */
void batch_init(struct batch *batch, struct store *store, const struct source *source,
		const struct intake_calls *calls, int64_t now_unix_us);
/* Rolls back what is not committed. */
void batch_release(struct batch *batch);

/*
 * Add a record, which must stay until batch_flush; there must be room for it.
 * Returns 0; or a negative errno when nobody could say whose it is.
 */
int batch_put(struct batch *batch, struct jo_record *record, enum step_source source,
	      enum step_state state, struct jo_err *err);

/* Add a span, unless it is known. */
int batch_span(struct batch *batch, const struct store_span *span, struct jo_err *err);

/* Hand what was put to the store. */
int batch_flush(struct batch *batch, struct jo_err *err);

/* Begin a transaction unless one is open. */
int batch_begin(struct batch *batch, struct jo_err *err);

/* Everything put so far is on the disk when it returns 0. */
int batch_commit(struct batch *batch, struct jo_err *err);

#endif
