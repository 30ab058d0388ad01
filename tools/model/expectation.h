/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Internal to the model: where a step lies in its group's model before its value is looked at. */
#ifndef MODEL_EXPECTATION_H
#define MODEL_EXPECTATION_H

#include "model.h"
#include "tail.h"

/* What is known at one size before the value is looked at. */
struct expectation {
	const struct model_fit *fit;
	double middle;   /* of log value */
	double distance; /* log distance to the sizes seen; 0 inside */
	struct tail high, low;
	double stretch;                   /* what the scatter at this size is to that of all */
	double residual;                  /* NaN: it is not among what the spreads were fitted to */
	double peer_high, peer_low;       /* how far out the group's steps often are */
	double trust;                     /* 0 to 1: how far that is trusted to be all that they do */
	double resolution_high, resolution_low; /* in log units, at the middle */
};

/* What is known of a step that the model has not seen, without its band; returns why nothing is. */
enum reason expectation_middle(const struct model_params *params, const struct model *model,
			       const struct model_step *step, struct expectation *ret_place);

/* As expectation_middle, with the band. */
enum reason expectation_find(const struct model_params *params, const struct model *model,
			     const struct model_step *step, struct expectation *ret_place);

/*
 * What would be known of a row of the history the model was fitted to if it had
 * not been in it.  Returns false when the fit does not rest on the row.
 */
bool expectation_find_row(const struct model_params *params, const struct model *model,
			  const struct model_step *step, size_t row, struct expectation *ret_place,
			  enum reason *ret_reason);

#endif
