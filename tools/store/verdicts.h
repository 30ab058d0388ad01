/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Verdicts, kept beside the step they are about. */
#ifndef STORE_VERDICTS_H
#define STORE_VERDICTS_H

#include "joboutliers/err.h"
#include "step/step.h"
#include "step/verdict.h"
#include "step_selection.h"

struct store;
struct store_cursor;

/*
 * Keep what was said of a step, in place of what was said before: a verdict for
 * each metric that has one, in the order of enum metric, of one night and
 * judging.  The step waits no longer from then on; in a transaction, from its
 * commit on; but when it has changed since the change that was judged, as
 * store_unjudged_of tells it, it waits for the next.  What is neither high nor low nor worth a look is kept to 5 digits,
 * and its value not at all: it is the step's own.
 */
int store_verdicts_put(struct store *store, const struct step_verdict *verdicts, size_t count,
		       int64_t change_unix_us, struct jo_err *err);

struct store_verdict_selection {
	struct store_selection steps; /* without a limit */
	unsigned verdict_mask;        /* bit 1 << enum verdict; 0: any */
	unsigned metric_mask;         /* bit 1 << enum metric; 0: any */
};

/* Selects all. */
void store_verdict_selection_init(struct store_verdict_selection *selection);

/* Judged steps with their verdicts, one metric at a time. */
int store_verdicts_open(struct store *store, const struct store_verdict_selection *selection,
			struct store_cursor **ret_cursor, struct jo_err *err);

/* The next verdict and its step; see cursor.h. */
int store_verdicts_next(struct store_cursor *cursor, struct step *ret_step,
			struct step_verdict *ret_verdict, struct jo_err *err);

#endif
