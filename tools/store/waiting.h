/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The steps that wait to be judged: each that ended, is no script, and was added
 * or changed since it was judged.  The table has what finds them, and a step
 * stays as it is when it is judged.  Private to store/.
 */
#ifndef STORE_WAITING_H
#define STORE_WAITING_H

#include <stdint.h>

#include "joboutliers/err.h"

struct row;
struct store;

/* Whether a step "s" waits, as SQL. */
#define WAITING_HAS_STEP "EXISTS (SELECT 1 FROM waiting AS w WHERE w.step = s.id)"

/* Whether a step "s" is history, as SQL: see past.h.  What ended at history_before or later waits
 * or has a verdict, so most steps need no look at either. */
#define WAITING_PAST_SETTING "history_before"
#define WAITING_IS_PAST                                                                            \
	"(s.end_unix_us < (SELECT value FROM setting WHERE key = '" WAITING_PAST_SETTING "')"      \
	" AND s.is_script = 0 AND NOT " WAITING_HAS_STEP                                           \
	" AND NOT EXISTS (SELECT 1 FROM verdict AS h WHERE h.step = s.id))"
#define WAITING_PAST_COUNT "SELECT count(*) FROM step AS s WHERE " WAITING_IS_PAST

/* What is noted of them in a transaction, until it is written. */
struct waiting_notes;

/* None. */
struct waiting_notes *waiting_notes_new(void);

/* NULL is fine. */
void waiting_notes_free(struct waiting_notes *notes);

/* Let a new step wait, unless it has not ended or is a script. */
int waiting_add(struct store *store, const struct row *step, struct jo_err *err);

/* The same of one that changed, and may wait already: what it is now counts. */
int waiting_change(struct store *store, const struct row *step, struct jo_err *err);

/* Let a step wait no longer, if it does. */
int waiting_drop(struct store *store, int64_t step_id, struct jo_err *err);

/* Write what is noted. */
int waiting_flush(struct store *store, struct jo_err *err);

/* Throw away what is noted. */
void waiting_forget(struct store *store);

#endif
