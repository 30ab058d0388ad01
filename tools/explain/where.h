/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a step's time went, line by line, beside its normal peers: those of its
 * group and about its size that have samples of the same kind.
 */
#ifndef EXPLAIN_WHERE_H
#define EXPLAIN_WHERE_H

#include "explain/peers.h"
#include "profile/gain.h"
#include "step/step.h"
#include "util/strbuf.h"

struct store;

/* Compared with: the newest.  More say no more, and each is read and unpacked. */
#define EXPLAIN_WHERE_PEERS_MAX 40

/* Lines that are told: a job that has more of them is another program. */
#define EXPLAIN_GAINS_MAX 3

/* Zeroed memory is a step without samples. */
struct explain_where {
	struct profile_names *names;
	struct profile own;
	struct profile peers; /* the samples of all peers together */
	size_t peer_count;    /* that it is compared with */
	bool is_sized;        /* peers are of about the step's size, and not just of its group */
	struct profile_gain heaviest; /* the line that had most of the time to itself */
	struct profile_gain gains[EXPLAIN_GAINS_MAX]; /* the clearest first */
	size_t gain_count;
};

/* Returns 1 with *ret_where, to be released, or 0 when the step has no samples. */
int explain_where_read(struct store *store, const struct step *step,
		       struct explain_where *ret_where, struct jo_err *err);

/* The same of the outlier, or the first of them: 1 where some line gained and the finding is of
 * time, which is all that samples tell of; else 0, with nothing to release. */
int explain_where_gained(struct store *store, const struct explain_peers *peers,
			 struct explain_where *ret_where, struct jo_err *err);

/* Free what was read; zeroed memory is fine. */
void explain_where_release(struct explain_where *where);

/* Append "is_filtered, word_filter.py:21". */
void explain_place_write(const struct profile_gain *gain, struct strbuf *text);

/* Append "78 % in is_filtered, word_filter.py:21 (in normal jobs of this size 31 %), 27 min more".
 */
void explain_gain_write(const struct explain_where *where, const struct profile_gain *gain,
			struct strbuf *text);

/* Append the heaviest line, for a step of which no line gained, and why there is no more to say. */
void explain_heaviest_write(const struct explain_where *where, struct strbuf *text);

#endif
