/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is looked at first: cost times certainty, by whatever is high. */
#include "report/weight.h"
#include "tap.h"

#include "joboutliers/record.h"
#include "joboutliers/units.h"

#define GIB (1024.0 * 1024 * 1024)

static struct report_judged high(double core_hours, double p_value, int64_t near, int64_t like)
{
	return (struct report_judged){.is_judged = true,
				      .is_high = true,
				      .core_hours = core_hours,
				      .p_value = p_value,
				      .near_count = near,
				      .like_count = like};
}

static struct report_finding weighed(struct report_judged wall, struct report_judged memory)
{
	struct report_finding finding = {.judged = {wall, memory}};

	weight_set(&finding);
	return finding;
}

int main(void)
{
	const struct report_judged none = {0}, normal = {.is_judged = true, .core_hours = 900};
	struct report_finding finding;

	finding = weighed(high(10, 0.001, JO_MISSING, JO_MISSING), none);
	is_near(finding.weight, 30, 1e-9, "core-hours times powers of ten");
	is_near(finding.core_hours, 10, 0, "what it cost");
	finding = weighed(high(10, 1e-9, JO_MISSING, JO_MISSING), none);
	is_near(finding.weight, 60, 1e-9, "no history knows of less than one in a million");
	finding = weighed(high(10, 1e-5, 50, 5), none);
	is_near(finding.weight, 10, 1e-9, "what its group has done before is as likely as that");
	is_near(finding.chance, 0.1, 1e-12, "and told so");
	finding = weighed(normal, high(2, 0.01, JO_MISSING, JO_MISSING));
	is_near(finding.weight, 4, 1e-9, "memory is weighed alike, and what is normal is not");
	is_int(finding.surest, METRIC_MEMORY, "it is what is sure");
	finding = weighed(high(3, 0.01, JO_MISSING, JO_MISSING),
			  high(2, 0.0001, JO_MISSING, JO_MISSING));
	is_near(finding.weight, 12, 1e-9, "of two that are high the larger cost, and the surer");
	is_int(finding.surest, METRIC_MEMORY, "which may be another one");
	finding = weighed(high(NAN, 0.01, JO_MISSING, JO_MISSING), none);
	ok(isnan(finding.weight), "without a cost there is no weight");
	finding = weighed(high(1, NAN, JO_MISSING, JO_MISSING), none);
	ok(isnan(finding.weight), "nor without a chance");

	is_near(weight_memory_core_hours(16 * GIB, (int64_t)(2 * JO_US_PER_HOUR), 8 * GIB), 4, 1e-9,
		"memory costs the processors that it was the share of");
	is_near(weight_memory_core_hours(16 * GIB, (int64_t)JO_US_PER_HOUR, 0), 4, 1e-9,
		"of a node that nobody described a usual share");
	ok(isnan(weight_memory_core_hours(16 * GIB, JO_MISSING, 0)), "no time, no cost");
	return tap_done();
}
