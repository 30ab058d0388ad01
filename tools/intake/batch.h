/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records on their way into the store, some thousands at a time.  Private to intake/. */
#ifndef INTAKE_BATCH_H
#define INTAKE_BATCH_H

#include "intake/intake.h"

/* Records that store_add sees at once: 256 of them are 1.2 MB. */
#define BATCH_RECORDS 256
/* Records in a transaction, each of which costs a sync of the disk. */
#define BATCH_TRANSACTION_RECORDS 32768

struct batch {
	struct store *store;
	const struct intake_calls *calls;
	int64_t now_unix_us;
	struct store_input inputs[BATCH_RECORDS];
	size_t count;
	bool is_open;               /* a transaction is */
	int64_t pending_count;      /* records in it */
	struct intake_stats stats;  /* .added: what is committed */
	struct store_added pending; /* what will be */
};

void batch_init(struct batch *batch, struct store *store, const struct intake_calls *calls,
		int64_t now_unix_us);
/* Rolls back what is not committed. */
void batch_release(struct batch *batch);

/* Add a record, which must stay until batch_flush; there must be room for it. */
void batch_put(struct batch *batch, struct jo_record *record, enum step_source source,
	       enum step_state state);

/* Hand what was put to the store. */
int batch_flush(struct batch *batch, struct jo_err *err);

/* Begin a transaction unless one is open. */
int batch_begin(struct batch *batch, struct jo_err *err);

/* Everything put so far is on the disk when it returns 0. */
int batch_commit(struct batch *batch, struct jo_err *err);

#endif
