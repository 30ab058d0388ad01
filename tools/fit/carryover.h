/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a run remembers of groups from one night to the next.  A first check of
 * a long history judges it night by night; each night's history is that of the
 * night before, and that night.  It is then not read again from the store, and
 * what was fitted to the two together needs another band at most, as the site's
 * priors are learnt anew each night.
 *
 * Remembering changes how long a run takes, and never what it says.
 */
#ifndef FIT_CARRYOVER_H
#define FIT_CARRYOVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/model.h"
#include "store/store.h"

/* A model, and the print of the rows it was fitted to, which had no others beside them. */
struct carryover_model {
	bool is_known;
	uint64_t print;
	size_t rows_n;
	struct model model;
};

struct carryover_group {
	int64_t group_id;
	int64_t change_count, before_unix_us; /* of the history */
	size_t limit, added_n;                /* rows added since it was read as a whole */
	bool has_all;                         /* that there are before those it has */
	struct store_history history;
	struct carryover_model models[METRIC_COUNT];
};

struct carryover;

/* An empty one; carryover_free frees it. */
struct carryover *carryover_new(void);

/* Free all that is remembered; NULL is fine. */
void carryover_free(struct carryover *carryover);

/* What is remembered of the group; NULL when carryover is, or when it is full. */
struct carryover_group *carryover_group_of(struct carryover *carryover, int64_t group_id);

/*
 * As store_history_read(), but the history stays carryover's: it is good until the
 * group is read again, and not to be released.  The time may be earlier than the
 * last one, too.
 */
int carryover_read(struct carryover *carryover, struct carryover_group *of, struct store *store,
		   const struct store_group *group, int64_t before_unix_us, size_t limit,
		   struct store_history *ret_history, struct jo_err *err);

/* Take over the model in place of the one there was. */
void carryover_keep_model(struct carryover_model *carryover, struct model *model, uint64_t print,
			  size_t rows_n);

#endif
