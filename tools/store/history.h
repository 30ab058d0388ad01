/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a group did before: the rows that a model is fitted on. */
#ifndef STORE_HISTORY_H
#define STORE_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "joboutliers/err.h"
#include "step/step.h"

struct store;
struct arena_block;

/* What a model needs of a step: read from an index alone, without touching the step's row. */
struct store_obs {
	int64_t end_unix_us;
	int64_t input_bytes;
	int64_t wall_us;
	int64_t mem_peak_bytes, max_rss_bytes, mem_allocated_bytes;
	int64_t mem_limit_bytes;
	int64_t cpu_us; /* of all tasks and nodes */
	int64_t cpu_count, task_count, node_count;
	int64_t node_name_id; /* equal for equal node names; store_name tells it */
	enum step_state state;
	const char *attrs; /* as in struct step */
	bool is_expected;  /* as in struct step */
};

/* Oldest first.  Release it; an all-zero one needs no release and may be filled again and again. */
struct store_history {
	struct store_obs *list;
	size_t count, capacity;
	struct arena_block *texts; /* where the attrs lie */
};

/*
 * The newest `limit` steps of a group that ended before the time, in whatever
 * state (not RUNNING, not LOST).  *history is filled anew, keeping its memory.
 */
int store_history_read(struct store *store, int64_t group_id, int64_t end_before_unix_us,
		       size_t limit, struct store_history *history, struct jo_err *err);

/* Add the newest `limit` of those that ended in [from, before) behind those that are there. */
int store_history_add(struct store *store, int64_t group_id, int64_t end_from_unix_us,
		      int64_t end_before_unix_us, size_t limit, struct store_history *history,
		      struct jo_err *err);

/*
 * A sample of the steps that ended in [from, before): about one in so many, the
 * same ones every time.  *history is filled anew, keeping its memory.
 */
int store_history_sample(struct store *store, int64_t group_id, int64_t end_from_unix_us,
			 int64_t end_before_unix_us, int64_t one_in, struct store_history *history,
			 struct jo_err *err);

/* Give its memory back; *history is all-zero then. */
void store_history_release(struct store_history *history);

/* The name behind a ..._name_id, "" for none; good as long as the store. */
const char *store_name(struct store *store, int64_t name_id);

#endif
