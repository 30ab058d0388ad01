/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is noted while records come in, or are judged, is written just before the commit. */
#include "transaction.h"

#include <errno.h>

#include "group.h"
#include "job_months.h"
#include "name.h"
#include "node_description.h"
#include "node_touch.h"
#include "open_store.h"
#include "step_id.h"
#include "verdict_queue.h"
#include "verdict_text.h"
#include "waiting.h"

/* What another program may have changed meanwhile, or a rollback took back. */
static void forget(struct store *store)
{
	group_forget(store);
	node_touch_forget(store);
	waiting_forget(store);
	verdict_queue_forget(store);
	step_id_forget(store);
	job_months_forget(store);
}

int store_begin(struct store *store, struct jo_err *err)
{
	int rc;

	if (store->mode == STORE_READ)
		return jo_err_set(err, -EROFS, "database %s: opened for reading alone",
				  db_name(store->db));
	forget(store);
	rc = db_begin(store->db, err);
	if (rc < 0)
		return rc;
	store->is_in_transaction = true;
	rc = group_load_rule(store, err);
	if (rc < 0)
		store_rollback(store);
	return rc;
}

int store_commit(struct store *store, struct jo_err *err)
{
	int rc;

	rc = group_flush(store, err);
	if (rc == 0)
		rc = node_touch_flush(store, err);
	if (rc == 0)
		rc = waiting_flush(store, err);
	if (rc == 0)
		rc = verdict_queue_flush(store, err);
	if (rc == 0)
		rc = step_id_flush(store, err);
	if (rc == 0)
		rc = db_commit(store->db, err);
	if (rc < 0)
		return rc;
	store->is_in_transaction = false;
	job_months_committed(store);
	return 0;
}

void store_rollback(struct store *store)
{
	db_rollback(store->db);
	store->is_in_transaction = false;
	forget(store);
	name_forget(store);
	node_descriptions_forget(store->nodes);
	verdict_texts_forget(store->verdict_texts);
	store->judging.id = 0;
}
