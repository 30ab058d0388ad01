/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Candidates by verdicts that are made anew, in memory, with other options than the stored ones. */
#ifndef FINDING_REJUDGE_H
#define FINDING_REJUDGE_H

#include "finding/candidates.h"
#include "judge/judge.h"

/*
 * Add the candidates of the stretch, judged night by night as check judges; of
 * whole nights, so the stretch may become a little longer at both ends.
 * judge_options' progress is told of nights.  Returns 0 or a negative errno.
 */
int rejudge_candidates(struct store *store, const struct judge_options *judge_options,
		       const struct finding_rules *rules, const struct wishes *wishes,
		       int64_t from_unix_us, int64_t to_unix_us, struct finding_items *items,
		       struct jo_err *err);

#endif
