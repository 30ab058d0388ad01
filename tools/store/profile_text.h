/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The stacks of calls that were sampled in a step, as folded text, of each of its nodes. */
#ifndef STORE_PROFILE_TEXT_H
#define STORE_PROFILE_TEXT_H

#include <stdint.h>

#include "joboutliers/err.h"

struct store;
struct row;

/*
 * All samples of the step as one folded text, node by node: a stack that several
 * nodes met has a line of each.  Returns 1 with *ret_text, which the caller frees,
 * or 0 when the step has none.
 */
int store_profile_get(struct store *store, int64_t step_id, char **ret_text, struct jo_err *err);

/* Keep what the node's row brings, unless enough nodes of the step have told theirs.  Private to
 * store/. */
int profile_text_put(struct store *store, int64_t step_id, const struct row *node,
		     struct jo_err *err);

#endif
