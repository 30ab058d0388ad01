/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records that are added together, and what is known of the database meanwhile.  Private to add.c
 * and add_script.c. */
#ifndef STORE_ADD_BATCH_H
#define STORE_ADD_BATCH_H

#include "fresh.h"
#include "keymap.h"

struct store_added;

struct add_batch {
	struct store *store;
	int64_t now_unix_us;
	bool only_fills;
	struct store_added *added;
	struct fresh_steps fresh;
	struct fresh_place place; /* of the step at work, before the batch */
	struct keymap changed; /* ids of steps that were read for the batch, and are others now */
	bool is_renewed;       /* steps have got another place among those of their key */
};

/* A step that was read for the batch is another one now. */
void add_batch_note_changed(struct add_batch *batch, int64_t step_id);

/* Whether the database is to be asked for what it may have beside the step. */
bool add_batch_may_have(const struct add_batch *batch, enum fresh_beside beside);

/* Where all steps of the job at work are. */
struct id_range add_batch_within(const struct add_batch *batch);

/* Let the database have all of the job at work, as it is asked for it. */
int add_batch_send_job(struct add_batch *batch, struct jo_err *err);

#endif
