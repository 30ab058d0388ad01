/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Internal to the model: earlier steps like one that is far out.  A group that
 * has done so before at this size may have two ways to run, however improbable
 * its other steps make it.
 */
#ifndef MODEL_LIKE_H
#define MODEL_LIKE_H

#include "model.h"

/*
 * Count earlier rows, for which is_tonight (of own) is false, that are nearly
 * of the row's size, and those among them that were as far out by the model; of
 * the present level alone.  What is certain and has the like is high.
 */
void like_find(const struct model_params *params, const struct model *model,
	       const struct model_history *own, const bool *is_tonight, size_t row,
	       struct model_judgement *judgement);

#endif
