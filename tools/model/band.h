/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Internal to the model: how far from the level is normal. */
#ifndef MODEL_BAND_H
#define MODEL_BAND_H

#include "sample.h"
#include "spread_likelihood.h"

/* What a band has of its residuals, and not of the prior. */
struct band_sample {
	struct tail_sample middle, high, low; /* before they were centred, and both sides after */
	struct spread_likelihood likelihood;  /* of all rows' scaled residuals */
};

/*
 * Set the fit's band from the honest residuals of workspace->used in
 * workspace->residual, which are centred in passing.  The level must be set.
 */
void band_fit(const struct model_params *params, enum metric metric,
	      struct model_workspace *workspace, struct model_fit *fit);

/*
 * Give the fit the band that band_fit() gives of the same residuals with another
 * prior; sample is what that left.  Returns false when the prior moves more than
 * can be told without them; of the fit no band is left then.
 */
bool band_refit(const struct model_params *params, enum metric metric,
		const struct band_sample *sample, struct model_fit *fit);

#endif
