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

/*
 * As band_fit(), of a fit that has a band of the same residuals with another
 * prior, and the likelihood it had left: what does not hang on the prior stays.
 * Returns false, and leaves the fit, when the middle moves
 * by the prior, and with it all of the band; or without a likelihood, NULL.
 */
bool band_refit(const struct model_params *params, enum metric metric,
		const struct spread_likelihood *likelihood, struct model_workspace *workspace,
		struct model_fit *fit);

#endif
