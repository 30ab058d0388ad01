/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Internal to the model: a young group's fit with the steps of like groups. */
#ifndef MODEL_POOL_H
#define MODEL_POOL_H

#include "sample.h"

/* What pooling finds beside the common shape. */
struct pool {
	struct level level; /* the shape; its level is that of the own group */
	double level_sd;    /* uncertainty of the own level */
	size_t group_n;     /* lenders with rows */
};

/*
 * Fit workspace->used, which holds own rows (group 0) and those of lenders;
 * every row's distance from its own group's middle goes to workspace->residual.
 */
void pool_fit(struct model_workspace *workspace, struct pool *ret_pool);

#endif
