/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Internal to the model: how far from the level is normal. */
#ifndef MODEL_BAND_H
#define MODEL_BAND_H

#include "sample.h"

/*
 * Set the fit's band from the honest residuals of workspace->used in
 * workspace->residual, which are centred in passing.  The level must be set.
 */
void band_fit(const struct model_params *params, enum metric metric,
	      struct model_workspace *workspace, struct model_fit *fit);

#endif
