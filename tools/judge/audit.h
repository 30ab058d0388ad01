/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A stored verdict's grounds, as one sentence for people. */
#ifndef JUDGE_AUDIT_H
#define JUDGE_AUDIT_H

#include "store/store.h"

/*
 * "Judged against 57 earlier steps of class align, partition main since 12
 * March 2026 (when the level moved by 1.6x) and 4 others of its night, at an
 * input of 12.0 GiB; 3 of them known only as "at least"; nothing borrowed."  Rests on the stored
 * verdict alone, so it says what was known then.  The caller frees it.
 */
char *audit_sentence(const struct step *step, const struct step_verdict *verdict);

#endif
