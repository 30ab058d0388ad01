/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps out of the store, and those that will never end. */
#ifndef STORE_STEPS_H
#define STORE_STEPS_H

#include "joboutliers/err.h"
#include "step/step.h"
#include "step_selection.h"

struct store;
struct store_cursor;

/* The selected steps, in its order. */
int store_steps_open(struct store *store, const struct store_selection *selection,
		     struct store_cursor **ret_cursor, struct jo_err *err);

/* The next step; see cursor.h. */
int store_steps_next(struct store_cursor *cursor, struct step *ret_step, struct jo_err *err);

/* How many steps the selection has, without its limit. */
int store_steps_count(struct store *store, const struct store_selection *selection,
		      int64_t *ret_count, struct jo_err *err);

/* When the first of the ended steps that were not judged yet ended, of those that ended at or after
 * the time (JO_MISSING: of all): 1, or 0 for none. */
int store_unjudged_oldest(struct store *store, int64_t from_unix_us, int64_t *ret_end_unix_us,
			  struct jo_err *err);

/* How many steps of a group have ended and were not judged yet. */
struct store_unjudged {
	int64_t group_id, count;
};

/* Those whose last record was taken before the time (JO_MISSING: all), of all groups that have
 * some, by id; the caller frees the list. */
int store_unjudged_groups(struct store *store, int64_t taken_before_unix_us,
			  struct store_unjudged **ret_list, size_t *ret_count, struct jo_err *err);

/* A step that was not judged since it changed last, and when that was: no two changes of a step
 * have the same time. */
struct store_change {
	int64_t step_id, change_unix_us;
};

/* Those of a group that ended at or after the one time and before the other, by id; the caller
 * frees the list. */
int store_unjudged_of(struct store *store, int64_t group_id, int64_t end_from_unix_us,
		      int64_t end_to_unix_us, struct store_change **ret_list, size_t *ret_count,
		      struct jo_err *err);

/* As store_unjudged_oldest, of those of which nobody knows whether they were suspended, but somebody may. */
int store_unsuspended_oldest(struct store *store, int64_t *ret_end_unix_us, struct jo_err *err);

/*
 * The nodes of a step, by node index, each as a struct step whose values
 * are that node's alone.  Its state is RUNNING while the node has told no end,
 * and then the step's.
 */
int store_nodes_open(struct store *store, int64_t step_id, struct store_cursor **ret_cursor,
		     struct jo_err *err);

/* The next node; see cursor.h. */
int store_nodes_next(struct store_cursor *cursor, struct step *ret_node, struct jo_err *err);

/*
 * Make LOST what still runs although its time limit was over grace_us ago, or
 * that began more than no_limit_us ago and has no limit.  A record that comes
 * after all makes it what it says.  Returns how many.
 */
int store_settle_lost(struct store *store, int64_t now_unix_us, int64_t grace_us,
		      int64_t no_limit_us, struct jo_err *err);

#endif
