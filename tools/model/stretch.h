/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Internal to the model: how the scatter changes with the size.  A group's small
 * steps may scatter more than its large ones, or less; what is said of all is
 * said in units of the scatter at a step's size.
 */
#ifndef MODEL_STRETCH_H
#define MODEL_STRETCH_H

#include "sample.h"

/* What is kept of sizes from one fit to the next. */
struct stretch_sizes;

/* An empty one, which grows with what is fitted. */
struct stretch_sizes *stretch_sizes_new(void);

/* Free it; NULL is fine. */
void stretch_sizes_free(struct stretch_sizes *sizes);

/*
 * Set the fit's knots from the centred residuals of workspace->used in
 * workspace->residual: none where all scatter alike, as far as can be told, and
 * none for borrowed steps, as one group's sizes are not another's.
 *
 * The scatter of stretches of neighbours in size is drawn towards that of all as
 * far as chance alone would make it differ: with the variance between them that
 * is left when their own is taken off (DerSimonian and Laird, Controlled Clinical
 * Trials 7, 1986), held to be none until they say so.
 *
 * ret_scaled gets the residuals in units of the scatter at their sizes.
 */
void stretch_fit(struct model_workspace *workspace, struct model_fit *fit, double *ret_scaled);

/* The scatter at a size in that of all; 1 without knots. */
double stretch_at(const struct model_fit *fit, double input);

#endif
