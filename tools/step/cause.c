/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compares how far the two are out. */
#include "cause.h"

#include <math.h>

/* Of the logarithm of the run time's ratio: CPU time that grew by less leaves most of it to
 * waiting, by more to work. */
#define WORK_SHARE 0.5

/* Of a normal run's time: who uses less of one processor waits in any case, as a batch script does
 * for the steps within.  Programs that compute had as little as a thirteenth on a machine of two
 * processors that others were busy on, tests/data/busy-runs.csv. */
#define WITNESS_SHARE 0.02

const char *const cause_words[] = {
	[CAUSE_UNKNOWN] = "", [CAUSE_WORK] = "work", [CAUSE_WAIT] = "wait", NULL};

enum cause cause_of(const struct step_verdict *wall, const struct step_verdict *cpu)
{
	double share;

	if (wall == NULL || cpu == NULL || cpu->verdict == VERDICT_UNJUDGED || !(cpu->ratio > 0))
		return CAUSE_UNKNOWN;
	if (wall->verdict != VERDICT_HIGH)
		return cpu->verdict == VERDICT_HIGH ? CAUSE_WORK : CAUSE_UNKNOWN;
	if (!(wall->ratio > 1) || !(cpu->expected >= WITNESS_SHARE * wall->expected))
		return CAUSE_UNKNOWN;
	share = log(cpu->ratio) / log(wall->ratio);
	if (cpu->verdict == VERDICT_HIGH)
		return share >= WORK_SHARE ? CAUSE_WORK : CAUSE_UNKNOWN;
	return share < WORK_SHARE ? CAUSE_WAIT : CAUSE_UNKNOWN;
}

const char *cause_clause(enum cause cause)
{
	static const char *const clauses[] = {
		[CAUSE_UNKNOWN] = "", [CAUSE_WORK] = "did more work", [CAUSE_WAIT] = "waited"};

	return clauses[cause];
}
