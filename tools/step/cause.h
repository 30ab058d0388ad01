/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a step did more work or waited: what the clock and the processors say together. */
#ifndef STEP_CAUSE_H
#define STEP_CAUSE_H

#include "step/verdict.h"

enum cause {
	CAUSE_UNKNOWN, /* not known, or the two do not say */
	CAUSE_WORK,    /* its CPU time was high, whether or not the clock shows it */
	CAUSE_WAIT,    /* its CPU time was that of a normal run */
};

/* "", "work", "wait": by cause, NULL at the end. */
extern const char *const cause_words[];

/*
 * Why the step was slow, or busy, by the verdicts on its run time and on its CPU
 * time; either may be NULL.  Nothing that is neither has a cause, and of a high
 * run time CPU time is no witness where normal runs hardly use any.
 */
enum cause cause_of(const struct step_verdict *wall, const struct step_verdict *cpu);

/* What such a step did, after its name: "did more work", "waited"; "" where it is not known. */
const char *cause_clause(enum cause cause);

#endif
