/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counts over many rows, for whoever looks after the site. */
#ifndef STORE_TALLY_H
#define STORE_TALLY_H

#include <stdint.h>

#include "joboutliers/err.h"
#include "outbox.h"

struct store;
struct store_cursor;

/* As long as all days but two of a year. */
#define STORE_TALLY_DAY_US (86400 * INT64_C(1000000))

/* Steps of one node, a step of several being its first node's, that ended on one day. */
struct store_day {
	const char *cluster, *node;
	int64_t day; /* from + day * STORE_TALLY_DAY_US is its first moment */
	int64_t step_count;
	int64_t sized_count; /* of these, with an input size */
};

/* What ended in the stretch, in no order. */
int store_days_open(struct store *store, int64_t from_unix_us, int64_t to_unix_us,
		    struct store_cursor **ret_cursor, struct jo_err *err);

/* The next day of a node; see cursor.h. */
int store_days_next(struct store_cursor *cursor, struct store_day *ret_day, struct jo_err *err);

/* Groups of which a step has ended. */
struct store_group_tally {
	int64_t count;
	int64_t filled_count; /* of these, with enough steps that completed */
};

/* Count the groups; enough_count steps are enough.  Reads an index of all steps. */
int store_group_tally(struct store *store, int64_t enough_count,
		      struct store_group_tally *ret_tally, struct jo_err *err);

/* How many messages are in each state, and how many came to it, by being sent or given up, in the
 * stretch. */
struct store_message_tally {
	int64_t counts[STORE_MESSAGE_STATE_COUNT];
	int64_t done_counts[STORE_MESSAGE_STATE_COUNT];
};

/* Count the messages of a kind; JO_MISSING throughout in a copy for readers, which has none. */
int store_message_tally(struct store *store, enum store_message_kind kind, int64_t from_unix_us,
			int64_t to_unix_us, struct store_message_tally *ret_tally,
			struct jo_err *err);

#endif
