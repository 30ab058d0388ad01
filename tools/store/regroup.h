/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Another rule by which steps are grouped, or undeclared classes are made. */
#ifndef STORE_REGROUP_H
#define STORE_REGROUP_H

#include <stdint.h>

#include "group_rule.h"
#include "joboutliers/err.h"
#include "step/class_name.h"

struct store;

/*
 * Make the store group by this set.  When it did otherwise before, all steps
 * are grouped anew (their models and drifts go, their verdicts stay), which takes minutes
 * for millions; so call it before ingest and check, outside of begin.
 */
int store_group_by(struct store *store, unsigned group_by, struct jo_err *err);

/*
 * Make the store take undeclared classes of names in this way.  When it did
 * otherwise before, those of all steps are made anew, of the names that they
 * keep; only steps whose class is another then change their group.  Takes as long
 * and is called as store_group_by is.
 */
int store_class_names(struct store *store, enum class_names names, struct jo_err *err);

/*
 * Which grouping the steps have: JO_MISSING until it was changed once, and another
 * number after each change, whoever makes it.  Who works with groups for longer
 * than a transaction reads it before the first, and asks by store_grouping_check,
 * which returns -ESTALE once groups are others, and in a transaction that what is
 * written is of the same ones.
 */
int store_grouping(struct store *store, int64_t *ret_grouping, struct jo_err *err);
int store_grouping_check(struct store *store, int64_t grouping, struct jo_err *err);

/* How the store takes them. */
enum class_names store_class_rule(const struct store *store);

#endif
