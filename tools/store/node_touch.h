/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Notes what came of each node, to be written once for many records.  Private to store/. */
#ifndef STORE_NODE_TOUCH_H
#define STORE_NODE_TOUCH_H

#include "row.h"
#include "joboutliers/err.h"

struct store;

/* Note a record of a node: its row, and how many the node had to drop until then. */
void node_touch_add(struct store *store, const struct row *row, int64_t dropped_count,
		    int64_t now_unix_us);

/* Write down at once that bad lines of the node were set aside. */
int node_touch_bad(struct store *store, int64_t cluster_id, int64_t node_id, int64_t bad_count,
		   int64_t now_unix_us, struct jo_err *err);

/* Write down what was noted. */
int node_touch_flush(struct store *store, struct jo_err *err);

/* Drop what was noted. */
void node_touch_forget(struct store *store);

#endif
