/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Work and waiting, told apart by the clock and the processors. */
#include "step/cause.h"

#include <math.h>

#include "tap.h"

static const struct {
	const char *name;
	enum verdict wall, cpu;
	double wall_ratio, cpu_ratio, cpu_expected;
	enum cause want;
} cases[] = {
	{"nothing high has no cause", VERDICT_NORMAL, VERDICT_NORMAL, 1.1, 1.4, 100, CAUSE_UNKNOWN},
	{"nor has a low run time", VERDICT_LOW, VERDICT_LOW, 0.4, 0.4, 100, CAUSE_UNKNOWN},
	{"high CPU time is work where the clock does not show it", VERDICT_NORMAL, VERDICT_HIGH,
	 1.1, 2.7, 100, CAUSE_WORK},
	{"or was not judged", VERDICT_UNJUDGED, VERDICT_HIGH, NAN, 2.7, 100, CAUSE_WORK},
	{"or where normal runs hardly use any", VERDICT_NORMAL, VERDICT_HIGH, 1.1, 2.7, 1.9,
	 CAUSE_WORK},
	{"CPU time that was not judged says nothing", VERDICT_HIGH, VERDICT_UNJUDGED, 2.6, 2.7, 100,
	 CAUSE_UNKNOWN},
	{"nor does one that is hardly used", VERDICT_HIGH, VERDICT_NORMAL, 2.6, 1, 1.9,
	 CAUSE_UNKNOWN},
	{"that of a busy machine, where a run has little: waiting", VERDICT_HIGH, VERDICT_NORMAL,
	 2.6, 1, 5, CAUSE_WAIT},
	{"nor one without an expectation", VERDICT_HIGH, VERDICT_NORMAL, 2.6, 1, NAN,
	 CAUSE_UNKNOWN},
	{"both high: work", VERDICT_HIGH, VERDICT_HIGH, 2.6, 2.7, 100, CAUSE_WORK},
	{"high, and little of it: neither", VERDICT_HIGH, VERDICT_HIGH, 10, 2, 100, CAUSE_UNKNOWN},
	{"that of a normal run: waiting", VERDICT_HIGH, VERDICT_NORMAL, 2.6, 1.01, 100, CAUSE_WAIT},
	{"less than that: waiting", VERDICT_HIGH, VERDICT_LOW, 2.6, 0.4, 100, CAUSE_WAIT},
	{"normal, and most of it: neither", VERDICT_HIGH, VERDICT_NORMAL, 1.6, 1.45, 100,
	 CAUSE_UNKNOWN},
};

int main(void)
{
	const struct step_verdict high = {.verdict = VERDICT_HIGH, .ratio = 2, .expected = 100};

	is_int(cause_of(NULL, &high), CAUSE_UNKNOWN, "without a run time there is no cause");
	is_int(cause_of(&high, NULL), CAUSE_UNKNOWN, "without CPU time there is no witness");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct step_verdict wall = {
			.verdict = cases[i].wall, .ratio = cases[i].wall_ratio, .expected = 100};
		const struct step_verdict cpu = {.verdict = cases[i].cpu,
						 .ratio = cases[i].cpu_ratio,
						 .expected = cases[i].cpu_expected};

		is_int(cause_of(&wall, &cpu), cases[i].want, "%s", cases[i].name);
	}
	is_str(cause_clause(CAUSE_WORK), "did more work", "work in words");
	is_str(cause_clause(CAUSE_WAIT), "waited", "waiting in words");
	is_str(cause_clause(CAUSE_UNKNOWN), "", "and what is not known is not told");
	return tap_done();
}
