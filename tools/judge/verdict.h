/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One step against its group's fitted baseline. */
#ifndef JUDGE_VERDICT_H
#define JUDGE_VERDICT_H

#include "baseline.h"
#include "judge.h"

/* A step to judge: the row as histories have it, and what only its own row in the store tells. */
struct verdict_step {
	struct judge_row row;
	int64_t read_bytes, write_bytes;
};

/* Judge both metrics of the step; the baseline must be fitted and outlive the verdicts. */
void verdict_make(const struct baseline *baseline, const struct model_params *params,
		  const struct verdict_step *step, struct model_workspace *workspace,
		  struct judge_verdict ret_verdicts[MODEL_METRICS]);

/* The judged verdict in the store's form, units and all; strings point into result and baseline. */
void verdict_to_store(const struct judge_result *result, enum model_metric metric,
		      const struct model_params *params, struct store_verdict *ret_verdict);

#endif
