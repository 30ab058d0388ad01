/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An item's normal peers: what sets it apart from them, and which is nearest to it. */
#ifndef NOTIFY_PEERS_H
#define NOTIFY_PEERS_H

#include "explain/differ.h"
#include "notify/notify.h"

#define NOTIFY_DIFFERENCES_MAX 3

struct notify_peers {
	size_t peer_count;
	struct explain_difference differences[NOTIFY_DIFFERENCES_MAX];
	size_t difference_count;
	char nearest_job[STORE_JOB_TEXT_SIZE]; /* a normal job of about the same input size; "" */
};

/*
 * Compare the item with the normal steps of its group before it: those that
 * completed and were not high in the item's metric.
 */
int notify_peers_read(struct store *store, const struct notify_item *item,
		      struct notify_peers *ret_peers, struct jo_err *err);

#endif
