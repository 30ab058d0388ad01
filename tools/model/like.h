/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Internal to the model: earlier steps like one that is far out.  A group that
 * has done so before at this size may have two ways to run, however improbable
 * its other steps make it.  One that was high itself makes no way to run of the
 * next: else one slow job would hide those after it.
 */
#ifndef MODEL_LIKE_H
#define MODEL_LIKE_H

#include "model.h"

/* What was held of an earlier row when it came. */
enum like_past { LIKE_NOT_ASKED, LIKE_NORMAL, LIKE_HIGH };

struct like_search {
	const struct model_params *params;
	const struct model *model; /* fitted to own */
	const struct model_history *own;
	const bool *is_tonight; /* of own */
	enum like_past *past; /* of own: what has been found out so far; LIKE_NOT_ASKED at first */
	struct model_workspace *workspace;
};

/*
 * Count earlier rows, for which is_tonight is false, that are nearly of the
 * row's size, and those among them that were as far out by the model and were
 * not high when they came, by the rows before them; of the present level alone.
 * What is certain and has the like is high.
 */
void like_find(const struct like_search *search, size_t row, struct model_judgement *judgement);

#endif
