/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Many nodes, one step.  Private to store/. */
#ifndef STORE_MERGE_H
#define STORE_MERGE_H

#include "row.h"
#include "step/step.h"

struct store;

/* Make *step of its nodes, of which there is at least one; the columns of RULE_STEP are left alone.
 * Texts go to store->texts. */
void merge_nodes(struct store *store, struct row *step, const struct row *nodes, size_t count);

/* The state of a step that its nodes made; the start of its job may be JO_MISSING. */
enum step_state merge_state(const struct row *step, int64_t job_start_unix_us);

/* Whether of two enum jo_input_source the first says better what the size was. */
bool merge_input_is_better(int source, int than);

#endif
