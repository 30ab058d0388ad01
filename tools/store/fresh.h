/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Steps that a batch adds.  Until somebody asks the database for their job they
 * stay in memory, where they can still be changed, and go there together.  What
 * the database may have of a batch's jobs is asked for all of them at once.
 * Private to store/.
 */
#ifndef STORE_FRESH_H
#define STORE_FRESH_H

#include "job_months.h"
#include "row.h"
#include "util/strbuf.h"

/* What the database has beside a step that comes, as bits. */
enum fresh_beside {
	FRESH_IS_THERE = 1, /* a step of its key */
	/* Beside a step of srun's: one that may have started it, and is not known to be a script;
	 * beside another: one of srun's. */
	FRESH_HAS_RELATIVES = 2,
	FRESH_HAS_RUN = 4, /* beside one that may have failed: any of its job's run */
};

/* What the database has beside a step that comes, and where. */
struct fresh_place {
	unsigned beside;        /* bits of enum fresh_beside */
	struct id_range within; /* all steps of its job */
};

/* The places of a batch's rows, which are sorted by job; all zero is none. */
struct fresh_places {
	struct fresh_place *list;
	struct id_range *ranges; /* where any of the jobs may be, in order */
	size_t range_count;
};

struct fresh_step {
	struct row step;
	int64_t life;
};

/* Those of a batch, in the order in which they were added; all zero but for the store is none. */
struct fresh_steps {
	struct store *store;
	struct fresh_step *list;
	size_t count, capacity;
	size_t sent_count; /* of them are in the database */
	size_t job_begin;  /* where those of the job begin that comes in turn */
	bool is_touched;   /* what the database had of this job has changed since it was asked */
};

/* Free the list; what is not sent is lost. */
void fresh_release(struct fresh_steps *fresh);

/* Ask where the job of each of count steps is, and what there is beside it, unless only where is
 * wanted.  Release the places, also after an error. */
int fresh_look(struct store *store, const struct row *rows, size_t count, bool only_where,
	       struct fresh_places *ret_places, struct jo_err *err);

/* Give their memory back. */
void fresh_places_release(struct fresh_places *places);

/* Put those with steps in the range, and with these bits, into the list, as the statements by keys
 * have it; whether there are any. */
bool fresh_list(const struct row *rows, size_t count, const struct fresh_places *places,
		struct id_range range, unsigned beside, struct strbuf *list);

/* The steps that come are of another job than those before. */
void fresh_begin_job(struct fresh_steps *fresh);

/* Make the range so wide that the job's are in it. */
void fresh_widen(const struct fresh_steps *fresh, struct id_range *range);

/* Whether one of the job's has the key. */
bool fresh_has(const struct fresh_steps *fresh, const struct row *row);

/* Whether some of the job's are in memory alone. */
bool fresh_is_waiting(const struct fresh_steps *fresh);

/* Whether the database has other steps of the job than when it was asked. */
bool fresh_is_stale(const struct fresh_steps *fresh);

/* The job's steps that are in memory alone, which may be changed until the next call. */
struct fresh_step *fresh_waiting(struct fresh_steps *fresh, size_t *ret_count);

/* Add a step, whose key and life nobody has; its texts are to stay until it is sent. */
void fresh_add(struct fresh_steps *fresh, const struct row *step, int64_t life);

/* Put all into the database. */
int fresh_send(struct fresh_steps *fresh, struct jo_err *err);

/* Whether both are of one job, in one of its runs. */
bool fresh_is_same_run(const struct row *a, const struct row *b);

#endif
