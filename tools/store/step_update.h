/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A step as it is known while records are added to it: which of them say
 * something new, and which source is believed.  Making one step of its nodes and
 * writing it is for add.c.  Private to store/.
 */
#ifndef STORE_STEP_UPDATE_H
#define STORE_STEP_UPDATE_H

#include "row.h"

/* A step with its nodes, as the table has it and then as it is to be. */
struct known_step {
	struct row step;
	struct row *nodes;
	bool *is_changed; /* of each node: it is to be written */
	size_t count, capacity;
	bool was_single; /* its one node's row is the step's row */
	int64_t old_group_id, old_end_unix_us;
};

/*
 * The step with the key of row into *known, which the caller releases; its id
 * stays JO_MISSING when there is none.
 */
int known_read(struct store *store, const struct row *row, struct known_step *known,
	       struct jo_err *err);

/* Give its nodes back. */
void known_release(struct known_step *known);

/* Take in one record's row.  Returns 1 when it said something new, else 0. */
int known_apply(struct store *store, struct known_step *known, const struct row *row,
		struct jo_err *err);

#endif
