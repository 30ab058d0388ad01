/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a group's steps are judged against: its history before a moment, and the
 * histories it may borrow from.  Reads; what is made of it is for fits.h.
 */
#ifndef FIT_BASELINE_H
#define FIT_BASELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attributes.h"
#include "carryover.h"
#include "model/model.h"
#include "node_models.h"
#include "store/store.h"

/* One group's steps before a moment, oldest first. */
struct baseline_part {
	char *name; /* as group_format gives it */
	struct store_history history;
	bool is_lent;              /* the history is carryover's */
	struct fit_row *rows;      /* history.count of them */
	struct arena_block *words; /* of the rows */
};

struct baseline {
	struct store_group group; /* its strings are the baseline's own */
	int64_t before_unix_us;
	struct baseline_part own;
	struct baseline_part older; /* a sample of what ended before these: baseline_read_older */
	struct baseline_part *lenders;
	size_t lender_n;
	struct carryover_group *carryover; /* what is remembered of the group; NULL: nothing */
};

/*
 * Read the group's history before the time, and those of its lenders while it
 * is young: the same class on other partitions, and where the class was
 * declared, of whichever user.  Release *ret_baseline before the group is read
 * again.  carryover may be NULL.
 */
int baseline_read(struct store *store, struct node_models *nodes, struct carryover *carryover,
		  const struct model_params *params, const struct store_group *group,
		  int64_t before_unix_us, struct baseline *ret_baseline, struct jo_err *err);

/* As baseline_read, without lenders. */
int baseline_read_own(struct store *store, struct node_models *nodes, struct carryover *carryover,
		      const struct model_params *params, const struct store_group *group,
		      int64_t before_unix_us, struct baseline *ret_baseline, struct jo_err *err);

/* A month has every night of the week four times; what moved before is how the group is. */
#define BASELINE_OLDER_DAYS 30

/* The median of twenty is known to about a quarter of the scatter of one. */
#define BASELINE_PER_NIGHT 20

/*
 * Of a group whose history is as long as it may be and yet reaches back less
 * than BASELINE_OLDER_DAYS, read a sample of the days before it, about
 * BASELINE_PER_NIGHT steps of each: no model sees these, but whether the level
 * has moved cannot be told of two nights.
 */
int baseline_read_older(struct store *store, struct node_models *nodes,
			const struct model_params *params, struct baseline *baseline,
			struct jo_err *err);

/* Free the histories and keep the group. */
void baseline_forget_history(struct baseline *baseline);

/* Free all of a baseline. */
void baseline_release(struct baseline *baseline);

#endif
