/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Internal to the model: a young group's fit with the steps of like groups. */
#ifndef MODEL_POOLING_H
#define MODEL_POOLING_H

#include "sample.h"

/* What pooling finds beside the common shape. */
struct pooling {
	struct level level;                    /* the shape; its level is that of the own group */
	double level_sd;                       /* uncertainty of the own level */
	double others_middle, between, within; /* of levels; variances, within for one step */
	double own_median;
	size_t own_n;
	size_t group_n; /* lenders with rows */
};

/*
 * Fit workspace->used, which holds own rows (group 0) and those of lenders;
 * every row's distance from its own group's middle goes to workspace->residual.
 */
void pooling_fit(struct model_workspace *workspace, struct pooling *ret_pool);

/*
 * Replace the own rows' centred residuals by what they are from a level that the row
 * itself had no part in.
 */
void pooling_own_residuals(struct model_workspace *workspace, const struct pooling *pool,
			   double centre);

#endif
