/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Outliers and their normal peers, read from the store: the steps of the group
 * before them that came to an end of their own and were high in nothing, as one
 * of them is named as a job to compare with.  Of a peer nothing is read but what
 * its label, its facts, and figures to compare are made of.
 */
#ifndef EXPLAIN_PEERS_H
#define EXPLAIN_PEERS_H

#include <glib.h>

#include "explain/differ.h"
#include "store/store.h"

#define EXPLAIN_PEERS_MAX 200   /* the newest; more say no more */
#define EXPLAIN_OUTLIERS_MAX 64 /* of a set; likewise */

struct explain_step {
	struct step step; /* its strings are the peers' */
	struct jo_attrs attrs;
	bool has_node;
	struct store_node node; /* what its first node was made of then */
};

struct explain_peers {
	enum metric metric;
	GArray *steps; /* struct explain_step: the outliers, then the peers, newest first */
	size_t outlier_count, peer_count;
	GStringChunk *strings;
};

/* The outliers are steps of one group; those beyond EXPLAIN_OUTLIERS_MAX are left out. */
int explain_peers_read(struct store *store, enum metric metric, const int64_t *outlier_ids,
		       size_t outlier_count, struct explain_peers *ret_peers, struct jo_err *err);

/* The same of one outlier, with those peers alone that have samples of where their time went. */
int explain_peers_read_profiled(struct store *store, int64_t outlier_id,
				struct explain_peers *ret_peers, struct jo_err *err);

/*
 * The steps of a group since its level moved, as the outliers, and those before
 * as the peers.  since_end is the end of the first step at the new level.
 */
int explain_shift_read(struct store *store, enum metric metric, int64_t group_id,
		       int64_t since_end_unix_us, struct explain_peers *ret_peers,
		       struct jo_err *err);

/* Free what was read.  Zeroed memory is fine. */
void explain_peers_release(struct explain_peers *peers);

/* Peer number i, from the newest. */
const struct explain_step *explain_peer(const struct explain_peers *peers, size_t i);

/* Input sizes whose jobs a person compares as being of the same size. */
#define EXPLAIN_SAME_SIZE 1.5

/* Whether a person compares the two: input sizes that are of this ratio, or both not known. */
bool explain_is_of_size(const struct step *step, const struct step *peer);

/* The newest of the peers nearest in input size, at most EXPLAIN_SAME_SIZE times larger or smaller;
 * NULL: none. */
const struct step *explain_peers_nearest(const struct explain_peers *peers);

/* In what the outliers differ from their peers, as explain_differences; at most max. */
size_t explain_peers_differ(const struct explain_peers *peers,
			    struct explain_difference *ret_differences, size_t max);

#endif
