/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Another rule by which steps are grouped. */
#ifndef STORE_REGROUP_H
#define STORE_REGROUP_H

#include "group_rule.h"
#include "joboutliers/err.h"

struct store;

/*
 * Make the store group by this set.  When it did otherwise before, all steps
 * are grouped anew (their models and drifts go, their verdicts stay), which takes minutes
 * for millions; so call it before ingest and check, outside of begin.
 */
int store_group_by(struct store *store, unsigned group_by, struct jo_err *err);

#endif
