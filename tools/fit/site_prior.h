/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the site's groups have in common, for those of which little is known yet. */
#ifndef FIT_SITE_PRIOR_H
#define FIT_SITE_PRIOR_H

#include <stdbool.h>
#include <stdint.h>

#include "carryover.h"
#include "model/model.h"
#include "node_models.h"
#include "store/store.h"

/*
 * Learn the priors of both metrics from a sample of the site's groups, by their
 * steps that ended before the time, into params->prior.  The sample depends on
 * the groups' ids alone, so the same database and time give the same priors.
 * There is one workspace for each thread.
 *
 * The sample's models are kept from one time to the next, as far as the store
 * has them and, with want_store, as it is given them: then only those groups are
 * fitted that have changed.  The priors are kept for this time as well: see
 * night_priors.h.
 */
int site_prior_learn(struct store *store, struct node_models *nodes, struct carryover *carryover,
		     int64_t before_unix_us, bool want_store, unsigned int thread_count,
		     struct model_workspace **workspaces, struct model_params *params,
		     struct jo_err *err);

#endif
