/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a fit rests on, in the form in which verdicts keep it. */
#ifndef FIT_PROVENANCE_H
#define FIT_PROVENANCE_H

#include "fits.h"

/*
 * Describe what the fits say of steps with a size, or of those without.  apart_n
 * of the night's were left out.
 */
void context_fill(struct fit_context *context, const struct baseline *baseline,
		  const struct fits *fits, enum metric metric, enum fit_kind kind,
		  enum fit_size size, size_t apart_n);
void context_release(struct fit_context *context);

#endif
