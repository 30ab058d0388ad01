/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which steps, and in which order. */
#ifndef STORE_STEP_SELECTION_H
#define STORE_STEP_SELECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "step/columns.h"

/* A list of words that are alternatives. */
struct store_words {
	const char *const *list;
	size_t count; /* 0: any */
};

/* One job in a selection; JO_MISSING for any. */
struct store_job {
	int64_t job_id; /* also matches an array's or heterogeneous job's own number */
	int64_t array_task_id;
	int64_t het_job_offset;
	int64_t step_id;
};

/* Figures of a step, by their columns. */
struct store_columns {
	const enum step_column_index *list;
	size_t count;
};

/* Those of an array. */
#define STORE_COLUMNS(array) {array, sizeof(array) / sizeof((array)[0])}

enum store_order {
	STORE_BY_END,        /* newest last; running ones after all others, by start */
	STORE_BY_END_NEWEST, /* the reverse */
	STORE_BY_GROUP,      /* group, then end */
	STORE_BY_JOB, /* job, cluster, array task; of a number that came again the newest job first;
restart, start */
};

/* Whether they have ended; those that never told an end have not. */
enum store_ending { STORE_ANY, STORE_ENDED, STORE_UNENDED };

/* All conditions hold together.  Zero-filled is not "all": use the init. */
struct store_selection {
	int64_t end_from_unix_us, end_to_unix_us;     /* ended in here */
	int64_t start_from_unix_us, start_to_unix_us; /* started in here */
	int64_t active_from_unix_us,
		active_to_unix_us; /* ran at any moment in here, as sacct selects */
	struct store_words clusters, users, accounts, partitions, qos, classes, programs, job_names,
		nodes;
	const struct store_job *jobs;
	size_t job_count;    /* 0: any */
	unsigned state_mask; /* bit 1 << enum step_state; 0: any */
	enum store_ending ending;
	int64_t id;           /* one step, or JO_MISSING */
	int64_t group_id;     /* or JO_MISSING */
	bool want_newest;     /* of a job number that came again, only the newest job */
	bool want_unjudged;   /* only what has ended and was not judged since */
	bool want_history;    /* only what is history, see past.h */
	bool want_unexported; /* only what was judged and is not in exported.h */
	/* Not what is of a trace of which a step runs, or ended since; but whatever ended before
	 * the second of these.  Both or none are JO_MISSING. */
	int64_t trace_quiet_unix_us, trace_any_unix_us;
	bool want_unhigh;   /* only what is high in nothing */
	bool want_profiled; /* only what has samples of where its time went */
	enum store_order order;
	int64_t limit; /* JO_MISSING: all */
	/* What is read of each step, beside its id and whether it was expected; all else is as if
	 * it were not known.  NULL: everything. */
	const struct store_columns *columns;
};

/* Selects all, by end. */
void store_selection_init(struct store_selection *selection);

#endif
