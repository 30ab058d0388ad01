/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cost times certainty. */
#include "report/weight.h"

#include <math.h>

#include "joboutliers/record.h"
#include "joboutliers/units.h"
#include "step/verdict.h"

/* A processor's share where nobody described the node: 256 GiB for 64 of them is common. */
#define CORE_BYTES (4.0 * 1024 * 1024 * 1024)

double weight_memory_core_hours(double excess_bytes, int64_t wall_us, double bytes_per_core)
{
	if (wall_us == JO_MISSING)
		return NAN;
	return excess_bytes / (bytes_per_core > 0 ? bytes_per_core : CORE_BYTES) *
	       ((double)wall_us / JO_US_PER_HOUR);
}

static double chance_of(const struct report_judged *judged)
{
	return verdict_chance(judged->p_value, judged->near_count, judged->like_count);
}

void weight_set(struct report_finding *finding)
{
	double least = 1.0 / VERDICT_ODDS_MAX;

	finding->core_hours = finding->chance = NAN;
	for (int m = 0; m < METRIC_COUNT; m++) {
		const struct report_judged *judged = &finding->judged[m];

		if (!judged->is_high)
			continue;
		/* each lies within the others, so that their sum would count hours twice */
		finding->core_hours = fmax(finding->core_hours, judged->core_hours);
		if (isnan(judged->p_value))
			continue;
		if (isnan(finding->chance) || chance_of(judged) < finding->chance) {
			finding->chance = chance_of(judged);
			finding->surest = (enum metric)m;
		}
	}
	finding->weight = isnan(finding->chance)
				  ? NAN
				  : finding->core_hours * -log10(fmax(finding->chance, least));
}
