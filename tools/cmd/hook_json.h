/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Findings as JSON, as Hook is given them: described in sjoboutliers(1). */
#ifndef CMD_HOOK_JSON_H
#define CMD_HOOK_JSON_H

#include <jansson.h>

#include "finding/drift_news.h"
#include "finding/findings.h"
#include "finding/slow_nodes.h"

/*
 * Steps that are told together, the worst first; is_running: one that has not ended.  *row is the
 * worst one's.  Returns 0, and the caller owns *ret_object; or a negative errno when the store
 * fails.
 */
int hook_json_steps(struct store *store, const struct finding *finding,
		    const struct judged_step *row, bool is_running, json_t **ret_object,
		    struct jo_err *err);

/* A group whose level moved, as it is for one user ("" for the admin).  The caller owns it. */
json_t *hook_json_drift(const struct drift_finding *finding, const char *user);

/* A node that was slow in a night.  The caller owns it. */
json_t *hook_json_node(const struct slow_node *node);

#endif
