/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records on their way into the store, some thousands at a time.  Private to intake/. */
#ifndef INTAKE_BATCH_H
#define INTAKE_BATCH_H

#include "intake/intake.h"

/* 1024 records are 5 MB; a transaction of 32 such batches costs one sync of the disk. */
#define BATCH_RECORDS 1024
#define BATCH_TRANSACTION_RECORDS 32768

struct batch {
	struct store *store;
	const struct intake_calls *calls;
	int64_t now_unix_us;
	struct jo_record *records; /* BATCH_RECORDS */
	struct store_input *inputs;
	size_t count;
	int64_t pending_count; /* in the open transaction */
	struct intake_stats stats, pending_stats;
};

void batch_init(struct batch *batch, struct store *store, const struct intake_calls *calls,
		int64_t now_unix_us);
/* Rolls back what is not committed. */
void batch_release(struct batch *batch);

/* The record to fill next, and then to accept, or not. */
struct jo_record *batch_next(struct batch *batch);
int batch_accept(struct batch *batch, enum store_source source, enum store_state state,
		 struct jo_err *err);

/* Everything accepted so far is on the disk when it returns 0. */
int batch_commit(struct batch *batch, struct jo_err *err);

#endif
