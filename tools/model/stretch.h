/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Internal to the model: how the scatter changes with the size.  A group's small
 * steps may scatter more than its large ones, or less; what is said of all is
 * said in units of the scatter at a step's size.
 */
#ifndef MODEL_STRETCH_H
#define MODEL_STRETCH_H

#include "sample.h"

/*
 * Set the fit's knots from the centred residuals of workspace->used in
 * workspace->residual: none where all scatter alike, as far as can be told, and
 * none for borrowed steps, as one group's sizes are not another's.
 *
 * The scatter of stretches of neighbours in size is drawn towards that of all as
 * far as chance alone would make it differ: with the variance between them that
 * is left when their own is taken off (DerSimonian and Laird, Controlled Clinical
 * Trials 7, 1986), held to be none until they say so.
 */
void stretch_fit(struct model_workspace *workspace, struct model_fit *fit);

/* The scatter at a size in that of all; 1 without knots. */
double stretch_at(const struct model_fit *fit, double input);

#endif
