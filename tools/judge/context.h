/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a fit rests on, in the form in which verdicts keep it. */
#ifndef JUDGE_CONTEXT_H
#define JUDGE_CONTEXT_H

#include "baseline.h"

/*
 * Describe a fit of the baseline.  history is the own history that the model
 * was given, end_unix_us the end of each of its rows.
 */
void context_fill(struct baseline_context *context, const struct baseline *baseline,
		  const struct model_fit *fit, const struct model_history *history,
		  const int64_t *end_unix_us);
void context_release(struct baseline_context *context);

#endif
