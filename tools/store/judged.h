/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps together with their verdicts. */
#ifndef STORE_JUDGED_H
#define STORE_JUDGED_H

#include "joboutliers/err.h"
#include "step/step.h"
#include "step/verdict.h"
#include "step_selection.h"

struct store;

/* A step, and a verdict for each metric that has one. */
struct judged_step {
	struct step step;
	bool has_verdict[METRIC_COUNT];
	struct step_verdict verdicts[METRIC_COUNT];
};

/* Which steps, by their verdicts on any metric. */
struct store_judged_choice {
	unsigned verdict_mask;          /* bit 1 << enum verdict */
	enum verdict_level least_level; /* or this and those above it; NONE: not by level */
};

struct store_judged;

/*
 * Read the selected steps in its order, each with its verdicts; NULL or a zeroed
 * choice: whatever these are, and also without any.  By end it takes as much
 * memory for all steps as for few.
 */
int store_judged_open(struct store *store, const struct store_selection *selection,
		      const struct store_judged_choice *choice, struct store_judged **ret_judged,
		      struct jo_err *err);

/* The next step: 1, with strings that are good until the next call; 0 at the end; or a negative
 * errno. */
int store_judged_next(struct store_judged *judged, struct judged_step *ret_row, struct jo_err *err);

/* End it; NULL is fine. */
void store_judged_close(struct store_judged *judged);

#endif
