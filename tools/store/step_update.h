/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Steps as they are known while records are added to them: which step of the key
 * a record is of, which records say something new, and which source is believed.
 * Making one step of its nodes and writing it is for add.c.  Private to store/.
 */
#ifndef STORE_STEP_UPDATE_H
#define STORE_STEP_UPDATE_H

#include "fresh.h"
#include "row.h"

/*
 * Starts further apart are of two jobs.  Those of one step differ by its nodes'
 * clocks, by what an import took for its time zone (up to 14 hours) and by what
 * a source calls the start (seconds, minutes).
 */
#define KNOWN_LIFE_GAP_US (INT64_C(86400) * 1000000)

/* A step with its nodes, as the table has it and then as it is to be. */
struct known_step {
	struct row step;
	int64_t life; /* see schema/007-lives.sql; of no meaning until it is in the table */
	struct row *nodes;
	bool *is_changed; /* of each node: it is to be written */
	size_t count, capacity;
	bool was_single; /* its one node's row is the step's row */
	bool is_news;    /* the step is to be written */
	int64_t old_group_id, old_end_unix_us;
};

/* All steps with one key: a job number that came again has one for each of its lives. */
struct known_lives {
	struct known_step *list;
	size_t count;
};

/* The steps with the key of row, all of which are within the range, into *lives, which is empty and
 * which the caller releases. */
int known_read(struct store *store, const struct row *row, struct id_range within,
	       struct known_lives *lives, struct jo_err *err);

/* As known_read of each of count rows, of those whose bits of fresh_look say that they are there;
 * each one's go to ret_lives, which are all zero. */
int known_read_list(struct store *store, const struct row *rows, size_t count,
		    const struct fresh_places *places, struct known_lives *ret_lives,
		    struct jo_err *err);

/* The same, whichever run of the job they are of: who does not know how often it was requeued. */
int known_read_runs(struct store *store, const struct row *row, struct id_range within,
		    struct known_lives *lives, struct jo_err *err);

/* Give its steps back. */
void known_release(struct known_lives *lives);

/*
 * The step that the row is of, or NULL when that is none of them.
 *
 * It is of another life when a node would have begun the step after it ended, or
 * begun it twice; when the step has told of all the nodes that it has, and this
 * is none of them; or when its start is more than a day away, unless its job's number
 * was made (STEP_JOB_MADE_FIRST).  What does not know its start is of the newest.
 */
struct known_step *known_find(const struct known_lives *lives, const struct row *row);

/* One more, which knows nothing; the others move. */
struct known_step *known_new(struct known_lives *lives);

/*
 * Take in one record's row.  Returns 1 when it said something new, else 0.  A row of
 * less worth than what is known tells for how long the step was suspended, where its
 * nodes could not, and nothing else.
 */
int known_apply(struct store *store, struct known_step *known, const struct row *row,
		struct jo_err *err);

#endif
