/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A night's steps of one group against the group's past and against each other.
 *
 * A step is judged by the history and the other steps of its night together:
 * with few earlier steps that finds far more, and raises no more false alarms,
 * than the history alone.  Steps that are high together must not hide each
 * other, nor a night that is high as a whole speak for itself: see
 * model_judge_night().  The history decides as well for a group with next to
 * none, unless the night has so many steps that nobody would have to be borrowed
 * from: then the first night after the plugin was enabled finds something
 * already.
 *
 * What would be high is normal, for the reason "expected", when an earlier step
 * of the group was as far out and its owner has called it normal.
 */
#ifndef JUDGE_NIGHT_VERDICTS_H
#define JUDGE_NIGHT_VERDICTS_H

#include "fit/baseline.h"
#include "fit/fits.h"
#include "judge.h"

/* At most this many steps are judged together; a larger night is judged in parts. */
#define NIGHT_VERDICTS_STEPS_MAX 250

/*
 * Judge both metrics of the steps, which come in the order in which they ended.
 * alone are the fits of the baseline without any night.  *ret_night is for the
 * caller to release when nobody looks at the verdicts' provenance any more.
 */
void night_verdicts_make(const struct baseline *baseline, const struct fits *alone,
			 const struct fit_row *rows, size_t count,
			 const struct model_params *params, struct model_workspace *workspace,
			 struct judge_result *results, struct fits *ret_night);

/* Judge both metrics of one step by the history alone. */
void night_verdicts_make_alone(const struct baseline *baseline, const struct fits *alone,
			       const struct fit_row *row, const struct model_params *params,
			       struct model_workspace *workspace, struct judge_result *result);

/* The judged verdict with all that is stored of it; strings point into result and its
 * provenance. */
void night_verdicts_to_store(const struct judge_result *result, enum metric metric,
			     const struct model_params *params, struct step_verdict *ret_verdict);

#endif
