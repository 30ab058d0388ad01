/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Predictors of several nights, each made when it is first asked for. */
#ifndef JUDGE_NIGHT_PREDICTORS_H
#define JUDGE_NIGHT_PREDICTORS_H

#include "predictor.h"

#define NIGHT_PREDICTORS_MAX 16 /* nights whose models are kept: each takes a moment and memory */

/* Zeroed memory is none yet. */
struct night_predictors {
	struct night_predictors_night {
		int32_t number;
		struct predictor *predictor;
	} nights[NIGHT_PREDICTORS_MAX];
	size_t count;
	struct carryover *carryover; /* of the groups that all nights' priors are learnt from */
};

/*
 * The predictor of the night in which the time lies, which answers from what
 * ended before it: against that the night's steps were judged.  *ret_predictor
 * belongs to *predictors; it is NULL when there are NIGHT_PREDICTORS_MAX others.
 */
int night_predictors_get(struct night_predictors *predictors, struct store *store,
			 const struct judge_options *options, int64_t unix_us,
			 struct predictor **ret_predictor, struct jo_err *err);

/* Free the predictors of all nights. */
void night_predictors_release(struct night_predictors *predictors);

#endif
