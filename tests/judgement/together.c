/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Nights of which several jobs are slowed alike: whether these hide each other,
 * beside what the history alone finds of them.
 */
#include "judgement.h"

const size_t together_counts[TOGETHER_COUNT] = {1, 2, 3, 5, 8, 10, 15, 20, 30};

static const struct method *const compared[] = {&method_alone, &method_model};
#define COMPARED_COUNT (sizeof(compared) / sizeof(*compared))

static void measure(const struct plan *plan, const struct site *sites, size_t site_count,
		    const char *prefix, bool is_parsable)
{
	struct tally *tallies[COMPARED_COUNT];
	char name[160];

	for (size_t m = 0; m < COMPARED_COUNT; m++)
		tallies[m] = tally_new();
	for (size_t i = 0; i < site_count; i++)
		protocol_run(plan, &sites[i], tallies);
	for (size_t m = 0; m < COMPARED_COUNT; m++) {
		(void)snprintf(name, sizeof(name), "%s.%s.slowed_%zu", prefix, compared[m]->name,
			       plan->slowed_jobs);
		tally_print_together(tallies[m], name, plan->slowed_jobs, compared[m]->name,
				     is_parsable, stdout);
		tally_free(tallies[m]);
	}
}

void together_run(const struct plan *plan, const struct site *sites, size_t site_count,
		  const char *prefix, bool is_parsable)
{
	struct plan several = *plan;

	several.methods = compared;
	several.method_count = COMPARED_COUNT;
	several.rounds = 1;
	several.dump = NULL;
	if (!is_parsable)
		printf("\n%s: several of a night's %zu jobs slowed\n%-10s %6s %7s %5s %5s %5s "
		       "%5s\n",
		       prefix, plan->night_jobs, "method", "slowed", "false", "x1.5", "x2", "x3",
		       "x5");
	for (size_t i = 0; i < TOGETHER_COUNT; i++) {
		several.slowed_jobs = together_counts[i];
		if (together_counts[i] <= plan->night_jobs)
			measure(&several, sites, site_count, prefix, is_parsable);
	}
}
