/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Internal to the model: a fit as it was before some of its rows came. */
#ifndef MODEL_FIT_H
#define MODEL_FIT_H

#include "model.h"

/*
 * The model with the band that those rows alone give which came before the row
 * of own, with a size or without; the level is today's.  The model must come
 * from model_fit() with this history, and *ret_model is the caller's to release.
 *
 * Returns false, with nothing in *ret_model, when that is too few to judge by, or
 * borrowed.
 */
bool fit_until(const struct model_params *params, const struct model *model, bool has_input,
	       const struct model_history *own, size_t row, struct model_workspace *workspace,
	       struct model *ret_model);

#endif
