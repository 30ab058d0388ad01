/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a fit rests on, in the form in which verdicts keep it. */
#ifndef JUDGE_CONTEXT_H
#define JUDGE_CONTEXT_H

#include "fits.h"

/* Describe what fits->models[metric] says of steps with a size, or of those without. */
void context_fill(struct fit_context *context, const struct baseline *baseline,
		  const struct fits *fits, enum model_metric metric, enum fit_size size);
void context_release(struct fit_context *context);

#endif
