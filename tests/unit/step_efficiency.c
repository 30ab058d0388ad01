/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shares of what a step was given, and what is not known of them. */
#include "step/efficiency.h"

#include <math.h>

#include "joboutliers/record.h"
#include "tap.h"

/* A step that knows nothing. */
static struct step unknown_step(void)
{
	return (struct step){
		.wall_us = JO_MISSING,
		.cpu_count = JO_MISSING,
		.cpu_us = JO_MISSING,
		.mem_request_bytes = JO_MISSING,
		.mem_limit_bytes = JO_MISSING,
		.mem_peak_bytes = JO_MISSING,
		.max_rss_bytes = JO_MISSING,
		.time_limit_us = JO_MISSING,
	};
}

int main(void)
{
	struct step step = unknown_step();

	for (int which = 0; which < EFFICIENCY_COUNT; which++)
		ok(isnan(efficiency_of(&step, (enum efficiency)which)), "nothing is known: %d",
		   which);
	step.wall_us = 50000000;
	step.cpu_us = 300000000;
	ok(isnan(efficiency_of(&step, EFFICIENCY_CPU)), "CPU time of nobody knows how many CPUs");
	step.cpu_count = 8;
	is_near(efficiency_of(&step, EFFICIENCY_CPU), 0.75, 1e-12, "CPU time of all CPUs");
	step.wall_us = 0;
	ok(isnan(efficiency_of(&step, EFFICIENCY_CPU)), "of no time there is no share");
	step.wall_us = 50000000;
	step.time_limit_us = 0;
	ok(isnan(efficiency_of(&step, EFFICIENCY_TIME)), "no limit is none to use");
	step.time_limit_us = 40000000;
	is_near(efficiency_of(&step, EFFICIENCY_TIME), 1.25, 1e-12, "a limit may be exceeded");

	step.max_rss_bytes = 1000;
	step.mem_limit_bytes = 4000;
	is_near(efficiency_of(&step, EFFICIENCY_MEMORY), 0.25, 1e-12, "memory of the limit");
	step.mem_request_bytes = 2000;
	is_near(efficiency_of(&step, EFFICIENCY_MEMORY), 0.5, 1e-12, "of the request where there is one");
	step.mem_peak_bytes = 1500;
	is_near(efficiency_of(&step, EFFICIENCY_MEMORY), 0.75, 1e-12, "the peak before the largest process");
	return tap_done();
}
