/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Internal to the model: a step of a night that is judged by the others without being among them.
 */
#ifndef MODEL_JUDGE_STEP_H
#define MODEL_JUDGE_STEP_H

#include "model.h"

/*
 * Judge a row of the history that the model was not fitted to.  trust, from 0 to
 * 1, says how much of the row's own night it was fitted to.
 */
void judge_step_beside(const struct model_params *params, const struct model *model,
		       const struct model_history *own, size_t row, double trust,
		       struct model_judgement *ret_judgement);

/* A row of a history as a step; its attributes go to the array. */
struct model_step judge_step_of_row(const struct model_history *own, size_t row,
				    struct model_attribute attributes[MODEL_COLUMNS_MAX]);

#endif
