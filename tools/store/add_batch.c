/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was read of the database once holds until the batch itself changes it. */
#include "add_batch.h"

void add_batch_note_changed(struct add_batch *batch, int64_t step_id)
{
	(void)keymap_put(&batch->changed, &step_id);
	batch->fresh.is_touched = true;
}

bool add_batch_may_have(const struct add_batch *batch, enum fresh_beside beside)
{
	return (batch->place.beside & beside) != 0 || fresh_is_stale(&batch->fresh);
}

struct id_range add_batch_within(const struct add_batch *batch)
{
	struct id_range within = batch->place.within;

	fresh_widen(&batch->fresh, &within);
	return within;
}

int add_batch_send_job(struct add_batch *batch, struct jo_err *err)
{
	return fresh_is_waiting(&batch->fresh) ? fresh_send(&batch->fresh, err) : 0;
}
